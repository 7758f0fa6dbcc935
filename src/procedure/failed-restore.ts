// A restore that failed after START: what is known of the device, and whether it is put back. The error that
// leaves the restore says both; it is never better than what happened.

import { EngineError, type Release } from '../errors.js';
import { clause, leftWith, predicate } from './failure.js';
import { foundTaken } from './opening.js';
import { putBack, type Rollback } from './rollback.js';
import type { FailedRestore, RestoreReport, RollbackOutcome } from './types.js';
import type { Undo } from './undo.js';

export interface Failure extends Omit<Rollback, 'image'> {
  readonly undo: Undo | undefined;
  /** Whether it is put back unasked. */
  readonly rollback: boolean;
}

/** The error for a restore that failed with `error`, after what could be done about it was done. Never rejects. */
export async function failedRestore(act: Failure, error: EngineError): Promise<EngineError> {
  const { story, undo } = act;
  const left = error.details['left'] as FailedRestore['left'];
  await story.tell('failed', {
    code: error.code,
    message: error.message,
    release: error.details.release,
    ...(left === undefined ? {} : { left }),
  });
  const { rollback, release } = await rollbackAfter(act, error, left);
  await story.tell('rollback', { ...rollback });
  const failed: FailedRestore = {
    verdict: 'failed',
    ...(left === undefined ? {} : { left }),
    ...(undo === undefined ? {} : { undo: undo.image.id }),
    rollback,
    run: story.run,
  };
  const unrecorded = [
    ...(undo?.unrecorded ?? []),
    ...(rollback.outcome === 'done' ? rollback.report.unrecorded : []),
  ];
  const message = `${clause(error.message)}; ${words(act, rollback, left)}.`;
  const told = new EngineError(error.code, message, {
    cause: error.cause,
    details: {
      ...error.details,
      ...failed,
      ...(release === undefined ? {} : { release }),
      ...(unrecorded.length === 0 ? {} : { unrecorded }),
    },
  });
  return rollback.outcome === 'done' ? afterRollback(told, message, rollback.report) : told;
}

/**
 * The error of a restore that failed, once its device was put back: verdict, state and release are those of the
 * rollback. A device that was put back and proven is not stuck any more, so the code is that of the failure.
 */
export function afterRollback(error: EngineError, message: string, report: RestoreReport): EngineError {
  const { code, cause, details } = error;
  const { state, systemStatus } = report.after;
  const isBack = report.verdict === 'verified';
  const since: Pick<FailedRestore, 'verdict' | 'rollback' | 'left'> = {
    verdict: isBack ? 'failed-rolled-back' : 'failed',
    rollback: { outcome: 'done', report },
    left: {
      ...(state === undefined ? {} : { state }),
      ...(systemStatus === undefined ? {} : { systemStatus }),
      filesTouched: true,
    },
  };
  const failure = details['failure'] as EngineError['code'] | undefined;
  return new EngineError(isBack ? (failure ?? code) : code, message, {
    cause,
    details: { ...details, ...since, release: report.release },
  });
}

/** `release`: how a rollback that failed left the device, when that is another thing than how it found it. */
async function rollbackAfter(
  act: Failure,
  { code }: EngineError,
  left: FailedRestore['left'],
): Promise<{ readonly rollback: RollbackOutcome; readonly release?: Release }> {
  const { undo, rollback, session } = act;
  if (left?.filesTouched !== true)
    return { rollback: { outcome: 'not-tried', why: 'its files were not touched' } };
  if (undo === undefined) return { rollback: { outcome: 'not-tried', why: 'no undo image was taken' } };
  // Who stops a restore is not made to wait for another one: it is offered, and takes one command.
  if (!rollback || code === 'cancelled' || session.signal?.aborted === true)
    return { rollback: { outcome: 'offered' } };
  try {
    return { rollback: { outcome: 'done', report: await putBack({ ...act, image: undo.image }) } };
  } catch (thrown) {
    const failure = leftWith(session, thrown, foundTaken(thrown) ? 'unproven' : 'not-started');
    const { release } = failure.details;
    return {
      rollback: { outcome: 'failed', code: failure.code, message: predicate(failure) },
      ...(release === undefined || release === 'not-started' ? {} : { release }),
    };
  }
}

function words({ undo }: Failure, rollback: RollbackOutcome, left: FailedRestore['left']): string {
  const image = undo === undefined ? 'no undo image' : `undo image ${undo.image.id.slice(0, 8)}`;
  switch (rollback.outcome) {
    case 'done':
      return rollback.report.verdict === 'verified'
        ? `it was put back to ${image}, and that is proven`
        : `it was put back to ${image}, which is not proven: ${rollback.report.unproven.join('; ')}`;
    case 'failed':
      return `its files were changed, and putting it back to ${image} failed: ${clause(rollback.message)}`;
    case 'offered':
      return `its files were changed; ${image} holds what they were`;
    case 'not-tried':
      return left?.filesTouched === true ? `its files were changed, and ${rollback.why}` : rollback.why;
  }
}
