// Procedures as tables of phases: what is done in which order while the device is ours, one row each. The
// order is the standard's (clause 19.1); nobody else calls the rows.

import type { Session } from './session.js';
import type { Phase } from './types.js';

/** One phase. It resolves, or the procedure is left and the device released. */
export interface PhaseRow<Run> {
  readonly phase: Phase;
  readonly run: (run: Run) => Promise<void>;
}

/** Runs the rows in order, telling each as it begins. */
export async function runPhases<Run extends { readonly session: Session }>(
  rows: readonly PhaseRow<Run>[],
  run: Run,
): Promise<void> {
  for (const row of rows) {
    run.session.throwIfCancelled();
    run.session.enter(row.phase);
    await row.run(run);
  }
}
