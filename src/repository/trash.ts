// Objects that a prune has set aside and not deleted yet (FORMAT.md section 8). Until then they can be read where
// they are and brought back: nothing here ever deletes, and what is named by an image is never given up.

import { isEngineError } from '../errors.js';
import type { LoadOptions, Store, StoreHandle } from '../ports.js';
import { objectHandle, parseTrashName } from './names.js';
import type { Sha256 } from './types.js';

const TRIES = 3;

/** The octets of an object, also while a prune has set it aside. Rejects `store-missing` when it is nowhere. */
export async function* loadObject(
  store: Store,
  sha256: Sha256,
  options?: LoadOptions,
): AsyncIterable<Uint8Array> {
  let begun = false;
  for (let attempt = 1; ; attempt += 1) {
    const copy = attempt % 2 === 0 ? await setAside(store, sha256) : undefined;
    try {
      for await (const chunk of store.load(copy ?? objectHandle(sha256), options)) {
        begun = true;
        yield chunk;
      }
      return;
    } catch (error) {
      // In its place, set aside, and in its place again: it may be moved between two looks.
      if (!isMissing(error) || begun || attempt > TRIES) throw error;
    }
  }
}

/** Octets of an object, also while it is set aside; undefined when it is nowhere. */
export async function sizeOfObject(store: Store, sha256: Sha256): Promise<number | undefined> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const copy = attempt % 2 === 0 ? await setAside(store, sha256) : undefined;
    try {
      return await store.size(copy ?? objectHandle(sha256));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
}

/** Makes sure that an object is in its place; false when it is nowhere. */
export async function recall(store: Store, sha256: Sha256): Promise<boolean> {
  const place = objectHandle(sha256);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    if (await store.exists(place)) return true;
    const copy = await setAside(store, sha256);
    if (!copy) break;
    try {
      await store.move(copy, place);
    } catch (error) {
      // Somebody else brings it back at the same time.
      if (!isMissing(error) && !isEngineError(error, 'store-exists')) throw error;
    }
  }
  return store.exists(place);
}

/** Where an object was set aside, or undefined. */
export async function setAside(store: Store, sha256: Sha256): Promise<StoreHandle | undefined> {
  for await (const name of store.list('trash')) {
    if (parseTrashName(name) === sha256) return { area: 'trash', name };
  }
  return undefined;
}

function isMissing(error: unknown): boolean {
  return isEngineError(error, 'store-missing');
}
