// bacvault import: images from a file that "bacvault export" wrote, or from a folder that another program made.

import { InvalidArgumentError, Option } from 'commander';
import { EngineError, type ForeignWords, type Layout, LAYOUTS, type Repository } from '../../index.js';
import {
  addOutputOptions,
  addRepositoryOptions,
  deviceInstance,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { counted, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Words = ForeignWords['files'];

interface Options extends OutputOptions, RepositoryOptions {
  readonly from?: Layout;
  readonly device?: number;
  readonly file?: Words;
}

export const importVerb: Verb = {
  name: 'import',
  summary: 'take images into the repository',
  description:
    'Reads an exported ZIP file, checks every octet, name and sum before anything is written, and then takes in the images ' +
    'and what was said of them. Images that are in the repository already stay as they are. Ids do not change.\n' +
    'With --from it reads a folder that another program made, as one image: "codesys" (backup-restore-<device>.xml and ' +
    '.bin files), "vts" (.backupindex and data files), "bacnet4j", "niagara" or any "folder" with the configuration files. ' +
    'What such a folder does not tell (vendor, model, firmware, access method) is marked unknown, and the plan of a ' +
    'restore treats it so.',
  examples: [
    { line: 'bacvault import north.zip', what: 'everything in it' },
    { line: 'bacvault import ./backup-1201 --from codesys', what: 'a backup of the CODESYS client' },
    {
      line: 'bacvault import ./AHU320260301_0215 --from niagara --device 1201 --file station.dist=1:stream',
      what: 'files whose instances the names do not tell',
    },
  ],
  define: (command, start) => {
    command.argument('<place>', 'the ZIP file, or with --from the folder');
    command
      .optionsGroup('Backups of other programs:')
      .addOption(new Option('--from <layout>', 'what made the folder').choices(LAYOUTS))
      .option('--device <instance>', 'of which device it is, where the folder does not tell', deviceInstance)
      .option(
        '--file <name=instance[:way]>',
        'the File instance of a file, and stream or record; may be repeated',
        fileWords,
      );
    addRepositoryOptions(command, "the site of the image (default the repository's)");
    addOutputOptions(command).action(start(importImages));
  },
};

async function importImages(session: Session, options: Options, place: string): Promise<void> {
  const { from, device, file, site } = options;
  if (from === undefined && (device !== undefined || file !== undefined || site !== undefined))
    throw new EngineError(
      'usage',
      '--device, --file and --site are for --from: an exported file says all of it.',
    );
  await session.withRepository(options, (repository) =>
    from === undefined
      ? importArchive(session, repository, place)
      : importFolder(session, repository, place, from, {
          site: site ?? repository.options.defaultSite,
          ...(device === undefined ? {} : { instance: device }),
          files: file ?? new Map(),
        }),
  );
}

async function importArchive(session: Session, repository: Repository, file: string): Promise<void> {
  const archive = await session.engine.openArchive(file);
  try {
    const report = await repository.import(archive);
    const lines = [
      `${printable(report.place)}: ${counted(report.imported.length, 'image')} imported`,
      ...(report.present.length === 0 ? [] : [`${report.present.length} there already`]),
      ...(report.facts === 0
        ? []
        : [`${counted(report.facts, 'tag, note or proof', 'tags, notes and proofs')} added`]),
    ];
    session.output.result(`${lines.join('; ')}\n`, report);
  } finally {
    await archive.close();
  }
}

async function importFolder(
  session: Session,
  repository: Repository,
  place: string,
  layout: Layout,
  words: ForeignWords,
): Promise<void> {
  const folder = await session.engine.openSourceFolder(place);
  const report = await repository.importForeign(folder, layout, words);
  const unknown = report.unknown.length === 0 ? '' : `; unknown: ${report.unknown.join(', ')}`;
  session.output.result(
    `image ${report.image.slice(0, 8)} from ${printable(report.place)}${unknown}\n`,
    report,
  );
}

/** "station.dist=1" or "station.dist=1:stream". */
function fileWords(text: string, before: Words = new Map()): Words {
  const [, name, digits, way] = /^(.+)=(\d{1,7})(?::(stream|record))?$/.exec(text) ?? [];
  if (name === undefined || digits === undefined || Number(digits) > 4_194_302)
    throw new InvalidArgumentError('It is like station.dist=1 or station.dist=1:stream.');
  const said = {
    instance: Number(digits),
    ...(way === undefined ? {} : { accessMethod: way as 'stream' | 'record' }),
  };
  return new Map([...before, [name, said]]);
}
