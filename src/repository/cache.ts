// What is kept in cache/ must not grow for ever: answers about images that are gone, and indexes of devices that
// have none any more, are taken away. Never touches anything else, and never fails what it is a part of.

import { isEngineError } from '../errors.js';
import type { Log, Store } from '../ports.js';
import { isMemoName, memoImages } from './memo.js';
import { folderOf, parseImageName } from './names.js';

/**
 * Takes away what nobody asks for any more.
 * @param manifests names of all manifests in the area "images".
 */
export async function sweepCache(store: Store, manifests: Iterable<string>, log?: Log): Promise<void> {
  const devices = new Set<string>();
  const images = new Set<string>();
  for (const name of manifests) {
    devices.add(folderOf(name));
    const says = parseImageName(name);
    if (says) images.add(says.id8);
  }
  try {
    for await (const name of store.list('cache')) {
      const isUseful = isMemoName(name)
        ? (await memoImages(store, name))?.every((id) => images.has(id.slice(0, 8))) === true
        : devices.has(folderOf(name));
      if (!isUseful) await store.remove({ area: 'cache', name }, { lazily: true });
    }
  } catch (error) {
    if (!isEngineError(error)) throw error;
    log?.log('warn', `the cache could not be cleaned: ${error.message}`);
  }
}

/** Takes all of it away: on a full disk it is room for something better. */
export async function dropCache(store: Store): Promise<void> {
  for await (const name of store.list('cache')) await store.remove({ area: 'cache', name });
}
