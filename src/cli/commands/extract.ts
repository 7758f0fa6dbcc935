// bacvault extract: the files of an image as plain files, byte for byte. It overwrites nothing, and leaves
// no file behind whose content did not prove right.

import { EngineError, type ImageFile, type Repository } from '../../index.js';
import { findImage, imageName } from '../image-choice.js';
import type { Folder } from '../io.js';
import { onDisk, once } from '../on-disk.js';
import {
  addOutputOptions,
  addRepositoryOptions,
  deviceInstance,
  fileInstance,
  type RepositoryOptions,
} from '../options.js';
import type { OutputOptions } from '../output.js';
import { grouped, octets, printable } from '../render/text.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

type Options = OutputOptions &
  RepositoryOptions & { readonly to: string; readonly file?: readonly number[]; readonly device?: number };

/** One file of the image and the names it gets. */
interface Extraction {
  readonly file: ImageFile;
  readonly content: string;
  /** Record files only: the length of each record. */
  readonly lengths?: string;
}

const SUMS = 'SHA256SUMS';

export const extractVerb: Verb = {
  name: 'extract',
  summary: 'write the files of an image into a folder',
  description:
    'Writes each configuration file as file-INSTANCE.bin, byte for byte, and at the end SHA256SUMS for "sha256sum -c". ' +
    'A record file is written as all its records one after the other; file-INSTANCE.lengths.txt holds the length of ' +
    'each record in octets, one decimal number a line, in order. Nothing is overwritten: the command ends before it ' +
    'writes when a name is taken.',
  examples: [
    { line: 'bacvault extract 1a2b3c4d --to ahu-3', what: 'every file of an image' },
    {
      line: 'bacvault extract latest --device 1201 --to ahu-3 --file 12',
      what: 'one file of the newest image',
    },
  ],
  define: (command, start) => {
    command.argument('<image>', 'image id (4 or more hex digits) or "latest"', imageName);
    command
      .optionsGroup('What and where:')
      .requiredOption('--to <dir>', 'folder to write into; made when missing')
      .option('--file <instance>', 'only this File object; may be given more than once', collectFiles)
      .option('--device <instance>', 'whose latest image', deviceInstance);
    addRepositoryOptions(command, 'only this site');
    addOutputOptions(command).action(start(extract));
  },
};

function collectFiles(text: string, before: readonly number[] | undefined): readonly number[] {
  return [...(before ?? []), fileInstance(text)];
}

async function extract(session: Session, options: Options, name: string): Promise<void> {
  await session.withRepository(options, async (repository) => {
    const image = await findImage(repository, name, { site: options.site, instance: options.device });
    const plan = planned(image.manifest.files, options.file);
    const folder = await onDisk(options.to, () => session.io.openFolder(options.to));
    await refuseTakenNames(folder, [...plan.flatMap((one) => [one.content, one.lengths ?? []].flat()), SUMS]);
    for (const one of plan) {
      session.interrupt.throwIfHappened();
      await extractOne(session, repository, folder, one);
    }
    const sums = plan.map((one) => `${one.file.sha256}  ${one.content}\n`).join('');
    await onDisk(folder.pathOf(SUMS), () => folder.create(SUMS, once(sums)));
  });
}

/** Which files are written under which names. A File object that is listed twice gets a number behind. */
function planned(files: readonly ImageFile[], wanted: readonly number[] | undefined): Extraction[] {
  const missing = wanted?.find((instance) => !files.some((file) => file.instance === instance));
  if (missing !== undefined) {
    const there = files.map((file) => file.objectIdentifier).join(', ');
    throw new EngineError(
      'usage',
      `The image has no file,${missing}; it has ${there === '' ? 'none' : there}.`,
    );
  }
  const seen = new Map<number, number>();
  const plan: Extraction[] = [];
  for (const file of files) {
    if (wanted && !wanted.includes(file.instance)) continue;
    const count = (seen.get(file.instance) ?? 0) + 1;
    seen.set(file.instance, count);
    const stem = `file-${file.instance}${count === 1 ? '' : `-${count}`}`;
    plan.push({
      file,
      content: `${stem}.bin`,
      ...(file.accessMethod === 'record' ? { lengths: `${stem}.lengths.txt` } : {}),
    });
  }
  return plan;
}

async function refuseTakenNames(folder: Folder, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (await onDisk(folder.pathOf(name), () => folder.exists(name))) {
      throw new EngineError(
        'usage',
        `${printable(folder.pathOf(name))} is there already. Nothing was written.`,
      );
    }
  }
}

async function extractOne(
  session: Session,
  repository: Repository,
  folder: Folder,
  one: Extraction,
): Promise<void> {
  const { file } = one;
  const lengths: number[] = [];
  const content =
    file.accessMethod === 'record' ? noted(repository.records(file), lengths) : repository.content(file);
  const path = folder.pathOf(one.content);
  const written = await onDisk(path, () => folder.create(one.content, content));
  if (written !== file.octets) {
    throw new EngineError('store-io', `${path} has ${octets(written)}, not ${grouped(file.octets)}.`);
  }
  if (one.lengths !== undefined) {
    const text = lengths.map((length) => `${length}\n`).join('');
    await onDisk(folder.pathOf(one.lengths), () => folder.create(one.lengths ?? '', once(text)));
  }
  const records = file.accessMethod === 'record' ? lengths.length : undefined;
  const also = records === undefined ? '' : `, ${grouped(records)} records`;
  const { instance, accessMethod, sha256 } = file;
  const object = {
    kind: 'extracted-file',
    file: instance,
    access: accessMethod,
    path,
    octets: written,
    records,
    sha256,
  };
  session.output.result(`${printable(path)}  ${file.objectIdentifier}, ${octets(written)}${also}\n`, object);
}

async function* noted(records: AsyncIterable<Uint8Array>, lengths: number[]): AsyncIterable<Uint8Array> {
  for await (const record of records) {
    lengths.push(record.length);
    yield record;
  }
}
