// `check` of the journal: files that are no entry and no note, or damaged ones. That an entry is open is no
// fault of the repository, and is not said here. Never changes anything.

import { isEngineError } from '../errors.js';
import type { Store } from '../ports.js';
import { readJournalFile } from './journal.js';
import { parseJournalName } from './names.js';
import type { CheckFinding } from './upkeep-types.js';

/** What is wrong with the files of the journal. Rejects with what the store rejects with when it is gone. */
export async function* checkJournal(
  store: Store,
): AsyncGenerator<CheckFinding & { readonly isProven?: boolean }> {
  const entries = new Set<string>();
  const notes: { readonly place: string; readonly id: string }[] = [];
  for await (const name of store.list('journal')) {
    const place = `journal/${name}`;
    const said = parseJournalName(name);
    if (said === undefined) {
      const message = 'it is not a file of a repository; it was left alone';
      yield { severity: 'warning', code: 'unknown-file', place, message, images: [], devices: [] };
      continue;
    }
    if (said.note === 0) entries.add(said.id);
    else notes.push({ place, id: said.id });
    const fault = await faultOf(store, name);
    if (fault)
      yield {
        ...{ severity: 'error', code: 'journal-damaged', place, ...fault, images: [], devices: [] },
        cure: 'Whether a device was left in a procedure is not known: "bacvault probe" shows how a device stands.',
      };
  }
  for (const { place, id } of notes.filter((note) => !entries.has(note.id))) {
    const message = `it is a note of the procedure ${id}, which is over`;
    yield { severity: 'warning', code: 'leftover', place, message, images: [], devices: [] };
  }
}

async function faultOf(
  store: Store,
  name: string,
): Promise<{ readonly message: string; readonly isProven: boolean } | undefined> {
  try {
    const reading = await readJournalFile(store, name);
    return reading.kind === 'damaged' ? { message: reading.fault, isProven: true } : undefined;
  } catch (error) {
    if (!isEngineError(error)) throw error;
    return { message: `it cannot be read: ${error.message}`, isProven: false };
  }
}
