// Waits until the device is ready after START (protocol facts 1.3, 1.4). Silence is allowed while it
// prepares; what each state means is the table in states.ts.

import { refusalWords } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import type { Lease } from './lease.js';
import type { Session } from './session.js';
import { PREPARATION, type Sighting, sightingWords, type Standing, standingOf } from './states.js';
import { IDLE_LOOKS_MAX, POLL_MS } from './timing.js';

/**
 * Returns when the device is ready, and notes in the lease how it showed it. Rejects `procedure-failed`
 * when it cannot, `device-busy` when it is in somebody else's procedure, `device-silent` when the time is up
 * without a word.
 *
 * A device that still says "preparing" when the time is up is tried all the same: bac-py never says
 * anything else, and one that is truly not ready refuses with CONFIGURATION_IN_PROGRESS. That it has not
 * begun to change under our hands is checked before the end (Lease.checkHeld).
 */
export async function prepare(session: Session, lease: Lease, limitMs: number): Promise<void> {
  const deadline = lease.startedMs + limitMs;
  const { quietAfterStartSeconds } = session.remedies;
  if (quietAfterStartSeconds !== undefined) {
    await session.pause(quietAfterStartSeconds * 1000, 'it is known to need quiet after START');
  }
  let idleLooks = 0;
  for (;;) {
    const sighting = await session.look('work', false);
    lease.saw(sighting);
    const standing = standingOf(lease.kind, sighting);
    const { step } = PREPARATION[standing];
    if (step === 'go-on') {
      lease.readiness = standing === 'ready' ? 'ready' : 'untold';
      if (standing === 'untold') trustLess(session, sighting, limitMs);
      return;
    }
    if (step === 'leave-alone') {
      lease.disown(sighting);
      throw failure(session, 'device-busy', standing, sighting);
    }
    if (step === 'give-up') throw failure(session, 'procedure-failed', standing, sighting);
    if (step === 'tolerate') {
      idleLooks += 1;
      if (idleLooks >= IDLE_LOOKS_MAX) throw failure(session, 'procedure-failed', standing, sighting);
    }
    const now = session.clock.now();
    if (now >= deadline) {
      if (standing !== 'preparing' || sighting.state === undefined)
        throw timeUp(session, limitMs, standing, sighting);
      const seconds = Math.round(limitMs / 1000);
      session.deviation(`still showed "preparing" ${seconds} s after START; taken as ready`);
      lease.readiness = 'preparing';
      session.patienceMs = Math.max(session.patienceMs, limitMs);
      return;
    }
    session.emit({
      kind: 'waiting',
      device: session.device.instance,
      reason: `it ${PREPARATION[standing].says}`,
      untilMs: deadline,
    });
    await session.sleep(Math.min(POLL_MS, deadline - now));
  }
}

/** A device that does not tell when it is ready says "configuration in progress" until it is. */
function trustLess(session: Session, sighting: Sighting, limitMs: number): void {
  session.patienceMs = Math.max(session.patienceMs, limitMs);
  const why = sighting.untold === undefined ? 'not a number' : refusalWords(sighting.untold);
  session.deviation(`Backup_And_Restore_State is not readable (${why})`);
}

function timeUp(session: Session, limitMs: number, standing: Standing, sighting: Sighting): EngineError {
  const code = standing === 'silent' ? 'device-silent' : 'procedure-failed';
  const after = ` ${Math.round(limitMs / 1000)} s after START`;
  return failure(session, code, standing, sighting, after);
}

function failure(
  session: Session,
  code: 'device-busy' | 'device-silent' | 'procedure-failed',
  standing: Standing,
  sighting: Sighting,
  after = '',
): EngineError {
  const words = sightingWords(sighting);
  return new EngineError(code, `it ${PREPARATION[standing].says}${after} (${words})`, {
    details: { device: session.device.instance, words },
  });
}
