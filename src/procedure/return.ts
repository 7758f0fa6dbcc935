// ENDRESTORE and what comes after (protocol facts 2.6, 2.7): the device validates, may restart, may come
// back elsewhere. Its acknowledgement proves nothing; only what it shows when it is back does. ENDRESTORE
// is not said again before the device was seen to wait for it.

import { refusalWords, ReinitializeState, SystemStatus } from '../../protocol/index.js';
import { EngineError, isEngineError } from '../errors.js';
import { askPatiently } from '../transfer/index.js';
import { adoptInstance, type Comeback, lookAgain, whoIsThere } from './comeback.js';
import { type DeviceFacts, readRevision } from './identify.js';
import type { Lease } from './lease.js';
import type { Session } from './session.js';
import {
  hasOtherInstance,
  isFree,
  isMute,
  type Sighting,
  sightingWords,
  standingOf,
  STATUS_DURING,
} from './states.js';
import {
  POLL_MS,
  REINITIALIZE_TIMEOUT_MS,
  REINITIALIZE_TRIES,
  returnLimitMs,
  SETTLE_MS,
  START_UP_MS,
  START_UP_UNTOLD_MS,
} from './timing.js';

/** What the device showed in the end. */
export interface Returned {
  readonly sighting: Sighting;
  readonly revision: Revision;
  /** What speaks against the restore, or does not prove it. */
  readonly unproven: readonly string[];
  readonly release: 'released' | 'unproven';
  /** With "unproven": what was seen instead of its leaving. */
  readonly stillIn?: string;
}

interface Revision {
  readonly databaseRevision: number | undefined;
  readonly lastRestoreTime: string | undefined;
}

const REVISION_NAMES: Readonly<Record<keyof Revision, string>> = {
  lastRestoreTime: 'Last_Restore_Time',
  databaseRevision: 'Database_Revision',
};

/**
 * Sends ENDRESTORE. Rejects `restore-failed` when the device refuses it; it is then still in the restore.
 * Returns whether it acknowledged: if not, nobody knows.
 */
export async function endRestore(session: Session): Promise<boolean> {
  const reply = await askPatiently(session, () => session.reinitialize(ReinitializeState.endRestore, 'work'));
  const refusal = reply.ok ? undefined : reply.refusal;
  // A device that takes the configuration into use may do so badly, and with files that nobody has written to.
  const mayBeDone = refusal === undefined || refusal.kind === 'timeout' || refusal.kind === 'malformed';
  if (mayBeDone) session.filesTouched = true;
  if (refusal === undefined) return true;
  const words = refusalWords(refusal);
  if (mayBeDone) {
    session.deviation(`ENDRESTORE was not acknowledged (${words})`);
    return false;
  }
  throw new EngineError('restore-failed', `ENDRESTORE was refused with ${words}`, { details: { words } });
}

/** Follows the device from ENDRESTORE until it is back and has shown what became of the restore. */
export class Return {
  readonly #session: Session;
  readonly #lease: Lease;
  readonly #facts: DeviceFacts;
  readonly #comeback: Comeback;
  readonly #deadlineMs: number;
  #acknowledged: boolean;
  #sentMs: number;
  #sent = 1;

  constructor(
    session: Session,
    lease: Lease,
    facts: DeviceFacts,
    acknowledged: boolean,
    limitMs: number | undefined,
    comeback?: Comeback,
  ) {
    this.#session = session;
    this.#comeback = comeback ?? { instance: session.device.instance, mayMove: false };
    this.#lease = lease;
    this.#facts = facts;
    this.#acknowledged = acknowledged;
    const now = session.clock.now();
    this.#sentMs = now;
    const knownMs = (session.remedies.returnSeconds ?? 0) * 1000;
    this.#deadlineMs = now + (limitMs ?? Math.max(returnLimitMs(facts.restoreCompletionTimeS), knownMs));
    if (acknowledged) this.#noteEnded();
  }

