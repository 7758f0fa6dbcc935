// What every procedure does before START: who is this, and is somebody else at work on it? Reads only.

import { EngineError, isEngineError } from '../errors.js';
import type { DeviceIdentity, JournalEntry } from '../repository/index.js';
import { equip } from './equip.js';
import { type DeviceFacts, readFacts, readIdentity } from './identify.js';
import type { Ledger } from './open-entry.js';
import type { Session } from './session.js';
import { isSameDevice, settleEntries } from './settle-entries.js';
import { isTaken, type ProcedureKind, type Sighting, sightingWords } from './states.js';
import { outageLimitMs, preparationLimitMs } from './timing.js';
import type { ProcedureOptions } from './types.js';

/** What was seen before anything was started. */
export interface Opening {
  readonly identity: DeviceIdentity;
  readonly facts: DeviceFacts;
  readonly before: Sighting;
  /** How long the device may prepare, ms. */
  readonly preparationMs: number;
  /** Where the procedure is written down before it is started. */
  readonly ledger: Ledger;
}

/**
 * Reads identity and facts, and releases the device from what we ourselves began on it and did not end. Rejects
 * `device-busy` when the device is in somebody's procedure, unless that is allowed.
 */
export async function open(
  session: Session,
  kind: ProcedureKind,
  options: ProcedureOptions & { readonly takenAllowed?: boolean },
  ledger: Ledger,
): Promise<Opening> {
  session.throwIfCancelled();
  session.enter('identify');
  const identity = await readIdentity(session);
  equip(session, identity);
  const facts = await readFacts(session);
  session.outageMs = options.outageTimeoutMs ?? outageLimitMs(facts.backupFailureTimeoutS);
  const { before, may } = await recovered(session, facts, ledger);
  if (before.silent) throw new EngineError('device-silent', 'it stopped answering when asked for its state');
  if (isTaken(kind, before) && options.takenAllowed !== true) {
    throw new EngineError(
      'device-busy',
      `another backup or restore is running on it: ${sightingWords(before)}${may}`,
      { details: { words: sightingWords(before), taken: true } },
    );
  }
  const time = kind === 'backup' ? facts.backupPreparationTimeS : facts.restorePreparationTimeS;
  return {
    identity,
    facts,
    before,
    preparationMs:
      options.preparationTimeoutMs ??
      Math.max(preparationLimitMs(time), (session.remedies.preparationSeconds ?? 0) * 1000),
    ledger,
  };
}

/**
 * Whether a procedure was not begun because the device was in one: right after one of ours, that may be a START of
 * ours that the network has doubled.
 */
export function foundTaken(error: unknown): boolean {
  return isEngineError(error, 'device-busy') && error.details['taken'] === true;
}

/** Releases a device from what we ourselves began on it and did not end. Sends nothing when there is no such thing. */
export async function releaseOurs(session: Session, ledger: Ledger): Promise<void> {
  const entries = await entriesOf(session, ledger);
  if (entries.length === 0) return;
  await readIdentity(session);
  await recovered(session, await readFacts(session), ledger);
}

async function entriesOf(session: Session, { journal, site }: Ledger): Promise<JournalEntry[]> {
  const { instance } = session.device;
  return (await journal.entries()).filter((one) => one.instance === instance && one.site === site);
}

/**
 * What the device shows once it is out of what an earlier process of ours left open. Nothing is waited for: what
 * may be ours and may be somebody else's is left alone, and said in `may`.
 */
async function recovered(
  session: Session,
  facts: DeviceFacts,
  ledger: Ledger,
): Promise<{ readonly before: Sighting; readonly may: string }> {
  const { instance } = session.device;
  const { sighting, outcomes } = await settleEntries({
    session,
    journal: ledger.journal,
    entries: await entriesOf(session, ledger),
    timeoutS: facts.backupFailureTimeoutS,
    waitMs: 0,
    isSameDevice: (entry) => isSameDevice(session, entry),
  });
  for (const outcome of outcomes) {
    if (outcome.closed || outcome.verdict === 'unproven')
      session.emit({ kind: 'recovered', device: instance, outcome });
  }
  const open = outcomes.find(({ verdict }) => verdict === 'unknown' || verdict === 'elsewhere');
  if (open === undefined) return { before: sighting, may: '' };
  const { procedure, openedAt } = open.entry;
  const may = `; it may be the ${procedure} that we began at ${openedAt}: ${open.why}; see "bacvault recover"`;
  return { before: sighting, may };
}
