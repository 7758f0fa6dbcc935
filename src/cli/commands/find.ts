// bacvault find: which images fit what one remembers of a device.

import type { FoundImage, ImageQuery } from '../../index.js';
import {
  addOutputOptions,
  addRepositoryOptions,
  deviceInstance,
  repeated,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { foundObject, imageTable } from '../render/image.js';
import { counted, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

interface Options extends OutputOptions, RepositoryOptions {
  readonly device?: number;
  readonly name?: string;
  readonly vendor?: string;
  readonly model?: string;
  readonly firmware?: string;
  readonly tag?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly verified?: boolean;
  readonly newest?: boolean;
}

export const findVerb: Verb = {
  name: 'find',
  summary: 'find images by what is known of the device or the image',
  description:
    'Lists the images for which everything that is given fits, device by device, newest first. TEXT is looked for in the ' +
    "device's name, location and description and in notes, without regard to case; a name that the device once had " +
    'counts as well, so that renaming it hides nothing. Times are in UTC.',
  examples: [
    { line: 'bacvault find ahu-3', what: 'every image of the devices that are or were called so' },
    {
      line: 'bacvault find --newest --vendor acme --firmware 2.4',
      what: 'the newest of each device with that firmware',
    },
    { line: 'bacvault find --tag as-built --verified', what: 'tagged and proven ones' },
    { line: 'bacvault find --device 1201 --since 2026-03-01 --until 2026-03-31', what: 'those of a month' },
  ],
  define: (command, start) => {
    command.argument('[text...]', 'parts of name, location, description or notes');
    command
      .optionsGroup('Which images:')
      .option('--device <instance>', 'of this device instance', deviceInstance)
      .option('--name <text>', 'of devices with this in their Object_Name, now or once')
      .option('--vendor <text>', 'part of Vendor_Name, or the Vendor_Identifier')
      .option('--model <text>', 'part of Model_Name')
      .option('--firmware <text>', 'part of Firmware_Revision or Application_Software_Version')
      .option('--tag <tag>', 'with this tag; may be repeated', repeated)
      .option('--since <time>', 'made on or after this day or time, as 2026-03-01 or 2026-03-01T02:15:00Z')
      .option('--until <time>', 'made up to the end of this day, or up to this time')
      .option('--verified', 'proven ones')
      .option('--no-verified', 'unproven ones')
      .option('--newest', 'only the newest of each device');
    addRepositoryOptions(command, 'only this site');
    addOutputOptions(command).action(start(find));
  },
};

async function find(session: Session, options: Options, text: readonly string[]): Promise<void> {
  const { output } = session;
  await session.withRepository(options, async (repository) => {
    const rows: FoundImage[] = [];
    for await (const image of repository.find(queryOf(options, text))) {
      output.object(foundObject(image));
      if (!output.json) rows.push(image);
      else rows.length += 1;
    }
    if (!output.json && rows.length > 0) output.result(foundTable(rows));
    output.note(rows.length === 0 ? 'No image fits.' : `${counted(rows.length, 'image')}.`);
  });
}

function queryOf(options: Options, text: readonly string[]): ImageQuery {
  const { site, device, name, vendor, model, firmware, tag, since, until, verified, newest } = options;
  return {
    ...(site === undefined ? {} : { site }),
    ...(device === undefined ? {} : { instance: device }),
    ...(name === undefined ? {} : { name }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(model === undefined ? {} : { model }),
    ...(firmware === undefined ? {} : { firmware }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(verified === undefined ? {} : { verified }),
    ...(text.length === 0 ? {} : { text }),
    ...(newest === undefined ? {} : { newest }),
  };
}

function foundTable(images: readonly FoundImage[]): string {
  return imageTable(
    images.map((image) => ({ ...image, name: image.device.name })),
    [{ heading: 'model' }, { heading: 'firmware' }, { heading: 'verified' }, { heading: 'tags' }],
    ({ device, standing }) => [
      printable(device.modelName ?? ''),
      printable(device.firmwareRevision ?? ''),
      standing.verified?.how ?? '',
      standing.tags.join(' '),
    ],
  );
}
