// A site file after it was read and checked: what stands on this site, what is to be kept of it, when, how gently,
// and who is told. Types only. Everything in it is plain, immutable and checked: who gets a Site need not doubt it.
// No secret is in it but one that was put into the file in clear on purpose.

import type { BackupOptions } from '../../procedure/index.js';
import type { RetentionPolicy } from '../../repository/index.js';

/** Device instances from `low` to `high`, both included. */
export interface InstanceRange {
  readonly low: number;
  readonly high: number;
}

/** Where a secret is found when it is needed. */
export type SecretRef =
  /** First line of a file; a relative path counts from the folder of the site file. */
  | { readonly kind: 'file'; readonly path: string }
  /** An environment variable. */
  | { readonly kind: 'env'; readonly name: string }
  /** First line of what a program prints: the program and its arguments. No shell reads them. */
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }
  /** In the site file itself, which says `passwords-in-clear: allowed`. */
  | { readonly kind: 'clear'; readonly password: string };

/** How to stand on the network, in the words of the command line's options; absent is that option's default. */
export interface SiteNetwork {
  /** "ADDRESS[:PORT]". */
  readonly local?: string;
  /** "HOST[:PORT]". */
  readonly broadcast?: string;
  /** "HOST[:PORT]" of the BBMD to register with. */
  readonly bbmd?: string;
  /** How long a registration lives there before it is renewed, seconds. */
  readonly ttlSeconds?: number;
  readonly apduTimeoutMs?: number;
  readonly retries?: number;
}

/** How the site is asked who is there. */
export interface SiteDiscovery {
  /** In the order in which they are asked; at least one, none overlaps another. */
  readonly ranges: readonly InstanceRange[];
  /** Only these networks (DNET); absent: everywhere. */
  readonly networks?: readonly number[];
  /** How often each question is repeated after the first time. */
  readonly repeats: number;
  /** Silence after each question, in which the answers come. */
  readonly pauseMs: number;
}

/** One controller that the file names. */
export interface SiteDevice {
  readonly instance: number;
  /** Where it is, as in a target after the "@": "HOST[:PORT]" or "NET:MAC@ROUTER[:PORT]". Absent: Who-Is. */
  readonly address?: string;
  /** What people call it; its Object_Name may say something else. */
  readonly name?: string;
  readonly tags: readonly string[];
  readonly password?: SecretRef;
}

/** Which devices. A device must satisfy every key that is there, by any of its values. No key: every device. */
export interface Selector {
  readonly instances?: readonly InstanceRange[];
  /** Network numbers (DNET); 0 is the local network. */
  readonly networks?: readonly InstanceRange[];
  /** Vendor ids, or names in which "*" stands for anything; letters of either case are the same. */
  readonly vendors?: readonly (number | string)[];
  /** Model names in which "*" stands for anything; letters of either case are the same. */
  readonly models?: readonly string[];
  /** Tags of `SiteDevice`. */
  readonly tags?: readonly string[];
  /** Names of groups of this site. */
  readonly groups?: readonly string[];
}

export interface Group {
  readonly name: string;
  /** Names no groups: groups do not nest. */
  readonly select: Selector;
  readonly password?: SecretRef;
}

/** A part of the day in a rule's time zone, minutes after midnight; over midnight when `stop` is not after `start`. */
export interface RuleWindow {
  readonly startMinute: number;
  readonly stopMinute: number;
}

/** How gently a rule goes; what is absent is `LaneLimits`'. */
export interface RulePacing {
  readonly framesPerSecond?: number;
  readonly parallelLanes?: number;
  /** How eagerly a device on our own link is read; default auto. */
  readonly reads?: NonNullable<BackupOptions['pace']>;
}

export interface Rule {
  readonly name: string;
  readonly what: Selector;
  readonly except?: Selector;
  /** Five fields, as crontab has them. Absent: runs only when somebody says `bacvault run NAME`. */
  readonly cron?: string;
  /** IANA name, as "Europe/Berlin"; of `cron`, `window` and `retention`. */
  readonly timeZone: string;
  /** A run begins inside it and is ended at its stop. */
  readonly window?: RuleWindow;
  readonly pacing: RulePacing;
  /** How often a device that failed is tried again at the end of the run. */
  readonly retries: number;
  /** What is kept of each device of this rule; absent: nothing is forgotten. */
  readonly retention?: RetentionPolicy;
  /** A device whose newest image is older is stale. */
  readonly staleAfterMs: number;
  /** Given to each image. */
  readonly tags: readonly string[];
  /** What happens to a device whose Database_Revision is that of its newest image. */
  readonly unchanged: 'backup' | 'skip';
  /** Whether each device is read a second time and compared. */
  readonly verify: boolean;
}

/** What one lane may carry where it differs from the rest. */
export interface NetworkLimits {
  readonly network: number;
  readonly transfers?: number;
  readonly framesPerSecond?: number;
}

/** What the site's networks may carry at once. */
export interface LaneLimits {
  /** Transfers at once on one network behind a router; 1 unless somebody knows better. */
  readonly transfersPerNetwork: number;
  /** Lanes that work at once, networks and B/IP devices together. */
  readonly parallelLanes: number;
  /** B/IP devices at once, at most. */
  readonly directDevices: number;
  /** Frames a second on one network behind a router, ours and its devices' together. */
  readonly framesPerSecond: number;
  /** Sorted by network, each once. */
  readonly networks: readonly NetworkLimits[];
}

/** By which way a summary is told. */
export type Channel =
  /** A program that gets the summary as JSON on stdin. No shell reads the arguments. */
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }
  /** POST of the summary as JSON. */
  | { readonly kind: 'webhook'; readonly url: string; readonly bearer?: SecretRef }
  | {
      readonly kind: 'mail';
      readonly to: readonly [string, ...string[]];
      readonly from: string;
      /** "smtp://HOST[:PORT]" (with STARTTLS where the server has it) or "smtps://HOST[:PORT]". */
      readonly server: string;
      readonly user?: string;
      readonly password?: SecretRef;
    }
  | {
      readonly kind: 'mqtt';
      /** "mqtt://HOST[:PORT]" or "mqtts://HOST[:PORT]". */
      readonly broker: string;
      readonly topic: string;
      readonly retain: boolean;
      readonly user?: string;
      readonly password?: SecretRef;
    };

export interface Notification {
  /** Every run, or only those after which something is not protected. */
  readonly when: 'always' | 'problems';
  /** Only these rules; absent: all. */
  readonly rules?: readonly string[];
  readonly channel: Channel;
  readonly timeLimitMs: number;
}

/** One BACnet internetwork as its file describes it. */
export interface Site {
  /** Under which its images are kept. */
  readonly name: string;
  readonly network: SiteNetwork;
  readonly discovery: SiteDiscovery;
  /** In the order of the file, each instance once. */
  readonly devices: readonly SiteDevice[];
  /** In the order of the file: the first that fits gives the password. */
  readonly groups: readonly Group[];
  readonly rules: readonly Rule[];
  readonly lanes: LaneLimits;
  readonly notify: readonly Notification[];
}
