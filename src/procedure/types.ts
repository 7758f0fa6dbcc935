// What a procedure reports while it runs and when it ends. Types only.

import type { DeviceInstance } from '../client/index.js';
import type { ImageId, ImageManifest, JournalEntry } from '../repository/index.js';
import type { Release } from '../errors.js';
import type { ReadPace } from '../pacing/index.js';
import type { DeviceQuirk } from './quirks.js';
import type { Verdict } from './judgement.js';
import type { ProcedureKind } from './states.js';

export type * from './restore-types.js';

/** The parts of a procedure in the order they happen; each is a row of the phase tables. */
export type Phase =
  | 'plan'
  | 'identify'
  | 'start'
  | 'prepare'
  | 'list'
  | 'copy'
  | 'write'
  | 'read-back'
  | 'end'
  | 'abort'
  | 'return'
  | 'compare';

/**
 * What one act is made of, in the order it happens; most are procedures of their own. "roll-back" is followed
 * by a "write" and a "prove" of its own.
 */
export type Step = 'undo' | 'second-reading' | 'write' | 'prove' | 'roll-back';

/** How long a step took, and each phase of it, ms. */
export interface StepTime {
  /** "plan" is what comes before the first step. */
  readonly step: Step | 'plan';
  readonly durationMs: number;
  readonly phases: readonly { readonly phase: Phase; readonly durationMs: number }[];
}

/** Progress, as a union that a program can switch on. Times are Clock.now() milliseconds. */
export type ProgressEvent =
  | { readonly kind: 'phase'; readonly phase: Phase; readonly device: DeviceInstance }
  /** One more procedure begins; its phases follow. */
  | { readonly kind: 'step'; readonly step: Step; readonly device: DeviceInstance }
  /** A file begins. `octetsTotal` or `recordsTotal` where the device or the image knows it. */
  | {
      readonly kind: 'file';
      readonly device: DeviceInstance;
      readonly file: number;
      readonly index: number;
      readonly count: number;
      readonly name?: string;
      readonly access: 'stream' | 'record';
      readonly octetsTotal?: number;
      readonly recordsTotal?: number;
    }
  /** Octets (and records) of the current file done so far, in the current direction. */
  | {
      readonly kind: 'chunk';
      readonly device: DeviceInstance;
      readonly file: number;
      readonly octetsDone: number;
      readonly recordsDone?: number;
    }
  | {
      readonly kind: 'retry';
      readonly device: DeviceInstance;
      readonly attempt: number;
      readonly reason: string;
    }
  /** The device is one of which something is known: what is done differently, and what people should know. */
  | {
      readonly kind: 'quirk';
      readonly device: DeviceInstance;
      readonly name: string;
      readonly remedies: readonly string[];
      readonly advice: readonly string[];
    }
  /** The device was away for so long, ms, and the file goes on at this position, in octets or records. */
  | {
      readonly kind: 'resumed';
      readonly device: DeviceInstance;
      readonly file: number;
      readonly position: number;
      readonly silentMs: number;
    }
  /** The device said wait (busy, still preparing, router busy). */
  | {
      readonly kind: 'waiting';
      readonly device: DeviceInstance;
      readonly reason: string;
      readonly untilMs: number;
    }
  | { readonly kind: 'state'; readonly device: DeviceInstance; readonly state: string }
  /** A departure from the standard that was met and handled. */
  | { readonly kind: 'deviation'; readonly device: DeviceInstance; readonly text: string }
  | { readonly kind: 'released'; readonly device: DeviceInstance; readonly release: Release }
  /** A procedure of ours that an earlier process left open was released, or seen to be over. */
  | { readonly kind: 'recovered'; readonly device: DeviceInstance; readonly outcome: EntryOutcome };

export interface ProcedureOptions {
  readonly password?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ProgressEvent) => void;
  /**
   * Upper limit for the preparation wait in ms, silence included; default twice the device's own time
   * (properties 339 and 341, at least 60 s) and 30 s. Raise it for devices that prepare for minutes.
   */
  readonly preparationTimeoutMs?: number;
  /**
   * How long a device that falls silent in the middle of the work is waited for, ms; default its own
   * Backup_Failure_Timeout, ten minutes at most. After that it has freed itself.
   */
  readonly outageTimeoutMs?: number;
  /** Known deviations besides those that bacvault knows (`KNOWN_QUIRKS`); one of the same name takes its place. */
  readonly quirks?: readonly DeviceQuirk[];
  /**
   * How eagerly a device on our own link is read: "gentle", one request at a time; "auto" (default), as many as are
   * answered as fast as one; "fast", the same, begun with several. Behind a router it is always one.
   */
  readonly pace?: ReadPace;
}

/** A known deviation of the device, as it was met: what was done differently, and what people should know. */
export interface AppliedQuirk {
  readonly name: string;
  readonly remedies: readonly string[];
  readonly advice: readonly string[];
  readonly source: string;
}

export interface BackupOptions extends ProcedureOptions {
  /** Site under which the image is kept; default the repository's own. */
  readonly site?: string;
  /** Given to the image at its birth: "golden", "as-built". */
  readonly tags?: readonly string[];
  /**
   * Whether the device is read a second time, in a procedure of its own right after the first: it costs that
   * procedure again. An image that reads the same outside places that change by themselves is verified.
   */
  readonly verify?: boolean;
}

export interface VerifyOptions extends ProcedureOptions {
  /** Only for the image "latest": of this site. */
  readonly site?: string;
}

export interface ProbeOptions {
  readonly signal?: AbortSignal;
  /** As for a procedure. */
  readonly quirks?: readonly DeviceQuirk[];
}

