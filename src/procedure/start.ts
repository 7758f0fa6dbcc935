// Sends START and finds out whose the procedure then is (protocol facts 1.5, 4.6). Every answer has its
// row in start-refusals.ts; what an unanswered START did is found by looking, never by sending it blindly
// again. Returns when the procedure is ours; a START that was refused is never ended.

import { ErrorCode, type Refusal, refusalWords, ReinitializeState } from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { EngineError, isEngineError } from '../errors.js';
import { backoffMs } from '../pacing/index.js';
import { adviceDetails, leftAfter } from './failure.js';
import { letGo, RELEASE_COMMAND } from './release.js';
import type { Session } from './session.js';
import { startRefusal } from './start-refusals.js';
import { type ProcedureKind, type Sighting, standingOf, STATUS_DURING } from './states.js';
import { POLL_MS, REINITIALIZE_TRIES } from './timing.js';

const COMMANDS: Readonly<Record<ProcedureKind, { readonly state: number; readonly word: string }>> = {
  backup: { state: ReinitializeState.startBackup, word: 'STARTBACKUP' },
  restore: { state: ReinitializeState.startRestore, word: 'STARTRESTORE' },
};

/** One attempt to start, and what is known about the device around it. */
interface Attempt {
  readonly session: Session;
  readonly kind: ProcedureKind;
  readonly word: string;
  /** What the device showed before the first START: nobody's procedure, unless that was allowed. */
  readonly before: Sighting;
  /** How long the device may be silent while it prepares, ms. */
  readonly silenceMs: number;
  /** 1 for the first. */
  readonly number: number;
  /** An earlier START went unanswered. */
  readonly unanswered: boolean;
}

/**
 * Starts the procedure. Rejects with the row of table 1.5 when the device refuses; when the outcome stays
 * unknown to the end, the device is released as if it were ours, and the error says how that went.
 */
export async function startProcedure(
  session: Session,
  kind: ProcedureKind,
  before: Sighting,
  silenceMs: number,
): Promise<void> {
  session.throwIfCancelled();
  const { state, word } = COMMANDS[kind];
  let unanswered = false;
  for (let number = 1; ; number += 1) {
    const reply = await send(session, state, word);
    if (reply.ok) return;
    const { refusal } = reply;
    if (session.withholdsPassword && isPasswordFailure(refusal)) {
      session.withholdsPassword = false;
      session.repeated(number + 1, `${word} without a password: ${refusalWords(refusal)}`);
      continue;
    }
    const attempt = { session, kind, word, before, silenceMs, number, unanswered };
    const isUnknown = refusal.kind === 'timeout' || refusal.kind === 'malformed';
    const next = isUnknown ? await afterSilence(attempt, refusal) : await afterRefusal(attempt, refusal);
    if (next === 'ours') {
      session.deviation(
        `${word} was not acknowledged (${refusalWords(refusal)}), but the device had started`,
      );
      return;
    }
    unanswered ||= isUnknown;
    session.repeated(number + 1, `${word}: ${refusalWords(refusal)}`);
    if (!isUnknown) await session.pause(backoffMs(number), refusalWords(refusal));
  }
}

/** A client that is closed while START is on its way leaves a device that nobody can look at any more. */
async function send(session: Session, state: number, word: string): Promise<Reply<void>> {
  try {
    return await session.reinitialize(state, 'work');
  } catch (error) {
    if (isEngineError(error, 'usage')) throw error;
    const words = `${word} was sent, and what became of it cannot be seen any more`;
    throw leftAfter(session, error, { release: 'unproven', words, stuck: true, mayBeOver: false });
  }
}

async function afterSilence(attempt: Attempt, refusal: Refusal): Promise<'ours' | 'again'> {
  switch (await findOut(attempt)) {
    case 'ours':
      return 'ours';
    case 'foreign':
      throw perhapsOurs(attempt, refusal, 'it is in another procedure');
    case 'idle':
      if (attempt.number < REINITIALIZE_TRIES) return 'again';
      throw await giveUp(attempt, refusal);
    case 'silent':
      throw await giveUp(attempt, refusal);
  }
}

