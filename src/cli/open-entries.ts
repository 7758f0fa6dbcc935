// Procedures that were begun on devices and not seen to end, as the journal of the repository has them: said
// by every command that speaks to devices, and listed by `recover`. Nothing is sent and nothing is changed.

import type { Journal, JournalEntry, Repository } from '../index.js';
import type { Output } from './output.js';
import { moment, printable } from './render/text.js';

/** An entry, and whether the process that began it may still be at work. */
export interface OpenEntry {
  readonly entry: JournalEntry;
  readonly worker: Awaited<ReturnType<Journal['workerOf']>>;
}

/** All open entries, oldest first. */
export async function openEntries({ journal }: Repository): Promise<OpenEntry[]> {
  const entries = await journal.entries();
  return Promise.all(entries.map(async (entry) => ({ entry, worker: await journal.workerOf(entry) })));
}

/** Says what is open: warnings for what nobody seems to work on, a remark for what is under way. */
export async function tellOpenEntries(repository: Repository, output: Output): Promise<void> {
  for (const open of await openEntries(repository)) {
    if (open.worker === 'running') output.note(`${entryText(open)}.`);
    else {
      const { instance } = open.entry;
      output.say(
        `warning: ${entryText(open)}. "bacvault recover ${instance}" looks whether the device is still in it.`,
      );
    }
    output.object(entryObject(open));
  }
}

/** "the backup of device 1201 (AHU-3), begun 2026-11-23 19:03:22 UTC by process 4711, which is gone". */
export function entryText({ entry, worker }: OpenEntry): string {
  const name = entry.deviceName === undefined ? '' : ` (${printable(entry.deviceName)})`;
  const what = `the ${entry.procedure} of device ${entry.instance}${name}, begun ${moment(entry.openedAt)}`;
  const by = entry.processId === undefined ? '' : ` by process ${entry.processId}`;
  switch (worker) {
    case 'running':
      return `${what}${by}, is under way`;
    case 'gone':
      return entry.note.left === true
        ? `${what}, was left without having been seen to end`
        : `${what}${by}, which is gone, was not seen to end`;
    case 'elsewhere':
      return `${what}${by} of computer ${printable(entry.host ?? '')}, was not seen to end yet`;
    case 'unknown':
      return `${what}, was not seen to end yet`;
  }
}

export function entryObject({ entry, worker }: OpenEntry): { readonly kind: 'open-entry' } {
  const line = { kind: 'open-entry', ...entry, worker } as const;
  return line;
}
