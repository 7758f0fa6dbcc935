// How a user names an image: some digits of its id, or "latest" of a device.

import { InvalidArgumentError } from 'commander';
import { EngineError, type ImageSummary, type Repository } from '../index.js';

/** Reads an IMAGE argument: 4 to 64 hex digits, or "latest". */
export function imageName(text: string): string {
  const name = text.toLowerCase();
  if (name !== 'latest' && !/^[0-9a-f]{4,64}$/.test(name)) {
    throw new InvalidArgumentError(
      'An image is "latest" or 4 or more hex digits of its id, as "bacvault images" lists them.',
    );
  }
  return name;
}

/** Finds the image. `latest` is of one device; ids need neither device nor site. */
export async function findImage(
  repository: Repository,
  name: string,
  filter: { readonly site?: string | undefined; readonly instance?: number | undefined },
): Promise<ImageSummary> {
  const site = filter.site === undefined ? {} : { site: filter.site };
  if (name !== 'latest') return repository.image(name, site);
  if (filter.instance === undefined) {
    throw new EngineError('usage', 'The latest image of which device? Give --device INSTANCE.');
  }
  return repository.image(name, { ...site, instance: filter.instance });
}
