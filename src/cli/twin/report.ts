// What a drill came to: one report for people, for programs, and to be kept beside the image. It must not
// say more than a rehearsal can know.

import type { ErrorCode, ImageSummary, RestoreReport, StepTime } from '../../index.js';
import { fileTitle } from './proof.js';
import type { FileProof } from './proof.js';
import type { Blank, Rehearsal } from './rehearsal.js';
import type { Likeness } from './render.js';

export interface DrillReport {
  readonly kind: 'drill-report';
  readonly device: number;
  readonly imageId: string;
  readonly passed: boolean;
  /** Why it did not pass; empty when it did. */
  readonly failures: readonly string[];
  readonly twin: Likeness & {
    readonly blank: Blank;
    readonly maxApdu: number;
    readonly segmentation: string;
    /** Network number of the simulated router that it stood behind. */
    readonly network?: number;
  };
  /** The twin's own memory against the image, file by file; empty when the restore did not end. */
  readonly files: readonly FileProof[];
  /** Of the restore on the twin; times are the twin's. */
  readonly restore?: RestoreReport;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** On the recorded device, ms, as far as the image has recorded its times: what was measured on the twin. */
  readonly estimate?: {
    /** From the undo image to the proof. */
    readonly totalMs: number;
    /** The undo image, read twice: as long as two proofs. A blank twin has none taken. */
    readonly undoMs: number;
    /** Written, read back, ended and come back. */
    readonly writeMs: number;
    readonly proofMs: number;
    /** From START until the device was back. */
    readonly outageMs?: number;
  };
  /** How long the rehearsal took on this computer. */
  readonly tookMs: number;
  readonly cannotShow: readonly string[];
}

/** What no rehearsal can know. */
export const CANNOT_SHOW: readonly string[] = [
  'whether the real device accepts and uses this configuration: it checks that by itself after the end',
  'how long the real device takes to write: only its reading was recorded, and flash memory is slower',
  'losses, other traffic and routers of the real network',
  'habits of the real device that show only while it is written',
];

export interface DrillParts {
  readonly image: ImageSummary;
  readonly likeness: Likeness;
  readonly blank: Blank;
  readonly limits: { readonly maxApdu: number; readonly segmentation: string };
  readonly rehearsal: Rehearsal;
  readonly proofs: readonly FileProof[];
  readonly tookMs: number;
}

export function drillReport(parts: DrillParts): DrillReport {
  const { image, likeness, blank, limits, rehearsal, proofs, tookMs } = parts;
  const { outcome } = rehearsal;
  const { network } = image.manifest.reachedAt;
  const failures = failuresOf(rehearsal, proofs);
  return {
    kind: 'drill-report',
    device: image.manifest.device.instance,
    imageId: image.id,
    passed: failures.length === 0,
    failures,
    twin: { ...likeness, blank, ...limits, ...(network === undefined ? {} : { network }) },
    files: proofs,
    ...(outcome.kind === 'restored'
      ? { restore: outcome.report, estimate: estimateOf(rehearsal, outcome.report) }
      : { error: { code: outcome.error.code, message: outcome.error.message } }),
    tookMs: Math.round(tookMs),
    cannotShow: CANNOT_SHOW,
  };
}

/** Everything that must be seen, and was not. */
function failuresOf({ outcome, twin, deviceEvents }: Rehearsal, proofs: readonly FileProof[]): string[] {
  if (outcome.kind === 'failed') return [outcome.error.message];
  const failures = proofs.flatMap((proof) =>
    proof.problem === undefined ? [] : [`${fileTitle(proof)} on the twin: ${proof.problem}`],
  );
  if (!deviceEvents.some((event) => event.kind === 'restored'))
    failures.push('the twin did not take the configuration into use');
  if (twin.backupState !== IDLE) failures.push('the twin was left in a procedure');
  const { release } = outcome.report;
  if (release !== 'released') failures.push(`the restore's own report says "${release}"`);
  return failures;
}

/** Backup_And_Restore_State of a device that is in no procedure. */
const IDLE = 0;

function estimateOf(rehearsal: Rehearsal, report: RestoreReport): NonNullable<DrillReport['estimate']> {
  const { deviceEvents, releasedAtMs } = rehearsal;
  const lasting = (step: StepTime['step']): number =>
    report.steps.find((time) => time.step === step)?.durationMs ?? 0;
  const [writeMs, proofMs] = [lasting('write'), lasting('prove')];
  const undoMs = 2 * proofMs;
  const started = deviceEvents.find((event) => event.kind === 'state' && event.on === 'start-restore');
  const back = releasedAtMs.find((atMs) => atMs >= (started?.now ?? Infinity));
  const away = started === undefined || back === undefined ? {} : { outageMs: back - started.now };
  return { totalMs: undoMs + writeMs + proofMs, undoMs, writeMs, proofMs, ...away };
}
