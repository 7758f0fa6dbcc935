// Objects that a prune has set aside and not deleted yet (FORMAT.md section 8). Until then they can be read where
// they are and brought back: nothing here ever deletes, and what is named by an image is never given up.

import { EngineError } from '../errors.js';
import type { Store, StoreHandle } from '../ports.js';
import { objectHandle, parseTrashName } from './names.js';
import type { Sha256 } from './types.js';

const TRIES = 3;

/** The octets of an object, also while a prune has set it aside. Rejects `store-missing` when it is nowhere. */
export async function* loadObject(store: Store, sha256: Sha256): AsyncIterable<Uint8Array> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      yield* store.load(objectHandle(sha256));
      return;
    } catch (error) {
      // Nothing was given out yet: a file is opened before its first octet.
      if (!isMissing(error) || attempt === TRIES) throw error;
      const copy = await setAside(store, sha256);
      if (!copy) throw error;
      try {
        yield* store.load(copy);
        return;
      } catch (gone) {
        if (!isMissing(gone)) throw gone; // Otherwise it is back in its place by now.
      }
    }
  }
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
      if (!isMissing(error) && !(error instanceof EngineError && error.code === 'store-exists')) throw error;
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
  return error instanceof EngineError && error.code === 'store-missing';
}
