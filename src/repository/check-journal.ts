// `check` of the journal: files that are no entry and no note, or damaged ones. That an entry is open is no
// fault of the repository, and is not said here. Never changes anything.

import { isEngineError } from '../errors.js';
import type { Store } from '../ports.js';
import { type JudgedFinding, leftover, unknownFile, unreadable } from './check-finding.js';
import { readJournalFile } from './journal.js';
import { parseJournalName } from './names.js';

/** What is wrong with the files of the journal. Rejects with what the store rejects with when it is gone. */
export async function* checkJournal(store: Store): AsyncGenerator<JudgedFinding> {
  const entries = new Set<string>();
  const notes: { readonly place: string; readonly id: string }[] = [];
  for await (const name of store.list('journal')) {
    const place = `journal/${name}`;
    const said = parseJournalName(name);
    if (said === undefined) {
      yield unknownFile(place);
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
  for (const { place, id } of notes.filter((note) => !entries.has(note.id)))
    yield leftover(place, `it is a note of the procedure ${id}, which is over`);
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
    return { message: unreadable(error), isProven: false };
  }
}
