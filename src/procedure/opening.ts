// What every procedure does before START: who is this, and is somebody else at work on it? Reads only.

import { SystemStatus } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import type { DeviceIdentity } from '../repository/index.js';
import { type DeviceFacts, readFacts, readIdentity } from './identify.js';
import type { Session } from './session.js';
import { isFree, type ProcedureKind, type Sighting, sightingWords } from './states.js';
import { outageLimitMs, preparationLimitMs } from './timing.js';
import type { ProcedureOptions } from './types.js';

/** What was seen before anything was started. */
export interface Opening {
  readonly identity: DeviceIdentity;
  readonly facts: DeviceFacts;
  readonly before: Sighting;
  /** How long the device may prepare, ms. */
  readonly preparationMs: number;
}

/** Reads identity and facts. Rejects `device-busy` when the device is in somebody's procedure. */
export async function open(
  session: Session,
  kind: ProcedureKind,
  options: ProcedureOptions,
): Promise<Opening> {
  session.throwIfCancelled();
  session.enter('identify');
  const identity = await readIdentity(session);
  const facts = await readFacts(session);
  session.outageMs = options.outageTimeoutMs ?? outageLimitMs(facts.backupFailureTimeoutS);
  const before = await session.look('work', true);
  if (before.silent) throw new EngineError('device-silent', 'it stopped answering when asked for its state');
  if (isTaken(kind, before)) {
    throw new EngineError(
      'device-busy',
      `another backup or restore is running on it: ${sightingWords(before)}`,
      {
        details: { words: sightingWords(before) },
      },
    );
  }
  const time = kind === 'backup' ? facts.backupPreparationTimeS : facts.restorePreparationTimeS;
  return { identity, facts, before, preparationMs: options.preparationTimeoutMs ?? preparationLimitMs(time) };
}

/**
 * Whether somebody else's procedure is running. A device that does not tell its state is judged by its
 * System_Status, except that a restore may begin at "download in progress": a broken restore leaves old
 * devices there, and only another restore gets them out (protocol facts 2.8).
 */
function isTaken(kind: ProcedureKind, sighting: Sighting): boolean {
  if (sighting.state !== undefined) return sighting.state <= 6 && !isFree(sighting.state);
  if (sighting.status === SystemStatus.backupInProgress) return true;
  return kind === 'backup' && sighting.status === SystemStatus.downloadInProgress;
}
