// The procedures that were begun and not seen to be over: one small file each, there before START is sent and
// taken away when the device was released (FORMAT.md section 11). What stays is what a crash left behind.

import { EngineError } from '../errors.js';
import type { Clock, Random, Store } from '../ports.js';
import { loadSmall, parseJson } from './json.js';
import { journalHandle, parseJournalName } from './names.js';
import { journalEntrySchema, schemaFault } from './schema.js';
import { TOOL } from './tool.js';
import type { Journal, JournalEntry } from './types.js';
import { utcText } from './utc.js';

const ENTRY_LIMIT = 64 * 1024;

/** What a file of the journal turned out to be. */
export type JournalReading =
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  | { readonly kind: 'damaged'; readonly fault: string }
  /** Taken away after it was listed. */
  | { readonly kind: 'gone' };

export class StoredJournal implements Journal {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(store: Store, clock: Clock, random: Random) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  async open(entry: Omit<JournalEntry, 'id' | 'openedAt' | 'tool'>): Promise<JournalEntry> {
    const id = [this.#random.uint32(), this.#random.uint32()]
      .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
      .join('');
    const openedAt = utcText(this.#clock.unixTime());
    const parsed = journalEntrySchema.safeParse({ id, openedAt, tool: TOOL, ...entry });
    if (!parsed.success)
      throw new EngineError('internal', `this is no journal entry: ${schemaFault(parsed.error)}`);
    await this.#store.save(
      journalHandle(id),
      new TextEncoder().encode(`${JSON.stringify(parsed.data, null, 2)}\n`),
    );
    return parsed.data;
  }

  async entries(): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for await (const name of this.#store.list('journal')) {
      const reading = await readJournalEntry(this.#store, name);
      if (reading.kind === 'entry') entries.push(reading.entry);
    }
    return entries.sort((a, b) => (`${a.openedAt}${a.id}` < `${b.openedAt}${b.id}` ? -1 : 1));
  }

  async close(id: string): Promise<void> {
    await this.#store.remove(journalHandle(id));
  }
}

/** Reads a file of the journal, and judges it against its name. */
export async function readJournalEntry(store: Store, name: string): Promise<JournalReading> {
  const id = parseJournalName(name);
  if (id === undefined) return { kind: 'damaged', fault: 'it does not have the name of a journal entry' };
  let octets: Uint8Array | undefined;
  try {
    octets = await loadSmall(store, journalHandle(id), ENTRY_LIMIT);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'store-missing') return { kind: 'gone' };
    throw error;
  }
  if (!octets) return { kind: 'damaged', fault: 'it is larger than 64 KiB' };
  const json = parseJson(octets);
  if (!json.ok) return { kind: 'damaged', fault: json.fault };
  const parsed = journalEntrySchema.safeParse(json.value);
  if (!parsed.success) return { kind: 'damaged', fault: schemaFault(parsed.error) };
  if (parsed.data.id !== id) return { kind: 'damaged', fault: 'it has another id than its name' };
  return { kind: 'entry', entry: parsed.data };
}
