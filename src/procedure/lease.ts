// START to END: the one place that knows whether the procedure on a device is ours. It is released on
// every way out, and never when our START was refused: that would end somebody else's procedure
// (protocol facts 1.5, 1.6, 4.6).

import { EngineError, isEngineError } from '../errors.js';
import { isBusy } from '../pacing/index.js';
import { refusalOf, Silence } from '../transfer/index.js';
import { leftAfter, withEntry } from './failure.js';
import { letGo, RELEASE_COMMAND, type Released } from './release.js';
import { OpenEntry } from './open-entry.js';
import type { Opening } from './opening.js';
import type { Session } from './session.js';
import { startProcedure } from './start.js';
import {
  isFree,
  isTooBusyToTell,
  type ProcedureKind,
  type Sighting,
  sightingWords,
  type Standing,
  standingOf,
  STATUS_DURING,
} from './states.js';
import { IDLE_LOOKS_MAX, POLL_MS } from './timing.js';

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
    session.stillOurs = () => this.checkHeld();
  }

  /**
   * Writes the journal, sends START and makes the device ours, or rejects as `startProcedure` does; with the
   * store's code when the journal cannot be written: then nothing is started. `opening`: the device was seen
   * in nobody's procedure.
   */
  static async start(session: Session, kind: ProcedureKind, opening: Opening): Promise<Lease> {
    session.throwIfCancelled();
    const entry = await OpenEntry.open(session, kind, opening);
    session.entry = entry;
    try {
      await startProcedure(session, kind, opening.before, opening.preparationMs);
    } catch (error) {
      throw await notStarted(session, entry, error);
    }
    const lease = new Lease(session, kind);
    await entry.held(lease.startedMs);
    return lease;
  }

  /** Notes what the device shows while it is ours. */
  saw(sighting: Sighting): void {
    if (sighting.status !== STATUS_DURING[this.kind]) return;
    this.#statusSeen = true;
    if (this.#session.entry) this.#session.entry.statusFollows = true;
  }

  /** The System_Status of the procedure was seen while it ran. */
  get statusSeen(): boolean {
    return this.#statusSeen;
  }

  /** The procedure is over, or somebody else's: nothing will be sent to end it. */
  disown(sighting: Sighting): void {
    const free = sighting.state === undefined || isFree(sighting.state);
    const release = free && sighting.status !== STATUS_DURING[this.kind] ? 'released' : 'unproven';
    this.#over = { release, words: sightingWords(sighting), stuck: false, mayBeOver: true, sighting };
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
    let sighting = await this.#lookThroughSilence();
    // One of the two may be published late; a device that shows both for long has left.
    for (let looks = 1; this.#contradictsItself(sighting) && looks < IDLE_LOOKS_MAX; looks += 1) {
      await this.#session.sleep(POLL_MS);
      sighting = await this.#lookThroughSilence();
    }
    const standing = standingOf(this.kind, sighting);
    if (standing === 'silent') {
      const text = `no answer when asked for its state in the middle of the ${this.kind}`;
      throw new EngineError('device-silent', text);
    }
    if (isTooBusyToTell(sighting) || this.#isAsBefore(standing, sighting)) {
      this.#session.entry?.alive(this.#session.fileTouchedMs);
      return;
    }
    if (standing === 'untold' || standing === 'foreign' || this.#isFree(sighting)) this.disown(sighting);
    const why =
      standing === 'ready' && this.readiness !== 'ready'
        ? 'the device became ready only while it was in use; give it more time to prepare'
        : `the device gave up the ${this.kind} by itself`;
    throw new EngineError('procedure-failed', `${why}: ${sightingWords(sighting)}`);
  }

  /** A look that bears an outage as long as a transfer does. */
  async #lookThroughSilence(): Promise<Sighting> {
    const silence = new Silence(this.#session);
    for (;;) {
      silence.asked();
      const sighting = await this.#session.look('work', true);
      if (!sighting.silent || !(await silence.goesOn({ kind: 'timeout', attempts: 1 }))) {
        this.saw(sighting);
        return sighting;
      }
      this.#session.repeated(silence.count + 1, 'no answer when asked for its state');
    }
  }

  /** Whether the device still shows what it showed when it was found ready. */
  #isAsBefore(standing: Standing, sighting: Sighting): boolean {
    if (this.#statusSeen && this.#isOut(sighting)) return false;
    if (standing === 'untold') return true;
    return standing === this.readiness || (this.readiness === 'untold' && standing === 'ready');
  }

  /** The state of our procedure, without the System_Status that was seen beside it. */
  #contradictsItself(sighting: Sighting): boolean {
    return this.#statusSeen && this.#isOut(sighting) && standingOf(this.kind, sighting) === this.readiness;
  }

  /** A System_Status is told, and it is not that of our procedure. */
  #isOut({ status }: Sighting): boolean {
    return status !== undefined && status !== STATUS_DURING[this.kind];
  }

  /** Neither state nor status shows a procedure. */
  #isFree(sighting: Sighting): boolean {
    return isFree(sighting.state ?? NaN) && sighting.status !== STATUS_DURING[this.kind];
  }

  /** Whether nothing is left to be ended. */
  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Ends a backup, or aborts a restore, once. Never rejects; later calls give the same result. */
  async release(): Promise<Released> {
    this.#over ??= await letGo(this.#session, this.kind, RELEASE_COMMAND[this.kind], this.#statusSeen);
    return this.#over;
  }

  /** Everything was done that could be done: takes the journal's entry away, or says that it must stay. */
  async settle(): Promise<void> {
    await this.#session.entry?.settle(await this.release());
  }
}

/** The device refused START, or nobody knows whether it did: the entry goes, or stays. */
async function notStarted(session: Session, entry: OpenEntry, error: unknown): Promise<unknown> {
  const release = isEngineError(error) ? error.details.release : undefined;
  if (release === 'unproven') {
    const words = 'whether it started is not known';
    await entry.settle({ release, words, stuck: false, mayBeOver: true });
  } else {
    await entry.refused();
  }
  return withEntry(session, error);
}

/** Runs `body` while the device is ours; whatever it throws, the device is released before it is told. */
export async function holding<T>(
  session: Session,
  start: () => Promise<Lease>,
  body: (lease: Lease) => Promise<T>,
): Promise<T> {
  session.enter('start');
  const lease = await start();
  let result: T;
  try {
    session.throwIfCancelled();
    result = await body(lease);
  } catch (error) {
    const reason = await diagnosed(lease, error);
    if (!lease.isOver) session.enter(lease.kind === 'backup' ? 'end' : 'abort');
    const released = await lease.release();
    await lease.settle();
    throw leftAfter(session, reason, released);
  }
  await lease.settle();
  return result;
}

/** The device said "later" until patience ended. */
function isBusyError(error: EngineError): boolean {
  const refusal = refusalOf(error);
  return refusal !== undefined && isBusy(refusal);
}

/** A transfer that failed because the device had left the procedure is not the transfer's failure. */
async function diagnosed(lease: Lease, error: unknown): Promise<unknown> {
  if (lease.isOver || !isEngineError(error, 'transfer-failed')) return error;
  try {
    await lease.checkHeld();
    if (lease.readiness !== 'preparing' || !isBusyError(error)) return error;
    const text = `the device never got beyond preparing: ${error.message}`;
    return new EngineError('procedure-failed', text, { cause: error, details: error.details });
  } catch (found) {
    if (!isEngineError(found, 'procedure-failed')) return error;
    return new EngineError('procedure-failed', `${found.message} (${error.message})`, {
      cause: error,
      details: { ...error.details, ...found.details },
    });
  }
}