  /** From here on the device must be back, and what it shows is meant. */
  get #settledMs(): number {
    return this.#sentMs + Math.max((this.#facts.restoreCompletionTimeS ?? 0) * 1000, SETTLE_MS);
  }

  /**
   * Rejects `restore-failed` when the device shows that the restore failed or was never ended, and
   * `device-silent` when it does not come back in time.
   */
  async follow(): Promise<Returned> {
    for (;;) {
      await adoptInstance(this.#session, this.#comeback);
      const sighting = await this.#session.look('work', false);
      this.#lease.saw(sighting);
      if (sighting.silent) {
        await this.#missing();
      } else {
        const returned = await this.#present(sighting);
        if (returned !== undefined) return returned;
      }
      await this.#session.sleep(POLL_MS);
    }
  }

  /** Until it must be back, silence is its right; then it is looked for by Who-Is and at its old address. */
  async #missing(): Promise<void> {
    const now = this.#session.clock.now();
    if (now >= this.#deadlineMs) {
      throw new EngineError('device-silent', 'ENDRESTORE was sent, and the device has not come back since');
    }
    this.#waiting('it has not come back yet');
    if (now < this.#settledMs) return;
    await lookAgain(this.#session, this.#comeback);
  }

  async #present(sighting: Sighting): Promise<Returned | undefined> {
    const now = this.#session.clock.now();
    const standing = standingOf('restore', sighting);
    if (standing === 'failed') throw this.#failed(sighting, 'the device did not accept the configuration');
    if (standing === 'ready' || standing === 'preparing' || this.#showsOldRestore(sighting)) {
      return this.#stillIn(sighting, now);
    }
    // The answer about its status was lost: the next look tells more.
    if (isMute(sighting) && this.#lease.statusSeen && now < this.#deadlineMs) return undefined;
    if (this.#showsFault(sighting)) {
      if (now < this.#settledMs + startUpMs(this.#facts)) return undefined;
      throw this.#failed(sighting, 'the device did not become operational');
    }
    const leaving = sighting.status === STATUS_DURING.restore || standing === 'unknown';
    if (leaving && now < this.#deadlineMs) return undefined;
    const revision = await this.#readRevision();
    if (revision === undefined) return undefined;
    // Idle, but nothing shows that a restore took place: it may be about to begin its restart.
    if (!this.#activated(revision) && now < this.#settledMs) return undefined;
    const who = hasOtherInstance(sighting) ? await whoIsThere(this.#session) : undefined;
    return this.#conclude(sighting, revision, who);
  }

  /** undefined: it went away again between two questions. */
  async #readRevision(): Promise<Revision | undefined> {
    try {
      return await readRevision(this.#session);
    } catch (error) {
      if (isEngineError(error, 'device-silent') || isEngineError(error, 'device-no-route')) return undefined;
      throw error;
    }
  }

  /** The device still waits for ENDRESTORE, or works on it. */
  async #stillIn(sighting: Sighting, now: number): Promise<Returned | undefined> {
    this.#waiting(sightingWords(sighting));
    if (now >= this.#deadlineMs) {
      const revision = await this.#readRevision();
      // Ours took place: what the device is in by now is the next restore of somebody else.
      if (revision !== undefined && this.#isRecorded(revision)) return this.#conclude(sighting, revision);
      this.#lease.resumed();
      throw new EngineError(
        'restore-failed',
        `ENDRESTORE did not end the restore: ${sightingWords(sighting)}`,
      );
    }
    const due = now >= this.#sentMs + REINITIALIZE_TIMEOUT_MS + POLL_MS;
    if (this.#acknowledged || !due || this.#sent >= REINITIALIZE_TRIES) return undefined;
    const revision = await this.#readRevision();
    if (revision === undefined || this.#isRecorded(revision)) return undefined;
    this.#sent += 1;
    this.#session.repeated(this.#sent, 'ENDRESTORE was not acknowledged, and the device waits for it');
    this.#acknowledged = await endRestore(this.#session);
    this.#sentMs = this.#session.clock.now();
    if (this.#acknowledged) this.#noteEnded();
    return undefined;
  }

  /** `who`: another instance that answers at the device's place now. */
  #conclude(sighting: Sighting, revision: Revision, who?: number): Returned {
    const activated = this.#activated(revision);
    const told = revision.databaseRevision !== undefined || revision.lastRestoreTime !== undefined;
    if (!this.#acknowledged && told && !activated) {
      throw this.#failed(
        sighting,
        'ENDRESTORE was not acknowledged, and nothing shows that a restore took place',
      );
    }
    const unproven = this.#doubts(revision);
    const release = this.#hasLeft(sighting) ? 'released' : 'unproven';
    this.#end(release, sighting);
    const other =
      who === undefined
        ? ''
        : `; device ${who} answers at its address: if it took that instance with the restore, "bacvault verify" of device ${who} with this image proves it`;
    const stillIn = `that the device left the restore was not seen: ${sightingWords(sighting)}${other}`;
    return { sighting, revision, unproven, release, ...(release === 'unproven' ? { stillIn } : {}) };
  }

  /**
   * What is not proven when neither Last_Restore_Time nor Database_Revision changed. One of them is enough;
   * that the other stayed the same is then a departure from the standard.
   */
  #doubts(revision: Revision): string[] {
    const still = (['lastRestoreTime', 'databaseRevision'] as const).flatMap((key) => {
      const [before, after] = [this.#facts[key], revision[key]];
      if (after === undefined) return [`${REVISION_NAMES[key]} is not readable`];
      return after === before ? [`${REVISION_NAMES[key]} did not change: ${after}`] : [];
    });
    const { instance } = this.#session.device;
    const { instance: expected } = this.#comeback;
    const other =
      instance === expected ? [] : [`it answers as device ${instance}, not as device ${expected}`];
    if (this.#activated(revision)) {
      for (const text of still) this.#session.deviation(`after the restore: ${text}`);
      return other;
    }
    return [...other, ...still, ...(this.#acknowledged ? [] : ['ENDRESTORE was not acknowledged'])];
  }

  #activated(revision: Revision): boolean {
    const { lastRestoreTime, databaseRevision } = this.#facts;
    return (
      (revision.lastRestoreTime !== undefined && revision.lastRestoreTime !== lastRestoreTime) ||
      (revision.databaseRevision !== undefined && revision.databaseRevision !== databaseRevision)
    );
  }

  /** The device has written down that a restore was completed since we looked first; creating files does not do that. */
  #isRecorded({ lastRestoreTime }: Revision): boolean {
    return lastRestoreTime !== undefined && lastRestoreTime !== this.#facts.lastRestoreTime;
  }

  #showsFault({ status }: Sighting): boolean {
    return status === SystemStatus.downloadRequired || status === SystemStatus.nonOperational;
  }

  /** A device from before 135-2008n is in the restore as long as its System_Status says so. */
  #showsOldRestore({ state, status }: Sighting): boolean {
    return state === undefined && status === STATUS_DURING.restore && this.#lease.statusSeen;
  }

  /** Whether the device is seen to have left the restore. */
  #hasLeft(sighting: Sighting): boolean {
    const { state, status } = sighting;
    if (status === STATUS_DURING.restore) return false;
    return state === undefined ? this.#lease.statusSeen && status !== undefined : isFree(state);
  }

  /** A device that was not seen to leave the restore is still to be got out of it. */
  #failed(sighting: Sighting, text: string): EngineError {
    if (this.#hasLeft(sighting)) this.#end('released', sighting);
    else this.#lease.resumed();
    return new EngineError('restore-failed', text, { details: { words: sightingWords(sighting) } });
  }

  #noteEnded(): void {
    const words = 'ENDRESTORE was acknowledged, but what became of it was not seen';
    this.#lease.ended({ release: 'unproven', words, stuck: false, mayBeOver: true });
  }

  #end(release: 'released' | 'unproven', sighting: Sighting): void {
    this.#lease.ended({ release, words: sightingWords(sighting), stuck: false, mayBeOver: true, sighting });
    this.#session.emit({ kind: 'released', device: this.#session.device.instance, release });
  }

  #waiting(reason: string): void {
    this.#session.emit({
      kind: 'waiting',
      device: this.#session.device.instance,
      reason,
      untilMs: this.#deadlineMs,
    });
  }
}

function startUpMs({ restoreCompletionTimeS }: DeviceFacts): number {
  return restoreCompletionTimeS === undefined ? START_UP_UNTOLD_MS : START_UP_MS;
}
