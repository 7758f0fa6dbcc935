// START to END: the one place that knows whether the procedure on a device is ours. It is released on
// every way out, and never when our START was refused: that would end somebody else's procedure
// (protocol facts 1.5, 1.6, 4.6).

import { type Refusal, refusalWords, ReinitializeState } from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { EngineError, isEngineError } from '../errors.js';
import { backoffMs } from '../pacing/index.js';
import { SILENCES_MAX } from '../transfer/index.js';
import { leftAfter } from './failure.js';
import { letGo, type Released, type ReleaseCommand } from './release.js';
import type { Session } from './session.js';
import { startRefusal } from './start-refusals.js';
import {
  isFree,
  isTooBusyToTell,
  type ProcedureKind,
  type Sighting,
  sightingWords,
  standingOf,
  STATUS_DURING,
} from './states.js';
import { POLL_MS, preparationLimitMs, REINITIALIZE_TRIES } from './timing.js';

const START: Readonly<Record<ProcedureKind, { readonly state: number; readonly word: string }>> = {
  backup: { state: ReinitializeState.startBackup, word: 'STARTBACKUP' },
  restore: { state: ReinitializeState.startRestore, word: 'STARTRESTORE' },
};

const RELEASE: Readonly<Record<ProcedureKind, ReleaseCommand>> = {
  backup: 'ENDBACKUP',
  restore: 'ABORTRESTORE',
};

/** How the device showed that it was ready, and must go on showing. */
export type Readiness =
  /** performing-a-backup or performing-a-restore. */
  | 'ready'
  /** Still preparing at the end of the wait, and taken at its word no longer: see prepare.ts. */
  | 'preparing'
  /** It does not tell its state. */
  | 'untold';

export class Lease {
  readonly kind: ProcedureKind;
  /** Clock.now() when START was acknowledged, or known to have been done. */
  readonly startedMs: number;
  readiness: Readiness = 'ready';
  readonly #session: Session;
  #statusSeen = false;
  #over: Released | undefined;

  private constructor(session: Session, kind: ProcedureKind) {
    this.#session = session;
    this.kind = kind;
    this.startedMs = session.clock.now();
  }

  /**
   * Sends START. `before` is what the device showed before, in nobody's procedure. Rejects with the row of
   * table 1.5; when the outcome stays unknown the device is released first, and the error says how.
   */
  static async start(
    session: Session,
    kind: ProcedureKind,
    before: Sighting,
    preparationLimit: number = preparationLimitMs(undefined),
  ): Promise<Lease> {
    session.throwIfCancelled();
    const { state, word } = START[kind];
    let unknown: Refusal | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const reply = await sendStart(session, state, word);
      if (reply.ok) return new Lease(session, kind);
      const { refusal } = reply;
      if (refusal.kind === 'timeout' || refusal.kind === 'malformed') {
        unknown = refusal;
        const ours = await findOut(session, kind, before, preparationLimit);
        if (ours === 'ours') return Lease.#unacknowledged(session, kind, word, refusal);
        if (ours === 'foreign') throw perhapsOurs(session, word, refusal, 'it is in another procedure');
        if (ours === 'idle' && attempt < REINITIALIZE_TRIES) {
          session.repeated(attempt + 1, `${word}: ${refusalWords(refusal)}`);
          continue;
        }
        throw await giveUp(session, kind, word, refusal);
      }
      const row = startRefusal(refusal);
      if (row.code === 'device-busy' && !row.again) {
        // Our own START may be what keeps the device busy: its acknowledgement was lost.
        const sighting = await session.look('release', true);
        const standing = standingOf(kind, sighting);
        const byStatus = sighting.status === STATUS_DURING[kind] && before.status !== sighting.status;
        const inIt = standing === 'ready' || standing === 'preparing' || (standing === 'untold' && byStatus);
        if (unknown !== undefined && (inIt || standing === 'untold')) {
          return Lease.#unacknowledged(session, kind, word, refusal);
        }
        if (unknown === undefined && inIt) {
          throw perhapsOurs(session, word, refusal, row.meaning);
        }
      }
      if (!row.again || attempt >= REINITIALIZE_TRIES) {
        throw new EngineError(row.code, `${word} was refused with ${refusalWords(refusal)}: ${row.meaning}`, {
          details: { words: refusalWords(refusal) },
        });
      }
      session.repeated(attempt + 1, refusalWords(refusal));
      await session.pause(backoffMs(attempt), refusalWords(refusal));
    }
  }

  static #unacknowledged(session: Session, kind: ProcedureKind, word: string, refusal: Refusal): Lease {
    session.deviation(`${word} was not acknowledged (${refusalWords(refusal)}), but the device had started`);
    return new Lease(session, kind);
  }

  /** Notes what the device shows while it is ours. */
  saw(sighting: Sighting): void {
    if (sighting.status === STATUS_DURING[this.kind]) this.#statusSeen = true;
  }

  /** The System_Status of the procedure was seen while it ran. */
  get statusSeen(): boolean {
    return this.#statusSeen;
  }

  /** The procedure is over, or somebody else's: nothing will be sent to end it. */
  disown(sighting: Sighting): void {
    const free = sighting.state === undefined || isFree(sighting.state);
    const release = free ? 'released' : 'unproven';
    this.#over = { release, words: sightingWords(sighting), stuck: false, sighting };
  }

  /** ENDRESTORE was done, says the device: nothing will be aborted any more. */
  ended(released: Released): void {
    this.#over = released;
  }

  /** ENDRESTORE was not done after all: the device is still in the restore and must be got out of it. */
  resumed(): void {
    this.#over = undefined;
  }

  /**
   * Makes sure that the device is still in our procedure. Rejects `procedure-failed` when it left by
   * itself (its watchdog, a restart, another client), `device-silent` when it does not answer.
   */
  async checkHeld(): Promise<void> {
    let sighting = await this.#session.look('work', true);
    for (let silences = 1; sighting.silent && silences < SILENCES_MAX; silences += 1) {
      this.#session.repeated(silences + 1, 'no answer when asked for its state');
      sighting = await this.#session.look('work', true);
    }
    this.saw(sighting);
    const standing = standingOf(this.kind, sighting);
    if (isTooBusyToTell(sighting)) return;
    if (standing === 'silent') {
      throw new EngineError(
        'device-silent',
        `no answer when asked for its state in the middle of the ${this.kind}`,
      );
    }
    if (standing === 'untold') {
      if (!this.#statusSeen || sighting.status === undefined || sighting.status === STATUS_DURING[this.kind])
        return;
      this.disown(sighting);
    } else if (standing === this.readiness) {
      return;
    } else if (standing === 'foreign' || (sighting.state !== undefined && isFree(sighting.state))) {
      this.disown(sighting);
    }
    const why =
      standing === 'ready'
        ? 'the device became ready only while it was being read; give it more time to prepare'
        : `the device gave up the ${this.kind} by itself`;
    throw new EngineError('procedure-failed', `${why}: ${sightingWords(sighting)}`);
  }

  /** Whether nothing is left to be ended. */
  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Ends a backup, or aborts a restore, once. Never rejects; later calls give the same result. */
  async release(): Promise<Released> {
    this.#over ??= await letGo(this.#session, this.kind, RELEASE[this.kind], this.#statusSeen);
    return this.#over;
  }
}

