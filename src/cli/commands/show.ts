// bacvault show: one image in full.

import { type ImageStanding, type ImageSummary, standingOf } from '../../index.js';
import { findImage, imageName } from '../image-choice.js';
import {
  addOutputOptions,
  addRepositoryOptions,
  deviceInstance,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { fileTable, identityRows, octetsOf, reachedText, standingRows } from '../render/image.js';
import { pairs } from '../render/table.js';
import { moment, octets, printable, printableMaybe } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions & RepositoryOptions & { readonly device?: number };

export const showVerb: Verb = {
  name: 'show',
  summary: 'show one image: device, procedure and files',
  description:
    'Shows what an image says about its device, how it was made, what was said of it later (proof, tags, notes), and its ' +
    'files in the order of Configuration_Files. ' +
    'An image is named by 4 or more hex digits of its id, or by "latest" with --device. With --json the whole manifest ' +
    'is printed under "manifest".',
  examples: [
    { line: 'bacvault show 1a2b3c4d', what: 'by the digits that "bacvault images" lists' },
    { line: 'bacvault show latest --device 1201', what: 'the newest of a device' },
  ],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    command.optionsGroup('Which image:').option('--device <instance>', 'whose latest image', deviceInstance);
    addRepositoryOptions(command, 'only this site');
    addOutputOptions(command).action(start(show));
  },
};

async function show(session: Session, options: Options, name: string): Promise<void> {
  await session.withRepository(options, async (repository) => {
    const image = await findImage(repository, name, { site: options.site, instance: options.device });
    const standing = standingOf(image, await repository.facts(image));
    const line = { kind: 'image-manifest', id: image.id, manifest: image.manifest, standing };
    session.output.result(imageText(image, standing), line);
  });
}

function imageText({ id, manifest }: ImageSummary, standing: ImageStanding): string {
  const { procedure } = manifest;
  const rows: (readonly [string, string | undefined])[] = [
    ['Image', id],
    ['Site', printable(manifest.site)],
    ['Made', `${moment(manifest.createdAt)} by ${printable(manifest.tool)}`],
    ...standingRows(standing),
    ...identityRows(manifest.device),
    ['Reached at', reachedText(manifest.reachedAt)],
    ['Max_APDU_Length_Accepted', octets(manifest.reachedAt.maxApdu)],
    ['Segmentation_Supported', printable(manifest.reachedAt.segmentation)],
    [
      'Database_Revision',
      procedure.databaseRevision === undefined ? undefined : String(procedure.databaseRevision),
    ],
    ['Last_Restore_Time', printableMaybe(procedure.lastRestoreTime)],
    [
      'States seen',
      procedure.statesSeen.length === 0 ? undefined : procedure.statesSeen.map(printable).join(', '),
    ],
    ['Password used', procedure.passwordUsed ? 'yes' : 'no'],
    ['Requests', `${procedure.requests}, repeated ${procedure.retries}`],
    ...procedure.deviations.map((text) => ['Deviation', printable(text)] as const),
    ['Octets', octets(octetsOf(manifest))],
  ];
  return `${pairs(rows)}\n${fileTable(manifest.files, true)}`;
}
