// A folder that is read from: the backups of other programs. Plain files of that folder alone, never written to,
// never through a link that leads elsewhere.

import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { EngineError } from '../errors.js';
import type { SourceFolder } from '../ports.js';
import { systemCode } from './file-system.js';
import { storeError } from './store-errors.js';

/** Lists the plain files of a folder. Rejects `usage` when there is no such folder, else `store-io`. */
export async function openSourceFolder(path: string): Promise<SourceFolder> {
  const place = resolve(path);
  try {
    const entries = await readdir(place, { withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
    return { place, name: basename(place), names, read: (name) => readFrom(place, names, name) };
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw storeError('list', place, error);
    throw new EngineError('usage', `${place} is no folder`, { cause: error, details: { path: place } });
  }
}

async function* readFrom(place: string, names: readonly string[], name: string): AsyncIterable<Uint8Array> {
  if (!names.includes(name)) throw new EngineError('internal', `${name} is no file of ${place}`);
  const path = join(place, name);
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw systemCode(error) === undefined ? error : storeError('read', path, error);
  }
}
