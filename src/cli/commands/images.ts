// bacvault images: what the repository holds, newest first.

import { type ImageSummary, isEngineError, type Repository } from '../../index.js';
import {
  addOutputOptions,
  addRepositoryOptions,
  deviceInstance,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { idDigits, imageObject, octetsOf } from '../render/image.js';
import { table } from '../render/table.js';
import { grouped, moment, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions & RepositoryOptions;

export const imagesVerb: Verb = {
  name: 'images',
  summary: 'list the images in the repository',
  description:
    'Lists images, newest first, with the first digits of their id: all of them, or those of one device or one site. ' +
    '"changed" says whether anything differs from the image before it of the same device, parts that are known to ' +
    'change by themselves left aside; it is empty for the first, and "?" where a content could not be read. ' +
    '"bacvault diff" shows what changed. Damaged images are not listed; "bacvault check" reports them.',
  examples: [
    { line: 'bacvault images', what: 'every image' },
    { line: 'bacvault images 1201 --site "Hospital North"', what: 'those of one device' },
  ],
  define: (command, start) => {
    command.argument('[instance]', 'only this device instance', deviceInstance);
    addRepositoryOptions(command, 'only this site');
    addOutputOptions(command).action(start(images));
  },
};

async function images(session: Session, options: Options, instance: number | undefined): Promise<void> {
  const { output } = session;
  await session.withRepository(options, async (repository) => {
    const found = await repository.images({
      ...(options.site === undefined ? {} : { site: options.site }),
      ...(instance === undefined ? {} : { instance }),
    });
    if (found.length === 0) {
      output.note(instance === undefined ? 'No images.' : `No images of device ${instance}.`);
      return;
    }
    const digits = idDigits(found.map((image) => image.id));
    const changed = await changes(session, repository, found);
    const text = table(
      [
        { heading: 'image' },
        { heading: 'made' },
        { heading: 'site' },
        { heading: 'instance', align: 'right' },
        { heading: 'name' },
        { heading: 'files', align: 'right' },
        { heading: 'octets', align: 'right' },
        { heading: 'changed' },
      ],
      found.map(({ id, manifest }, index) => [
        id.slice(0, digits),
        moment(manifest.createdAt),
        printable(manifest.site),
        String(manifest.device.instance),
        printable(manifest.device.name ?? ''),
        String(manifest.files.length),
        grouped(octetsOf(manifest)),
        changedText(changed[index]),
      ]),
    );
    output.result(text, ...found.map((image, index) => ({ ...imageObject(image), changed: changed[index] })));
  });
}

/**
 * For each image, newest first, whether it differs from the one before it of the same device: undefined for the
 * first, null where a content that had to be read is damaged.
 */
async function changes(
  { engine, signal }: Session,
  repository: Repository,
  images: readonly ImageSummary[],
): Promise<(boolean | null | undefined)[]> {
  const later = new Map<string, number>();
  const found = images.map((): boolean | null | undefined => undefined);
  for (const [index, image] of images.entries()) {
    const device = JSON.stringify([image.manifest.site, image.manifest.device.instance]);
    const next = later.get(device);
    later.set(device, index);
    const after = next === undefined ? undefined : images[next];
    if (next === undefined || after === undefined) continue;
    try {
      found[next] = (await engine.judgeImages(repository, image, after, { signal })) === 'different';
    } catch (error) {
      if (!isEngineError(error, 'repository-corrupt')) throw error;
      found[next] = null;
    }
  }
  return found;
}

function changedText(changed: boolean | null | undefined): string {
  if (changed === undefined) return '';
  if (changed === null) return '?';
  return changed ? 'yes' : 'no';
}
