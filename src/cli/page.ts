// A result as one HTML page in a file of its own. It is seen before any work is done that nothing is there, and nothing
// is ever overwritten.

import { EngineError } from '../index.js';
import type { Folder } from './io.js';
import { onDisk, once } from './on-disk.js';
import { printable } from './render/text.js';
import type { Session } from './session.js';

/** Writes the page. */
export type WritePage = (page: () => string) => Promise<void>;

/** What a page is written to; undefined when no path is given. Rejects `usage` when something is there. */
export async function openPage(session: Session, path: string | undefined): Promise<WritePage | undefined> {
  if (path === undefined) return undefined;
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
  const file = path.slice(cut);
  if (file === '') throw new EngineError('usage', `--html ${printable(path)} names no file.`);
  const folder: Folder = await onDisk(path, () => session.io.openFolder(path.slice(0, cut) || '.'));
  if (await onDisk(path, () => folder.exists(file)))
    throw new EngineError('usage', `${printable(path)} is there already; it was not touched.`);
  return async (page) => {
    await onDisk(path, () => folder.create(file, once(page())));
    session.output.note(`Written to ${printable(path)}.`);
  };
}
