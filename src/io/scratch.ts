// A store in a folder of the system's temporary folder, for octets that are needed while a command runs. The
// folder is for its owner alone and goes with the work; what a crash left there is taken away later.

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log, Store } from '../ports.js';
import { FileStore } from './file-store.js';
import { storeError } from './store-errors.js';

const PREFIX = 'bacvault-scratch-';
/** No work takes this long: such a folder was left behind. */
const LEFT_BEHIND_MS = 7 * 24 * 3_600_000;

export interface ScratchOptions {
  /** Where it is made; default the system's temporary folder. */
  readonly folder?: string;
  readonly log?: Log | undefined;
}

/** Lends a store for the time of some work. Rejects `store-...` when there is no place for it. */
export async function withScratch<T>(
  work: (store: Store) => Promise<T>,
  { folder = tmpdir(), log }: ScratchOptions = {},
): Promise<T> {
  await sweep(folder);
  const place = await mkdtemp(join(folder, PREFIX)).catch((error: unknown) => {
    throw storeError('make a folder in', folder, error);
  });
  try {
    return await work(new FileStore(place));
  } finally {
    // The result of the work matters more than a folder that will not go.
    await rm(place, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) => {
      log?.log('warn', 'a temporary folder could not be removed', { place, error: String(error) });
    });
  }
}

/** Takes away what crashed processes left behind, as far as it is ours to take. */
async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(PREFIX))) {
    const place = join(folder, name);
    try {
      if (Date.now() - (await stat(place)).mtimeMs > LEFT_BEHIND_MS) await rm(place, { recursive: true });
    } catch {
      continue; // Gone meanwhile, or somebody else's.
    }
  }
}
