// What is written down while work goes on: the logs of runs, and the journal of procedures under way. Types only.

import type { Sha256 } from './types.js';

/** One line of a run log: when, what, and what belongs to it; `previous` is the hash of the line before. */
export interface RunLine {
  readonly at: string;
  readonly event: string;
  readonly previous: Sha256;
  readonly [detail: string]: unknown;
}

/** The log of one run, while it is written. */
export interface RunLog {
  /** "2026-03-01T021500Z-1f2e3d4c": its file's name without the ending. */
  readonly name: string;
  /** Adds a line, durably. Rejects with `store-...`; after that the log takes no more. */
  write(event: string, details?: Readonly<Record<string, unknown>>): Promise<void>;
  /** The last line, `end`, which says how it went. */
  end(outcome: string, details?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A run log as it was found. */
export interface RunReading {
  /** The lines up to the first that is wrong. */
  readonly lines: readonly RunLine[];
  /** Lines that were changed, taken out or torn; empty for a log as it was written. */
  readonly faults: readonly string[];
  /** Whether its last line is an end; a run that was killed has none. */
  readonly ended: boolean;
  /** Whether its last line has no end: the run was stopped while it wrote, or is writing now. */
  readonly torn: boolean;
}

/** How a procedure stands with us, as far as it was written down. */
export type JournalStanding =
  /** START was about to be sent: it may have been done or not. */
  | 'starting'
  /** The device was in our procedure. */
  | 'held'
  /** END or ABORT was about to be sent: it may have been done or not. */
  | 'ending';

/** What is written down of a procedure after its entry was opened; the latest counts. */
export interface JournalNote {
  readonly standing: JournalStanding;
  /** When the procedure was last surely ours and kept alive. */
  readonly heldAt?: string;
  /** System_Status was seen to follow the procedure, so that it tells when the procedure is over. */
  readonly statusFollows?: boolean;
  /** Nobody works on it any more, though its process may run. */
  readonly left?: boolean;
}

/** A procedure that was begun on a device and not yet seen to be over. */
export interface JournalEntry {
  readonly id: string;
  readonly openedAt: string;
  readonly procedure: 'backup' | 'restore';
  readonly site: string;
  readonly instance: number;
  readonly deviceName?: string;
  /** Where the device was reached, as a target of the command line: "1201@192.168.1.10:47808". */
  readonly target: string;
  /** Backup_Failure_Timeout of the device, s: after so long without us it ends the procedure by itself; 0: never. */
  readonly backupFailureTimeoutS?: number;
  readonly tool: string;
  /** The process that began it, its computer, and what tells it from others of that id. */
  readonly processId?: number;
  readonly host?: string;
  readonly processMark?: string;
  /** The latest note, and how many there were. */
  readonly note: JournalNote;
  readonly notes: number;
}

/** What a procedure says of itself when its entry is opened. */
export type NewJournalEntry = Pick<
  JournalEntry,
  'procedure' | 'site' | 'instance' | 'deviceName' | 'target' | 'backupFailureTimeoutS'
>;

/** The procedures under way: an entry is there before START is sent, and goes when the device was released. */
export interface Journal {
  open(entry: NewJournalEntry): Promise<JournalEntry>;
  /** Writes a note down, durably. Rejects `store-exists` when somebody else did so since the entry was read. */
  note(entry: JournalEntry, note: JournalNote): Promise<JournalEntry>;
  /** Oldest first. Damaged ones are left out here and reported by `check`. */
  entries(): Promise<JournalEntry[]>;
  /** Whether the process that began it may still work on it; "unknown" when nothing says who that was. */
  workerOf(entry: JournalEntry): Promise<'running' | 'gone' | 'elsewhere' | 'unknown'>;
  /** An entry that is not there any more is no error. */
  close(id: string): Promise<void>;
}
