// Takes a backup of another program into the repository as an image. What its layout does not carry is asked for
// or marked unknown, and never made up: the plan of a restore treats it as unknown.

import { EngineError } from '../../errors.js';
import type { Clock, SourceFolder } from '../../ports.js';
import { requireSite } from '../names.js';
import { TOOL } from '../tool.js';
import type { ForeignImportReport } from '../catalogue-types.js';
import type { ImageDraft, ImageFile, ImageManifest } from '../types.js';
import { utcText } from '../utc.js';
import { codesysBackup, isCodesysXml } from './codesys.js';
import { plainBackup } from './plain.js';
import type { ForeignBackup, ForeignFile, ForeignWords, Layout } from './types.js';
import { vtsBackup } from './vts.js';

export const LAYOUTS = ['folder', 'codesys', 'vts', 'bacnet4j', 'niagara'] as const satisfies Layout[];

/** The largest index or XML that is read, in octets. */
const INDEX_LIMIT = 16 * 1024 * 1024;

/** A file of which everything is known that an image must say. */
type Known = ForeignFile & { readonly instance: number; readonly accessMethod: ImageFile['accessMethod'] };

/**
 * Reads a folder in a layout and publishes it as an image. Rejects `usage` with everything that is missing or wrong,
 * before anything is written.
 */
export async function importForeign(
  begin: () => Promise<ImageDraft>,
  clock: Clock,
  folder: SourceFolder,
  layout: Layout,
  words: ForeignWords,
): Promise<ForeignImportReport> {
  const backup = await read(folder, layout);
  const site = requireSite(words.site);
  const instance = words.instance ?? backup.device.instance;
  const { files, unknown } = known(backup, words, instance);
  if (instance === undefined) throw new EngineError('usage', 'of which device is it? Give its instance');
  const draft = await begin();
  try {
    const rows: ImageFile[] = [];
    for (const file of files) rows.push(await takeIn(draft, folder, file));
    const at = utcText(clock.unixTime());
    const image = await draft.publish(manifestOf(backup, site, instance, rows, unknown, at));
    return { kind: 'foreign-import-report', image: image.id, place: folder.place, layout, unknown };
  } finally {
    await draft.close();
  }
}

async function read(folder: SourceFolder, layout: Layout): Promise<ForeignBackup> {
  const { names } = folder;
  const one = (what: string, fits: (name: string) => boolean): string => {
    const [first, ...more] = names.filter(fits);
    if (first !== undefined && more.length === 0) return first;
    const found = first === undefined ? 'none' : String(more.length + 1);
    throw new EngineError('usage', `${folder.place} must have one ${what}; it has ${found}`);
  };
  if (layout === 'codesys') {
    const xml = one('backup-restore-<device>.xml', isCodesysXml);
    return codesysBackup(xml, await textOf(folder, xml), names);
  }
  if (layout === 'vts') {
    const index = one('.backupindex', (name) => /\.backupindex$/i.test(name));
    return vtsBackup(index, await textOf(folder, index), names);
  }
  return plainBackup(layout, folder.name, names);
}

async function textOf(folder: SourceFolder, name: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let octets = 0;
  for await (const chunk of folder.read(name)) {
    octets += chunk.length;
    if (octets > INDEX_LIMIT) throw new EngineError('usage', `${name} is larger than 16 MiB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Puts together what the layout and the user say; everything that is missing is said at once. */
function known(
  backup: ForeignBackup,
  words: ForeignWords,
  instance: number | undefined,
): { readonly files: readonly Known[]; readonly unknown: readonly string[] } {
  const faults: string[] = [];
  const unknown: string[] = [];
  for (const key of ['vendorId', 'modelName', 'firmwareRevision'] as const)
    if (backup.device[key] === undefined) unknown.push(key);
  if (instance !== undefined && (backup.device.instance ?? instance) !== instance)
    faults.push(`it is of device ${backup.device.instance}, not ${instance}`);
  const files = backup.files.flatMap((file): Known[] => {
    const said = words.files.get(file.source);
    const fileInstance = said?.instance ?? file.instance;
    const accessMethod = said?.accessMethod ?? file.accessMethod;
    if (fileInstance === undefined) {
      faults.push(`the File instance of ${file.source} is not told: give --file ${file.source}=INSTANCE`);
      return [];
    }
    if (accessMethod === 'record' && file.records === undefined) {
      faults.push(`${file.source} cannot be a record file: nothing tells where its records end`);
      return [];
    }
    if (accessMethod === undefined) unknown.push(`file,${fileInstance} accessMethod`);
    return [{ ...file, instance: fileInstance, accessMethod: accessMethod ?? 'stream' }];
  });
  for (const name of words.files.keys())
    if (!backup.files.some(({ source }) => source === name)) faults.push(`there is no file ${name}`);
  if (new Set(files.map(({ instance: of }) => of)).size < files.length)
    faults.push('two files have the same File instance');
  if (backup.files.length === 0) faults.push('there are no files');
  if (faults.length > 0) throw new EngineError('usage', `nothing was imported: ${faults.join('; ')}`);
  return { files, unknown };
}

async function takeIn(draft: ImageDraft, folder: SourceFolder, file: Known): Promise<ImageFile> {
  const { source, instance, accessMethod, name, fileSize, records } = file;
  const content: Pick<ImageFile, 'octets' | 'sha256' | 'objects' | 'recordLengths'> =
    records === undefined
      ? await draft.addStream(folder.read(source))
      : await draft.addRecords(recordsOf(folder, records));
  if (records === undefined && fileSize !== undefined && fileSize !== content.octets)
    throw new EngineError('usage', `${source} has ${content.octets} octets; File_Size was ${fileSize}`);
  return {
    objectIdentifier: `file,${instance}`,
    instance,
    ...(name === undefined ? {} : { name }),
    accessMethod,
    ...(fileSize === undefined ? {} : { fileSize }),
    ...(records === undefined ? {} : { recordCount: records.length }),
    ...content,
  };
}

/** Each file is one record, however it comes in chunks. */
async function* recordsOf(folder: SourceFolder, names: readonly string[]): AsyncIterable<Uint8Array> {
  for (const name of names) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of folder.read(name)) chunks.push(chunk);
    const record = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      record.set(chunk, at);
      at += chunk.length;
    }
    yield record;
  }
}

function manifestOf(
  backup: ForeignBackup,
  site: string,
  instance: number,
  files: readonly ImageFile[],
  unknown: readonly string[],
  at: string,
): ImageManifest {
  const { layout, device, databaseRevision, lastRestoreTime, maxApdu = 0, madeAt } = backup;
  return {
    kind: 'bacvault-image',
    format: 1,
    site,
    createdAt: at,
    tool: TOOL,
    imported: { layout, ...(madeAt === undefined ? {} : { madeAt }), unknown },
    device: { ...device, instance },
    reachedAt: { address: 'unknown', maxApdu, segmentation: 'unknown' },
    procedure: {
      startedAt: at,
      endedAt: at,
      ...(databaseRevision === undefined ? {} : { databaseRevision }),
      ...(lastRestoreTime === undefined ? {} : { lastRestoreTime }),
      statesSeen: [],
      systemStatusSeen: [],
      passwordUsed: false,
      deviations: [],
      requests: 0,
      retries: 0,
    },
    files,
  };
}
