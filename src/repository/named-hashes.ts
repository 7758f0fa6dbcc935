// What files name that are no images where they stand: a manifest that is damaged, misplaced, or was moved aside may
// be mended one day, so that nothing is taken away that it speaks of. Takes every hash in it for one; judges nothing.

import type { Store, StoreHandle } from '../ports.js';
import { loadSmall } from './json.js';
import { MANIFEST_LIMIT } from './manifest.js';
import type { Sha256 } from './types.js';

/** Everything in a file that could be the hash of an object. Rejects as the store does. */
export async function hashesIn(store: Store, handle: StoreHandle): Promise<ReadonlySet<Sha256>> {
  const octets = await loadSmall(store, handle, MANIFEST_LIMIT);
  const text = new TextDecoder('latin1').decode(octets);
  return new Set([...text.matchAll(/[0-9a-f]{64}/g)].map(([hash]) => hash));
}

/** The files below images/ that a repair has moved to aside/: where they are, and their names in images/. */
export async function* manifestsAside(
  store: Store,
): AsyncIterable<{ readonly handle: StoreHandle; readonly manifest: string }> {
  for await (const name of store.list('aside')) {
    const manifest = /(?:^|\/)images\/(.*)$/.exec(name)?.[1];
    if (manifest !== undefined) yield { handle: { area: 'aside', name }, manifest };
  }
}
