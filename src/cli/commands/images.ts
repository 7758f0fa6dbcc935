// bacvault images: what the repository holds, newest first.

import { type Change, type ImageStanding, standingOf } from '../../index.js';
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
    'change by themselves left aside. It is empty for the first, and "?" where contents would have to be read that are ' +
    'damaged, or more than 256 MiB of them: what was found out once is kept, so that the next list knows more. ' +
    '"bacvault diff" shows what changed. "verified" says by what the image was proven: a second reading of the device, ' +
    'a restore that was compared, or a drill; undo images, which restores take, have the tag "undo". Damaged images are not listed; "bacvault check" reports them.',
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
    const standings: ImageStanding[] = [];
    for (const image of found) standings.push(standingOf(image, await repository.facts(image)));
    const changes = await session.engine.judgeChanges(repository, found, { signal: session.signal });
    const text = (): string =>
      table(
        [
          { heading: 'image' },
          { heading: 'made' },
          { heading: 'site' },
          { heading: 'instance', align: 'right' },
          { heading: 'name' },
          { heading: 'files', align: 'right' },
          { heading: 'octets', align: 'right' },
          { heading: 'changed' },
          { heading: 'verified' },
          { heading: 'tags' },
        ],
        found.map(({ id, manifest }, index) => [
          id.slice(0, digits),
          moment(manifest.createdAt),
          printable(manifest.site),
          String(manifest.device.instance),
          printable(manifest.device.name ?? ''),
          String(manifest.files.length),
          grouped(octetsOf(manifest)),
          CHANGED[changes[index] ?? 'first'],
          standings[index]?.verified?.how ?? '',
          printable(standings[index]?.tags.join(' ') ?? ''),
        ]),
      );
    output.results(text, found, (image, index) => ({
      ...imageObject(image),
      ...changedObject(changes[index]),
      ...standings[index],
    }));
  });
}

/** "yes", "no", nothing for the first, "?" where it is not known. */
const CHANGED: Readonly<Record<Change, string>> = { first: '', same: 'no', changed: 'yes', unknown: '?' };

/** true, false, null where it is not known; absent for the first. */
function changedObject(change: Change | undefined): { readonly changed?: boolean | null } {
  if (change === undefined || change === 'first') return {};
  return { changed: change === 'unknown' ? null : change === 'changed' };
}