async function afterRefusal(attempt: Attempt, refusal: Refusal): Promise<'ours' | 'again'> {
  const { session, kind, word, before, number, unanswered } = attempt;
  const row = startRefusal(refusal);
  if (row.code === 'device-busy' && !row.again) {
    // Our own START may be what keeps the device busy: its acknowledgement was lost.
    const sighting = await session.look('release', true);
    const standing = standingOf(kind, sighting);
    const inIt = standing === 'ready' || standing === 'preparing' || entered(kind, before, sighting);
    if (unanswered && (inIt || standing === 'untold') && !wasInIt(kind, before)) return 'ours';
    // An unanswered START may have been done by a device that does not show it, or shows it late.
    if (inIt || unanswered) throw perhapsOurs(attempt, refusal, row.meaning);
  }
  if (row.again && number < REINITIALIZE_TRIES) return 'again';
  const words = refusalWords(refusal);
  const meaning = row.code === 'device-password' ? passwordMeaning(session) : row.meaning;
  throw new EngineError(row.code, `${word} was refused with ${words}: ${meaning}`, {
    details: { words, ...adviceDetails(session, 'start') },
  });
}

function isPasswordFailure(refusal: Refusal): boolean {
  return refusal.kind === 'error' && refusal.errorCode === ErrorCode.passwordFailure;
}

/** Some devices that need no password refuse any (BACnet4J, bac-py): so "wrong" may mean "none, please". */
function passwordMeaning(session: Session): string {
  return session.password === undefined
    ? 'it needs a password, and none was given'
    : 'the password is wrong, or it has none and refuses any';
}

/** Whether a device that does not tell its state, or tells it late, shows by its System_Status that it began. */
function entered(kind: ProcedureKind, before: Sighting, now: Sighting): boolean {
  const during = STATUS_DURING[kind];
  return now.status === during && before.status !== during;
}

/** Whether a procedure was running before, which somebody allowed to be overlooked: its state proves nothing of ours. */
function wasInIt(kind: ProcedureKind, before: Sighting): boolean {
  const standing = standingOf(kind, before);
  return standing === 'ready' || standing === 'preparing';
}

/** What a START that nobody answered did: asked until the device answers, for as long as it may prepare. */
async function findOut(attempt: Attempt): Promise<'ours' | 'foreign' | 'idle' | 'silent'> {
  const { session, kind, before, silenceMs } = attempt;
  const deadline = session.clock.now() + silenceMs;
  for (;;) {
    // Cancelling waits here until it is known whose the device is: one look, or the time limit.
    const sighting = await session.look('release', false);
    switch (standingOf(kind, sighting)) {
      case 'ready':
      case 'preparing':
        return wasInIt(kind, before) ? 'foreign' : 'ours';
      case 'failed':
        return before.state === sighting.state ? 'idle' : 'ours';
      case 'foreign':
        return 'foreign';
      case 'untold':
      case 'idle':
      case 'unknown':
        return entered(kind, before, sighting) ? 'ours' : 'idle';
      case 'silent':
        if (session.signal?.aborted === true || session.clock.now() >= deadline) return 'silent';
        await session.clock.sleep(POLL_MS);
    }
  }
}

/**
 * The device was free a moment ago, and now it is in a procedure that is not surely ours: either somebody
 * was faster, or the network doubled our START and lost its acknowledgement. It is left alone.
 */
function perhapsOurs({ session, word }: Attempt, refusal: Refusal, meaning: string): EngineError {
  const words = refusalWords(refusal);
  const error = new EngineError('device-busy', `${word}: ${words}: ${meaning}`, { details: { words } });
  const left = "it was left alone, since the procedure may be somebody else's";
  return leftAfter(session, error, { release: 'unproven', words: left, stuck: false, mayBeOver: true });
}

/** START stays unknown to the end: it may be done late, so the device is released as if it were ours. */
async function giveUp({ session, kind, word }: Attempt, refusal: Refusal): Promise<EngineError> {
  session.enter(kind === 'backup' ? 'end' : 'abort');
  const released = await letGo(session, kind, RELEASE_COMMAND[kind], false);
  const words = refusalWords(refusal);
  const error = new EngineError('device-silent', `${word}: ${words}`, { details: { words } });
  return leftAfter(session, error, released);
}