/** What a second reading, right after a backup, came to. */
export interface SecondReading {
  /**
   * "equal", or "volatile": equal outside the places that the manifest now names. "different": nearly
   * everywhere or in size, so that neither reading proves the other. "failed": it did not come to its end.
   */
  readonly outcome: 'equal' | 'volatile' | 'different' | 'failed';
  /** Why it proves nothing; empty when it does. */
  readonly reasons: readonly string[];
  readonly durationMs: number;
}

export interface RecoverOptions extends Pick<ProcedureOptions, 'password' | 'signal' | 'onEvent'> {
  /** Only entries of this site; default all of the instance. */
  readonly site?: string;
  /**
   * How long may be waited for the device to end by itself what may be ours and may be somebody else's, ms;
   * default 10 min. A device whose Backup_Failure_Timeout is longer is not waited for. 0: never waits.
   */
  readonly waitMs?: number;
  /**
   * Ends or aborts what the device is in, whoever's it is: a restore of somebody else is then left half-written.
   * The instance is said twice on purpose.
   */
  readonly foreign?: { readonly instance: DeviceInstance };
}

/** What became of one entry of the journal. */
export interface EntryOutcome {
  readonly entry: JournalEntry;
  /** What the entry meant for the device; "released" and "unproven" when END or ABORT was sent. */
  readonly verdict: Exclude<Verdict, 'ours' | 'settling'> | 'released' | 'unproven';
  /** One clause for messages. */
  readonly why: string;
  /** It was taken away. */
  readonly closed: boolean;
  /** Why it could not be taken away although it is over, or must stay. */
  readonly problem?: string;
}

export interface RecoverReport {
  readonly kind: 'recover-report';
  readonly device: DeviceInstance;
  readonly name?: string;
  /** What the device showed in the end. */
  readonly state?: string;
  readonly systemStatus?: string;
  /** Its open entries, oldest first. */
  readonly entries: readonly EntryOutcome[];
  /** What END or ABORT came to, when one was sent. */
  readonly released?: {
    readonly procedure: ProcedureKind;
    /** It was not known to be ours, and ended all the same, as asked. */
    readonly foreign: boolean;
    readonly release: Release;
    readonly words: string;
  };
  /** A restore of ours was broken off after its start: the device may hold what was written so far. */
  readonly brokenOff?: {
    readonly openedAt: string;
    /** The newest undo image of the device from before that. */
    readonly undo?: ImageId;
  };
  /** The procedure that the device was left in, and why. */
  readonly leftAlone?: { readonly procedure: ProcedureKind; readonly why: string };
}

export interface BackupReport {
  readonly kind: 'backup-report';
  readonly device: DeviceInstance;
  readonly imageId: ImageId;
  readonly manifest: ImageManifest;
  readonly files: number;
  readonly octets: number;
  readonly durationMs: number;
  /** What was known of the device, and done for it. */
  readonly quirks?: readonly AppliedQuirk[];
  readonly release: Release;
  readonly openEntry?: OpenEntryReport;
  /** With `verify`. */
  readonly secondReading?: SecondReading;
  /** Name of the run log, where one was kept. */
  readonly run?: string;
  /** What could not be written into run log or facts, and why: a full disk changes no result. */
  readonly unrecorded: readonly string[];
}

/** An entry of the journal that stays after a procedure, and why. */
export interface OpenEntryReport {
  readonly entry: string;
  readonly problem: string;
}

/** Half-open octet range [start, end) of a stream file, or record range of a record file. */
export interface DifferentRange {
  readonly start: number;
  readonly end: number;
}

export interface FileComparison {
  readonly file: number;
  readonly equal: boolean;
  readonly unit: 'octets' | 'records';
  readonly ranges: readonly DifferentRange[];
  /** Size in the image and on the device, in `unit`. */
  readonly imageSize: number;
  readonly deviceSize: number;
  /** Missing on one side, or of another access method. */
  readonly problem?: string;
}

export interface VerifyReport {
  readonly kind: 'verify-report';
  readonly device: DeviceInstance;
  readonly imageId: ImageId;
  readonly equal: boolean;
  readonly files: readonly FileComparison[];
  /** What the device did against the standard, or said against itself, in words. */
  readonly deviations: readonly string[];
  /** What was known of the device, and done for it. */
  readonly quirks?: readonly AppliedQuirk[];
  readonly release: Release;
  readonly openEntry?: OpenEntryReport;
}

/** What a device can do, found by reading alone. */
export interface Capabilities {
  readonly kind: 'capabilities';
  readonly device: DeviceInstance;
  readonly identity: ImageManifest['device'];
  readonly reachedAt: ImageManifest['reachedAt'];
  /** "yes": ReinitializeDevice, AtomicReadFile and AtomicWriteFile are in Protocol_Services_Supported and Configuration_Files exists. */
  readonly backupAndRestore: 'yes' | 'no' | 'unknown';
  readonly reasons: readonly string[];
  readonly services: Readonly<Record<string, boolean>>;
  readonly state?: string;
  readonly systemStatus?: string;
  readonly backupFailureTimeoutS?: number;
  readonly backupPreparationTimeS?: number;
  readonly restorePreparationTimeS?: number;
  readonly restoreCompletionTimeS?: number;
  readonly databaseRevision?: number;
  readonly lastRestoreTime?: string;
  /** Number of Configuration_Files outside a procedure; many devices show none then. */
  readonly configurationFiles?: number;
  /** What is known of such devices. */
  readonly quirks?: readonly AppliedQuirk[];
}
