// bacvault images: what the repository holds, newest first.

import { type Change, type ImageStanding, standingOf } from '../../index.js';
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
  const { engine, output, signal } = session;
  await session.withRepository(options, async (repository) => {
    const filter = {
      ...(options.site === undefined ? {} : { site: options.site }),
      ...(instance === undefined ? {} : { instance }),
    };
    let none = true;
    // A table is as wide as its widest row, so that people wait for all of it; programs get each image at once.
    const rows: Row[] = [];
    for await (const { image, change } of engine.judgeHistory(repository, filter, { signal })) {
      none = false;
      const row = { ...imageObject(image), ...standingOf(image, await repository.facts(image)) };
      if (output.json) output.object({ ...row, ...changedObject(change) });
      else rows.push({ ...row, change });
    }
    if (none) output.note(instance === undefined ? 'No images.' : `No images of device ${instance}.`);
    else if (!output.json) output.result(rowsTable(rows));
  });
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
