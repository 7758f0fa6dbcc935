// What a run needs besides the site file and the repository, and its defaults. Nothing here may act.

import type { Client } from '../../client/index.js';
import type { Log } from '../../ports.js';
import type { DeviceQuirk } from '../../procedure/index.js';
import type { SecretRef } from '../site/types.js';

export interface RunFleetOptions {
  /** The rule to run; may be left out when the site has only one. */
  readonly rule?: string;
  /**
   * Images from then on count, ms since 1970: a device that has one is not touched. Default: when the rule's last
   * run began, if that was less than a day ago and did not protect everything; else now.
   */
  readonly sinceMs?: number;
  /** Nothing new begins from then on, ms since 1970; default: the stop of the rule's window, if it has one. */
  readonly stopsAtMs?: number;
  /** Runs also where the rule's window is closed, and knows no stop of it. */
  readonly ignoreWindow?: boolean;
  /** How long what is under way at the stop may still take, ms; default 10 min. Then it is ended cleanly. */
  readonly graceMs?: number;
  /** Gives the secret that a reference of the site file stands for. Without it, no device gets a password. */
  readonly secret?: (ref: SecretRef) => Promise<string>;
  /** Known deviations besides those that bacvault knows. */
  readonly quirks?: readonly DeviceQuirk[];
  readonly signal?: AbortSignal;
  readonly log?: Log;
}

/** As the engine's inside takes it: with the client that speaks to the devices. */
export interface RunOptions extends RunFleetOptions {
  readonly client: Client;
}

export const GRACE_MS = 10 * 60_000;

/** A last run that is older than this is another night's: its images do not count for this one. */
export const SAME_RUN_MS = 24 * 3_600_000;

/** A device that failed is left alone for so long before it is tried again: time to restart, or to give up a lock. */
export const RETRY_PAUSE_MS = 60_000;

/** Devices of a lane that are looked at at once. One that is silent must not hold up the others for long. */
export const LOOKS_AT_ONCE = 4;

/** Progress is told no more often than this, ms. */
export const PROGRESS_MS = 5000;