/** A client that is closed while START is on its way leaves a device that nobody can look at any more. */
async function sendStart(session: Session, state: number, word: string): Promise<Reply<void>> {
  try {
    return await session.reinitialize(state, 'work');
  } catch (error) {
    if (isEngineError(error, 'usage')) throw error;
    const words = `${word} was sent, and what became of it cannot be seen any more`;
    throw leftAfter(session, error, { release: 'unproven', words, stuck: true });
  }
}

/**
 * The device was free a moment ago, and now it is in a procedure that is not surely ours: either somebody
 * was faster, or the network doubled our START and lost its acknowledgement. It is left alone.
 */
function perhapsOurs(session: Session, word: string, refusal: Refusal, meaning: string): EngineError {
  const words = refusalWords(refusal);
  const error = new EngineError('device-busy', `${word}: ${words}: ${meaning}`, { details: { words } });
  const left = "it was left alone, since the procedure may be somebody else's";
  return leftAfter(session, error, { release: 'unproven', words: left, stuck: false });
}

/** What a START that nobody answered did: asked until the device answers, for as long as it may prepare. */
async function findOut(
  session: Session,
  kind: ProcedureKind,
  before: Sighting,
  limitMs: number,
): Promise<'ours' | 'foreign' | 'idle' | 'silent'> {
  const deadline = session.clock.now() + limitMs;
  for (;;) {
    // Cancelling waits here until it is known whose the device is: the next look, or the time limit.
    const sighting = await session.look('release', false);
    switch (standingOf(kind, sighting)) {
      case 'ready':
      case 'preparing':
        return 'ours';
      case 'failed':
        return before.state === sighting.state ? 'idle' : 'ours';
      case 'foreign':
        return 'foreign';
      case 'untold':
        return sighting.status === STATUS_DURING[kind] && before.status !== sighting.status ? 'ours' : 'idle';
      case 'idle':
      case 'unknown':
        return 'idle';
      case 'silent':
        if (session.signal?.aborted === true || session.clock.now() >= deadline) return 'silent';
        await session.clock.sleep(POLL_MS);
    }
  }
}

/** START stays unknown to the end: it may be done late, so the device is released as if it were ours. */
async function giveUp(
  session: Session,
  kind: ProcedureKind,
  word: string,
  refusal: Refusal,
): Promise<EngineError> {
  session.enter(kind === 'backup' ? 'end' : 'abort');
  const released = await letGo(session, kind, RELEASE[kind], false);
  const words = refusalWords(refusal);
  const error = new EngineError('device-silent', `${word}: ${words}`, { details: { words } });
  return leftAfter(session, error, released);
}

/** Runs `body` while the device is ours; whatever it throws, the device is released before it is told. */
export async function holding<T>(
  session: Session,
  start: () => Promise<Lease>,
  body: (lease: Lease) => Promise<T>,
): Promise<T> {
  session.enter('start');
  const lease = await start();
  try {
    session.throwIfCancelled();
    return await body(lease);
  } catch (error) {
    const reason = await diagnosed(lease, error);
    if (!lease.isOver) session.enter(lease.kind === 'backup' ? 'end' : 'abort');
    throw leftAfter(session, reason, await lease.release());
  }
}

/** A transfer that failed because the device had left the procedure is not the transfer's failure. */
async function diagnosed(lease: Lease, error: unknown): Promise<unknown> {
  if (lease.isOver || !isEngineError(error, 'transfer-failed')) return error;
  try {
    await lease.checkHeld();
    return error;
  } catch (found) {
    if (!isEngineError(found, 'procedure-failed')) return error;
    return new EngineError('procedure-failed', `${found.message} (${error.message})`, {
      cause: error,
      details: { ...error.details, ...found.details },
    });
  }
}
