// The journal's entry of one procedure, from before START until the device was released: what another
// process needs to know whose the procedure on the device is, should this one die. Once the device is ours,
// nothing that goes wrong here may change what happens to it: it is kept, and told in the end.

import { formatTarget } from '../client/index.js';
import { EngineError, isEngineError } from '../errors.js';
import type { Clock } from '../ports.js';
import {
  type Journal,
  type JournalEntry,
  type JournalNote,
  parseUtcText,
  utcText,
} from '../repository/index.js';
import type { Opening } from './opening.js';
import type { Released } from './release.js';
import type { Session } from './session.js';
import type { ProcedureKind } from './states.js';
import { JOURNAL_WAIT_MS, keepAliveMs } from './timing.js';
import type { EntryOutcome, OpenEntryReport } from './types.js';

/** Where a procedure is written down, and under which site. */
export interface Ledger {
  readonly journal: Journal;
  readonly site: string;
}

/** For a report: the entry that stays, if any. */
export function openEntryOf({ entry }: Session): { readonly openEntry?: OpenEntryReport } {
  return entry?.left === undefined ? {} : { openEntry: entry.left };
}

export class OpenEntry {
  /** System_Status was seen to follow the procedure. */
  statusFollows: boolean;
  readonly #clock: Clock;
  readonly #journal: Journal;
  #entry: JournalEntry;
  /** Clock.now() when the procedure was last known to be ours; undefined: never. */
  #heldMs: number | undefined;
  /** The same as it was last written down. */
  #notedMs = -Infinity;
  /** Notes are written one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #standing: JournalNote['standing'];
  #problem: string | undefined;
  /** Somebody else has written a note since the entry was read. */
  #isTaken = false;

  /** An entry as it was found; its notes go on from there. */
  constructor(clock: Clock, journal: Journal, entry: JournalEntry) {
    this.#clock = clock;
    this.#journal = journal;
    this.#entry = entry;
    this.#standing = entry.note.standing;
    this.statusFollows = entry.note.statusFollows === true;
    const heldMs = entry.note.heldAt === undefined ? undefined : parseUtcText(entry.note.heldAt);
    this.#heldMs = heldMs === undefined ? undefined : clock.now() - (clock.unixTime() - heldMs);
  }

  /** How a release went, for whoever did it on account of this entry. */
  outcome({ release, words }: Released): Pick<EntryOutcome, 'verdict' | 'why' | 'closed' | 'problem'> {
    return {
      verdict: release === 'released' ? 'released' : 'unproven',
      why: words,
      closed: this.#problem === undefined,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  /** Writes the entry down. Rejects with the store's code: then nothing may be started. */
  static async open(
    session: Session,
    kind: ProcedureKind,
    { identity, facts, ledger }: Opening,
  ): Promise<OpenEntry> {
    const { journal, site } = ledger;
    const { device, clock } = session;
    const { instance, address } = device;
    try {
      const entry = await journal.open({
        procedure: kind,
        site,
        instance,
        ...(identity.name === undefined ? {} : { deviceName: identity.name }),
        target: formatTarget({ instance, address }),
        ...(facts.backupFailureTimeoutS === undefined
          ? {}
          : { backupFailureTimeoutS: facts.backupFailureTimeoutS }),
      });
      return new OpenEntry(clock, journal, entry);
    } catch (error) {
      if (!isEngineError(error)) throw error;
      const text = `the journal could not be written, so nothing was started: ${error.message}`;
      throw new EngineError(error.code, text, { cause: error, details: error.details });
    }
  }

  /** Why it is still there when everything is over; undefined when it was taken away. */
  get left(): OpenEntryReport | undefined {
    return this.#problem === undefined ? undefined : { entry: this.#entry.id, problem: this.#problem };
  }

  /** START was done: the procedure is ours from `sinceMs` on. */
  async held(sinceMs: number): Promise<void> {
    this.#heldMs = sinceMs;
    await this.#note('held');
  }

  /** The device was kept alive at `touchedMs`; written down from time to time. Does not wait and never fails. */
  alive(touchedMs: number): void {
    if (this.#heldMs === undefined || this.#standing !== 'held') return;
    this.#heldMs = Math.max(this.#heldMs, touchedMs);
    if (this.#heldMs - this.#notedMs >= keepAliveMs(this.#entry.backupFailureTimeoutS))
      void this.#note('held');
  }

  /** END or ABORT is about to be sent: from now on nobody but the device knows whose the procedure is. */
  async ending(): Promise<void> {
    if (this.#standing !== 'ending') await this.#note('ending');
  }

  /** Takes an entry over, to end its procedure. False when somebody else has just done so. */
  async claim(): Promise<boolean> {
    await this.#note('ending');
    if (this.#isTaken) return false;
    const { id } = this.#entry;
    if ((await this.#journal.entries()).some((entry) => entry.id === id)) return true;
    await this.#close();
    return false;
  }

  /** START was refused: there is nothing of ours on the device. */
  async refused(): Promise<void> {
    await this.#close();
  }

  /** Everything was done that could be done. The entry goes when the device was seen to leave. */
  async settle({ release, words, mayBeOver }: Released): Promise<void> {
    if (release !== 'unproven') {
      await this.#close();
      return;
    }
    const isHeld = this.#heldMs !== undefined && !mayBeOver;
    await this.#note(isHeld ? 'held' : this.#standing, true);
    this.#problem ??= `the device was not seen to leave: ${words}`;
  }

  async #note(standing: JournalNote['standing'], left = false): Promise<void> {
    const heldMs = this.#heldMs;
    this.#standing = standing;
    this.#notedMs = heldMs ?? this.#notedMs;
    await this.#write('written', async () => {
      this.#entry = await this.#journal.note(this.#entry, {
        standing,
        ...(heldMs === undefined ? {} : { heldAt: this.#utc(heldMs) }),
        ...(this.statusFollows ? { statusFollows: true } : {}),
        ...(left ? { left } : {}),
      });
    });
  }

  async #close(): Promise<void> {
    await this.#write('taken away', () => this.#journal.close(this.#entry.id));
  }

  /** Waits for the disk, but not for ever: the device waits, too. */
  async #write(what: string, act: () => Promise<void>): Promise<void> {
    const waiting = new AbortController();
    const writing = this.#last.then(act);
    this.#last = writing.catch(() => undefined);
    const late = this.#clock.sleep(JOURNAL_WAIT_MS, waiting.signal).then(
      () => 'late' as const,
      () => undefined,
    );
    try {
      const came = await Promise.race([writing, late]);
      this.#problem =
        came === 'late' ? `it could not be ${what} within ${JOURNAL_WAIT_MS / 1000} s` : undefined;
    } catch (error) {
      this.#isTaken = isEngineError(error, 'store-exists');
      this.#problem = `it could not be ${what}: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      waiting.abort();
    }
  }

  #utc(nowMs: number): string {
    return utcText(Math.floor(this.#clock.unixTime() - (this.#clock.now() - nowMs)));
  }
}
