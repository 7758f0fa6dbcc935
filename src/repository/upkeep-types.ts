// How a repository is kept in order over the years: locks, what `check` finds, what is forgotten and pruned.
// Types only.

import type { RetentionPolicy } from './retention.js';
import type { ImageId } from './types.js';

/**
 * "use": take nothing away that I may have seen. "upkeep": I take things away, and no one else does. "serve": I run
 * the rules on time, and no one else does.
 */
export type LockMode = 'use' | 'upkeep' | 'serve';

/** The file of a lock. Written once; its time of writing shows that the holder is alive. */
export interface LockFile {
  readonly kind: 'bacvault-lock';
  readonly format: 1;
  readonly id: string;
  readonly mode: LockMode;
  readonly command: string;
  readonly since: string;
  readonly tool: string;
  readonly processId?: number;
  readonly host?: string;
  readonly processMark?: string;
}

/** Who holds a lock; of one that cannot be read only the id is known. */
export interface LockHolder {
  readonly id: string;
  readonly command?: string;
  readonly since?: string;
  readonly processId?: number;
  readonly host?: string;
}

/** As long as it is held, nothing that an image needs or may soon need is taken out of the repository. */
export interface Hold {
  /** Never rejects; more than once does no harm. */
  release(): Promise<void>;
}

/** As long as it is held, no other process has one for the same purpose. */
export interface SoleHold extends Hold {
  /** Rejects `repository-locked` when another process took this one for gone (it slept) and has its place now. */
  confirm(): Promise<void>;
}

/** A device as its site knows it. */
export interface DeviceReference {
  readonly site: string;
  readonly instance: number;
}

/** One thing that `check` found wrong. */
export interface CheckFinding {
  readonly severity: 'error' | 'warning';
  readonly code:
    | 'object-missing'
    | 'object-damaged'
    | 'manifest-damaged'
    | 'manifest-misplaced'
    | 'fact-damaged'
    | 'run-damaged'
    | 'journal-damaged'
    | 'leftover'
    | 'unknown-file'
    | 'repository-damaged';
  readonly place: string;
  readonly message: string;
  /** Images that the damaged thing hurts: whole ids, or the 8 digits in the name of a file that cannot be read. */
  readonly images: readonly ImageId[];
  /** The devices of these images. */
  readonly devices: readonly DeviceReference[];
  /** What brings it back, in words; for errors. */
  readonly cure?: string;
  /** Where a repair has put it. */
  readonly movedTo?: string;
}

/** Which objects are read and hashed: all, none, a percentage (other ones each day), or one part of several. */
export type ReadData =
  boolean | { readonly percent: number } | { readonly part: number; readonly of: number };

export interface CheckOptions extends Patience {
  /** Default false: names, sizes, manifests, facts and logs, but no content. */
  readonly readData?: ReadData;
  /** Moves what is damaged into aside/; deletes nothing. */
  readonly repair?: boolean;
}

export interface CheckReport {
  readonly images: number;
  /** All objects, and their octets. */
  readonly objects: number;
  readonly octets: number;
  /** Those that were read and hashed. */
  readonly read: ObjectCount;
  /** The slices that were read, when not all were: 1 is the first, and after the last comes the first again. */
  readonly part?: { readonly first: number; readonly last: number; readonly of: number };
  /** Devices whose newest image is hurt: a fresh backup of them is what is needed. */
  readonly backUp: readonly DeviceReference[];
  readonly findings: readonly CheckFinding[];
}

/** How long to wait for others who work on the repository, and when to stop. */
export interface Patience {
  /** Milliseconds; 0 when absent. */
  readonly lockWaitMs?: number;
  readonly signal?: AbortSignal;
}

/** What to forget: the images of `ids`, whatever they are; or what a policy does not keep. */
export interface ForgetOptions extends Patience {
  /** Ids or prefixes of 4 or more hex digits. */
  readonly ids?: readonly string[];
  readonly policy?: RetentionPolicy;
  /** With a policy: the devices of this site, or of this instance, or of these instances, alone. */
  readonly site?: string;
  readonly instance?: number;
  readonly instances?: ReadonlySet<number>;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
}

/** What became of an image, and why. */
export interface ForgetDecision {
  readonly id: ImageId;
  readonly site: string;
  readonly instance: number;
  readonly deviceName?: string;
  readonly createdAt: string;
  readonly tags: readonly string[];
  readonly verified: boolean;
  readonly keep: boolean;
  readonly reasons: readonly string[];
}

export interface ForgetReport {
  readonly dryRun: boolean;
  readonly kept: number;
  readonly forgotten: number;
  /** Device by device, newest first in each. With `ids` of those images alone. */
  readonly decisions: readonly ForgetDecision[];
}

export interface PruneOptions extends Patience {
  /** Only says what would be done. */
  readonly dryRun?: boolean;
}

export interface ObjectCount {
  readonly objects: number;
  readonly octets: number;
}

export interface PruneReport {
  readonly dryRun: boolean;
  readonly images: number;
  /** What images need. */
  readonly needed: number;
  /** Deleted, or with `dryRun` what would be. */
  readonly freed: ObjectCount;
  /** Set aside and not deleted yet, because of `holders`; the next prune does it. */
  readonly waiting: ObjectCount;
  /** Who was at work; nobody when another computer was so until a moment ago. */
  readonly holders: readonly LockHolder[];
  /** Objects that an interrupted prune had set aside and an image needs: they are back in their place. */
  readonly restored: number;
  /** Facts of images that are no more. */
  readonly facts: number;
}
