// bacvault images: what the repository holds, newest first.

import { type Change, type ImageStanding, type Repository, standingOf } from '../../index.js';
import {
  addOutputOptions,
  addRepositoryOptions,
  deviceInstance,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { imageObject, type ImageObject, imageTable } from '../render/image.js';
import { grouped, printable } from '../render/text.js';
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

/** An image as it is listed: not its whole manifest, of which there may be very many. */
type Row = ImageObject & ImageStanding & { readonly change: Change };

async function images(session: Session, options: Options, instance: number | undefined): Promise<void> {
  const { output } = session;
  await session.withRepository(options, async (repository) => {
    const filter = {
      ...(options.site === undefined ? {} : { site: options.site }),
      ...(instance === undefined ? {} : { instance }),
    };
    const rows: Row[] = [];
    for await (const device of repository.devices(filter))
      for (const row of await rowsOf(session, repository, device)) rows.push(row);
    if (rows.length === 0) {
      output.note(instance === undefined ? 'No images.' : `No images of device ${instance}.`);
      return;
    }
    rows.sort((a, b) => (second(a) === second(b) ? 0 : second(a) > second(b) ? -1 : 1));
    output.results(
      () => rowsTable(rows),
      rows,
      ({ change, ...row }) => ({ ...row, ...changedObject(change) }),
    );
  });
}

/** Of two images in one second those of one device stay as they are: newest first. */
function second({ createdAt }: Row): string {
  return createdAt.slice(0, 19);
}

/** All images of one device, newest first. */
async function rowsOf(
  session: Session,
  repository: Repository,
  device: { readonly site: string; readonly instance: number },
): Promise<Row[]> {
  const found = await repository.images(device);
  const changes = await session.engine.judgeChanges(repository, found, { signal: session.signal });
  const rows: Row[] = [];
  for (const [index, image] of found.entries()) {
    const standing = standingOf(image, await repository.facts(image));
    rows.push({ ...imageObject(image), ...standing, change: changes[index] ?? 'first' });
  }
  return rows;
}

function rowsTable(rows: readonly Row[]): string {
  return imageTable(
    rows,
    [
      { heading: 'files', align: 'right' },
      { heading: 'octets', align: 'right' },
      { heading: 'changed' },
      { heading: 'verified' },
      { heading: 'tags' },
    ],
    ({ files, octets, change, verified, tags }) => [
      String(files),
      grouped(octets),
      CHANGED[change],
      verified?.how ?? '',
      printable(tags.join(' ')),
    ],
  );
}

/** "yes", "no", nothing for the first, "?" where it is not known. */
const CHANGED: Readonly<Record<Change, string>> = { first: '', same: 'no', changed: 'yes', unknown: '?' };

/** true, false, null where it is not known; absent for the first. */
function changedObject(change: Change): { readonly changed?: boolean | null } {
  if (change === 'first') return {};
  return { changed: change === 'unknown' ? null : change === 'changed' };
}
