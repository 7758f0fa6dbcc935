// A restore as a story: which image, and then the writing of it. What each step does is in its own file;
// nothing here speaks to the device.

import type { Device } from '../client/index.js';
import type { Repository } from '../repository/index.js';
import { leftWith } from './failure.js';
import { findImage } from './image-content.js';
import { Session } from './session.js';
import type { RestoreOptions, RestoreReport } from './types.js';
import { writeRestore } from './write-restore.js';

/**
 * Restores one device from an image, by id, prefix or "latest". Rejects with EngineError; its details say
 * what became of the device (`release`). A report with a non-empty `unproven` is not a proof of success.
 */
export async function restore(
  device: Device,
  repository: Repository,
  imageId: string,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const session = new Session(device, options);
  try {
    const image = await findImage(repository, imageId, device.instance, options.site);
    return await writeRestore(session, repository, image, options);
  } catch (error) {
    throw leftWith(session, error, 'not-started');
  }
}
