// What a restore is asked, and what it reports: its verdict and what that rests on. Types only.

import type { DeviceInstance } from '../client/index.js';
import type { Release } from '../errors.js';
import type { ImageId, LearnedHabits } from '../repository/index.js';
import type {
  AppliedQuirk,
  DifferentRange,
  FileComparison,
  OpenEntryReport,
  ProcedureOptions,
  SecondReading,
  StepTime,
} from './types.js';

/**
 * What is taken before anything is written: "twice" is an image that is read in two procedures, which teaches
 * which octets change by themselves; "once" saves the second one, "none" takes no image.
 */
export type UndoChoice = 'twice' | 'once' | 'none';

export interface RestoreOptions extends ProcedureOptions {
  /** Said twice on purpose: the instance of the device that is about to be overwritten. */
  readonly expect: { readonly instance: DeviceInstance };
  /** Site of the device, default the repository's own; for the image "latest" only images of it, where given. */
  readonly site?: string;
  /** Names of checks of the plan that may block without ending the restore (PLAN_CHECKS). */
  readonly allow?: readonly string[];
  /** Why; required with `allow`. Kept in the run log. */
  readonly reason?: string;
  /**
   * Quiet between the last request that may empty a file and reading back, ms: a duplicate of it that is
   * still under way does its harm before the comparison, not after. Default 2000; 60,000 at least when
   * such a request went unanswered.
   */
  readonly quietMs?: number;
  /** How long the device may stay away after ENDRESTORE, ms; default max(3 x Restore_Completion_Time, 10 min). */
  readonly returnTimeoutMs?: number;
  /** The undo image, taken right before; default "twice". */
  readonly undo?: UndoChoice;
  /** Whether a restore that fails half-way is followed by one of the undo image; default false. */
  readonly rollback?: boolean;
}

/** Of these options of a restore a rollback makes use. */
export type RollbackOptions = ProcedureOptions & Pick<RestoreOptions, 'quietMs' | 'returnTimeoutMs'>;

/** One file of a proof: device and image, and which of the ranges that differ change by themselves. */
export interface ProvenFile extends FileComparison {
  /** Those of `ranges` that are known to be volatile. */
  readonly volatile: readonly DifferentRange[];
}

/** The backup after a restore, compared with the image octet by octet. */
export interface Proof {
  /** "equal": outside places that are known to change by themselves. "not-possible": it did not come to its end. */
  readonly outcome: 'equal' | 'different' | 'not-possible';
  readonly files: readonly ProvenFile[];
  /** Objects in Object_List: of the device that the image was made of, before the restore, and now. */
  readonly objects?: { readonly image?: number; readonly before?: number; readonly now?: number };
  /** What speaks against the restore, or kept it from being proven. */
  readonly reasons: readonly string[];
}

/**
 * How a restore ended. "verified" and "restored-unverified" are of reports; the others are in the details of
 * an error: "failed-rolled-back" when the undo image was restored and proven, else "failed".
 */
export type RestoreVerdict = 'verified' | 'restored-unverified' | 'failed-rolled-back' | 'failed';

export interface RestoreReport {
  readonly kind: 'restore-report';
  readonly device: DeviceInstance;
  readonly imageId: ImageId;
  /** "verified": nothing is in `unproven`, and the device was seen to leave every procedure. */
  readonly verdict: Extract<RestoreVerdict, 'verified' | 'restored-unverified'>;
  /** Checks of the plan that blocked and were allowed. */
  readonly allowed: readonly string[];
  /** Every octet was read back equal before ENDRESTORE. */
  readonly readBack: 'equal' | 'not-possible';
  /** What was seen after ENDRESTORE; absent facts were not readable. */
  readonly after: {
    readonly state?: string;
    readonly systemStatus?: string;
    readonly databaseRevision?: { readonly before?: number; readonly after?: number };
    readonly lastRestoreTime?: { readonly before?: string; readonly after?: string };
    readonly address: string;
  };
  readonly proof: Proof;
  /** The image to which the device can be put back. */
  readonly undo?: { readonly imageId: ImageId; readonly secondReading?: SecondReading };
  readonly octets: number;
  readonly octetsRewritten: number;
  readonly durationMs: number;
  /** From STARTRESTORE until the device was back, ms: it may not have controlled its plant meanwhile. */
  readonly outageMs: number;
  readonly steps: readonly StepTime[];
  /** What was found out about the device's ways, besides. */
  readonly learned?: LearnedHabits;
  readonly deviations: readonly string[];
  /** Facts that speak against or do not prove the result; empty when everything was proven. */
  readonly unproven: readonly string[];
  /** What was known of the device, and done for it. */
  readonly quirks?: readonly AppliedQuirk[];
  readonly release: Release;
  /** Name of the run log. */
  readonly run: string;
  /** What could not be written into run log or facts, and why: a full disk changes no result. */
  readonly unrecorded: readonly string[];
  readonly openEntry?: OpenEntryReport;
}

/** What the details of an error hold that leaves a restore after START; `release` is beside it. */
export interface FailedRestore {
  readonly verdict: Extract<RestoreVerdict, 'failed-rolled-back' | 'failed'>;
  /** What the device showed last, as far as it answered. */
  readonly left?: {
    readonly state?: string;
    readonly systemStatus?: string;
    /** Requests that change files were sent to it. */
    readonly filesTouched: boolean;
  };
  /** The image to which the device can be put back. */
  readonly undo?: ImageId;
  readonly rollback: RollbackOutcome;
  readonly run: string;
}

/** What became of putting a device back after a restore that failed. */
export type RollbackOutcome =
  /** The undo image was restored; whether it was proven is in its report. */
  | { readonly outcome: 'done'; readonly report: RestoreReport }
  | { readonly outcome: 'failed'; readonly code: string; readonly message: string }
  /** It would make sense: `rollBack` does it. */
  | { readonly outcome: 'offered' }
  /** It would not. */
  | { readonly outcome: 'not-tried'; readonly why: string };
