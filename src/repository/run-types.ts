// The log of a run, as it is written and as it is read. Types only.

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
}
