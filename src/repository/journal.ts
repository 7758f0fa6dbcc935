// The procedures that were begun and not seen to be over: one small file each, there before START is sent and
// taken away when the device was released, and beside it the latest note of how it stands (FORMAT.md section
// 11). What stays is what a crash left behind. A file is never changed: a note is a file of its own.

import { EngineError, isEngineError } from '../errors.js';
import type { Clock, Processes, Random, Store } from '../ports.js';
import { loadSmall, parseJson } from './json.js';
import { journalHandle, parseJournalName } from './names.js';
import { randomDigits } from './octets.js';
import { journalEntrySchema, journalNoteSchema, schemaFault } from './schema.js';
import { TOOL } from './tool.js';
import type { Journal, JournalEntry, JournalNote, NewJournalEntry } from './types.js';
import { utcText } from './utc.js';

const ENTRY_LIMIT = 64 * 1024;

/** What a file of the journal turned out to be. */
export type JournalReading =
  | { readonly kind: 'entry'; readonly entry: Omit<JournalEntry, 'note' | 'notes'> }
  | { readonly kind: 'note'; readonly id: string; readonly note: JournalNote; readonly number: number }
  | { readonly kind: 'damaged'; readonly fault: string }
  /** Taken away after it was listed. */
  | { readonly kind: 'gone' };

export interface JournalContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent: entries do not say whose they are. */
  readonly processes?: Processes | undefined;
}

/** What is known of an entry without notes, or with one that cannot be read: START may have been done or not. */
const UNKNOWN: JournalNote = { standing: 'starting' };

export class StoredJournal implements Journal {
  readonly #context: JournalContext;

  constructor(context: JournalContext) {
    this.#context = context;
  }

  async open(entry: NewJournalEntry): Promise<JournalEntry> {
    const { clock, random, processes } = this.#context;
    const id = randomDigits(random, 16);
    const parsed = journalEntrySchema.safeParse({
      id,
      openedAt: utcText(clock.unixTime()),
      ...entry,
      tool: TOOL,
      ...(await processes?.own()),
    });
    if (!parsed.success)
      throw new EngineError('internal', `this is no journal entry: ${schemaFault(parsed.error)}`);
    await this.#save(id, 0, parsed.data);
    return { ...parsed.data, note: UNKNOWN, notes: 0 };
  }

  async note(entry: JournalEntry, note: JournalNote): Promise<JournalEntry> {
    const parsed = journalNoteSchema.safeParse(note);
    if (!parsed.success)
      throw new EngineError('internal', `this is no note of a journal entry: ${schemaFault(parsed.error)}`);
    const notes = entry.notes + 1;
    await this.#save(entry.id, notes, parsed.data);
    // Older ones have no meaning any more, and go with the entry. They must not become many; but before an END
    // the device waits.
    if (entry.notes > 0 && note.standing === 'held')
      await this.#context.store.remove(journalHandle(entry.id, entry.notes));
    return { ...entry, note: parsed.data, notes };
  }

  async entries(): Promise<JournalEntry[]> {
    const entries = new Map<string, Omit<JournalEntry, 'note' | 'notes'>>();
    const latest = new Map<string, { readonly number: number; readonly note: JournalNote }>();
    for await (const name of this.#context.store.list('journal')) {
      const said = parseJournalName(name);
      if (said === undefined) continue;
      const reading = await readJournalFile(this.#context.store, name);
      if (reading.kind === 'entry') entries.set(said.id, reading.entry);
      else if (said.note > (latest.get(said.id)?.number ?? 0) && reading.kind !== 'gone') {
        const note = reading.kind === 'note' ? reading.note : UNKNOWN;
        latest.set(said.id, { number: said.note, note });
      }
    }
    return [...entries.values()]
      .map((entry) => {
        const { note, number } = latest.get(entry.id) ?? { note: UNKNOWN, number: 0 };
        return { ...entry, note, notes: number };
      })
      .sort((a, b) => (`${a.openedAt}${a.id}` < `${b.openedAt}${b.id}` ? -1 : 1));
  }

  async workerOf(entry: JournalEntry): Promise<'running' | 'gone' | 'elsewhere' | 'unknown'> {
    const { processId, host, processMark, note } = entry;
    if (note.left === true) return 'gone';
    const { processes } = this.#context;
    if (processes === undefined || processId === undefined || host === undefined) return 'unknown';
    return processes.stateOf({ processId, host, ...(processMark === undefined ? {} : { processMark }) });
  }

  /** The notes first, oldest first: what a crash leaves of it never says more than was known in the end. */
  async close(id: string): Promise<void> {
    const notes: number[] = [];
    for await (const name of this.#context.store.list('journal')) {
      const said = parseJournalName(name);
      if (said?.id === id && said.note > 0) notes.push(said.note);
    }
    for (const note of [...notes.sort((a, b) => a - b), 0])
      await this.#context.store.remove(journalHandle(id, note));
  }

  async #save(id: string, note: number, value: unknown): Promise<void> {
    const octets = new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
    await this.#context.store.save(journalHandle(id, note), octets);
  }
}

/** Reads a file of the journal, and judges it against its name. */
export async function readJournalFile(store: Store, name: string): Promise<JournalReading> {
  const said = parseJournalName(name);
  if (said === undefined)
    return { kind: 'damaged', fault: 'it does not have the name of a file of the journal' };
  const { id, note: number } = said;
  let octets: Uint8Array | undefined;
  try {
    octets = await loadSmall(store, { area: 'journal', name }, ENTRY_LIMIT);
  } catch (error) {
    if (isEngineError(error, 'store-missing')) return { kind: 'gone' };
    throw error;
  }
  if (!octets) return { kind: 'damaged', fault: 'it is larger than 64 KiB' };
  const json = parseJson(octets);
  if (!json.ok) return { kind: 'damaged', fault: json.fault };
  if (number > 0) {
    const note = journalNoteSchema.safeParse(json.value);
    if (!note.success) return { kind: 'damaged', fault: schemaFault(note.error) };
    return { kind: 'note', id, note: note.data, number };
  }
  const entry = journalEntrySchema.safeParse(json.value);
  if (!entry.success) return { kind: 'damaged', fault: schemaFault(entry.error) };
  if (entry.data.id !== id) return { kind: 'damaged', fault: 'it has another id than its name' };
  return { kind: 'entry', entry: entry.data };
}
