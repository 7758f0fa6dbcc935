// The content of an image's files as the transfers take it: opened anew for every pass, never held.

import type { ImageFile, ImageSummary, Repository } from '../repository/index.js';
import type { DeviceInstance } from '../client/index.js';
import type { ExpectedContent } from '../transfer/index.js';

/** "latest" is the newest of this device; an id or its prefix is that image, whoever's it is. */
export function findImage(
  repository: Repository,
  which: string,
  instance: DeviceInstance,
  site: string | undefined,
): Promise<ImageSummary> {
  if (which !== 'latest') return repository.image(which);
  return repository.image(which, { instance, ...(site === undefined ? {} : { site }) });
}

/** A file of an image, to be read as often as needed. */
export function contentOf(repository: Repository, file: ImageFile): ExpectedContent {
  return {
    access: file.accessMethod,
    open: () => (file.accessMethod === 'stream' ? repository.content(file) : repository.records(file)),
  };
}

/** Octets of a stream file; number and greatest length of a record file's records, by reading them once. */
export async function measure(
  repository: Repository,
  file: ImageFile,
): Promise<{ readonly units: number; readonly longestRecord: number }> {
  if (file.accessMethod === 'stream') return { units: file.octets, longestRecord: 0 };
  let units = 0;
  let longestRecord = 0;
  for await (const record of repository.records(file)) {
    units += 1;
    longestRecord = Math.max(longestRecord, record.length);
  }
  return { units, longestRecord };
}
