// A device against an image: reads the device by the backup procedure into a store that is thrown away, lets
// it go, and then compares at leisure. Publishes nothing; the journal is the repository's own, so that a
// device that we leave behind by a crash is found again.

import type { Device } from '../client/index.js';
import { EngineError } from '../errors.js';
import type { Random, Store } from '../ports.js';
import { backup, type BackupReport, type ProcedureOptions } from '../procedure/index.js';
import { type ImageSummary, initRepository, type Repository } from '../repository/index.js';
import { type Compared, compareImages } from './compare-images.js';
import type { DeviceDiff } from './types.js';

export interface DiffDeviceOptions extends ProcedureOptions {
  /** Only for the image "latest": of this site. */
  readonly site?: string;
}

/** Where the reading is kept for as long as it takes. */
export interface Scratch {
  readonly store: Store;
  readonly random: Random;
}

/**
 * What differs from an image (an id, a prefix of 4 or more digits, or "latest" of this device) to the device.
 * That they differ is a result, not an error. Rejects with EngineError as `backup` does, and
 * `repository-corrupt` for a damaged image.
 */
export async function diffDevice(
  device: Device,
  repository: Repository,
  which: string,
  scratch: Scratch,
  options: DiffDeviceOptions = {},
): Promise<DeviceDiff> {
  // The image is needed once more when the device has been read, whatever is forgotten meanwhile.
  const hold = await repository.hold('diff');
  try {
    const image = await findImage(device, repository, which, options.site);
    return await compareWith(device, repository, image, scratch, options);
  } finally {
    await hold.release();
  }
}

async function compareWith(
  device: Device,
  repository: Repository,
  image: ImageSummary,
  scratch: Scratch,
  options: DiffDeviceOptions,
): Promise<DeviceDiff> {
  const reading = await initRepository(scratch.store, {
    place: 'the reading of the device',
    clock: device.client.clock,
    random: scratch.random,
    defaultSite: image.manifest.site,
    journal: repository.journal,
  });
  try {
    const report = await backup(device, reading, { ...options, site: image.manifest.site });
    const found = { id: report.imageId, manifest: report.manifest };
    const a: Compared = { image, contents: repository, from: 'image' };
    const b: Compared = { image: found, contents: reading, from: 'device' };
    try {
      return { ...(await compareImages(a, b, options.signal)), release: report.release };
    } catch (error) {
      throw leftWith(error, report);
    }
  } finally {
    await reading.close();
  }
}

/** The image, read and found whole: a device is not put into backup for a comparison that cannot be. */
async function findImage(
  device: Device,
  repository: Repository,
  which: string,
  site: string | undefined,
): Promise<ImageSummary> {
  const image = await repository.image(
    which,
    which === 'latest' ? { instance: device.instance, ...(site === undefined ? {} : { site }) } : {},
  );
  await repository.verifyImage(image);
  return image;
}

/** A comparison that failed after the procedure does not hide what became of the device. */
function leftWith(error: unknown, { device, release }: BackupReport): unknown {
  if (!(error instanceof EngineError)) return error;
  const details = { ...error.details, device, release };
  return new EngineError(error.code, error.message, { cause: error, details });
}
