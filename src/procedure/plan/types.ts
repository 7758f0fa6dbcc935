// What a restore plan holds: plain values that print, travel as JSON and lie in a run log. Types only.

import type { DeviceInstance } from '../../client/index.js';
import type { ErrorCode } from '../../errors.js';
import type { DeviceIdentity, ImageId, ReachedAt } from '../../repository/index.js';
import type { CheckName } from './names.js';

export type Severity = 'ok' | 'warn' | 'block';

/** What one check found. */
export interface PlanCheck {
  readonly name: CheckName;
  /** What is compared, in BACnet's words where it has some: "Model_Name". */
  readonly title: string;
  readonly severity: Severity;
  /** Both values as text; absent where that side does not say. */
  readonly image?: string;
  readonly device?: string;
  /** At least one side does not say what is needed to judge. Never with "ok". */
  readonly unknown: boolean;
  /** What it means for this restore: half a sentence. */
  readonly text: string;
  /** Whether `allow` lets a block of this check through. What cannot be done cannot be allowed. */
  readonly allowable: boolean;
  /** Under which code a block of this check ends a restore. */
  readonly code: ErrorCode;
}

/** How long the parts will take, ms, as far as the image and the device tell. */
export interface RestoreEstimate {
  /** The undo image, read twice, once or, with 0, not at all. */
  readonly undoMs?: number;
  /** From STARTRESTORE until the device is back: it may not control its plant meanwhile. */
  readonly outageMs?: number;
  /** The backup after it, which is compared with the image. */
  readonly proofMs?: number;
  /** Everything together, with the plan, which is made again right before. */
  readonly totalMs?: number;
  /** What the numbers rest on, and what is missing for one; in words. */
  readonly basis: readonly string[];
}

/** Image and device compared, before anything is started. */
export interface RestorePlan {
  readonly kind: 'restore-plan';
  /** The device as it answers now. */
  readonly device: DeviceInstance;
  readonly imageId: ImageId;
  /** The site of the device, as the caller says or the repository's own. */
  readonly site: string;
  /** The device takes the place of the image's. */
  readonly replacement: boolean;
  /** What the device is expected to answer to after the restore. */
  readonly becomes: DeviceInstance;
  /** When the plan was made, UTC. */
  readonly madeAt: string;
  readonly identity: DeviceIdentity;
  readonly reachedAt: ReachedAt;
  readonly checks: readonly PlanCheck[];
  readonly estimate: RestoreEstimate;
}

/** What the gate says to a plan. */
export interface GateVerdict {
  /** Nothing blocks, or all that blocks was allowed. */
  readonly ok: boolean;
  /** Blocks that stand. */
  readonly blocked: readonly PlanCheck[];
  /** Blocks that were allowed. */
  readonly used: readonly PlanCheck[];
  /** Allowed checks that do not block. */
  readonly unused: readonly CheckName[];
}
