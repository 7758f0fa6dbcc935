// Compares a device with an image, octet by octet: a backup procedure whose content goes past the image
// instead of into one. Nothing is written and nothing is kept; the device is released on every way out.

import type { ObjectId } from '../../protocol/index.js';
import type { Device } from '../client/index.js';
import type { Hold, ImageFile, ImageManifest, Repository } from '../repository/index.js';
import {
  changeBetween,
  compareFile,
  type Comparison,
  FILE_RESTARTS_MAX,
  FileChanged,
  fileError,
  onlyDateChanged,
  OtherAccess,
  readFileProperties,
  readFileExtent,
  restlessWords,
  resumeUnchanged,
  unitsOf,
} from '../transfer/index.js';
import { readConfigurationFiles } from './configuration-files.js';
import { endBackup } from './end-backup.js';
import { quirksRow, remember } from './equip.js';
import { leftWith } from './failure.js';
import { filePort, type SessionFilePort } from './file-port.js';
import { contentOf, findImage, measure } from './image-content.js';
import { keptAlive } from './keep-alive.js';
import { holding, Lease } from './lease.js';
import { openEntryOf } from './open-entry.js';
import { open, type Opening } from './opening.js';
import { type PhaseRow, runPhases } from './phases.js';
import { prepare } from './prepare.js';
import type { Released } from './release.js';
import { Session } from './session.js';
import { keepAliveMs } from './timing.js';
import type { FileComparison, VerifyOptions, VerifyReport } from './types.js';

interface VerifyRun {
  readonly session: Session;
  readonly lease: Lease;
  readonly opening: Opening;
  readonly repository: Repository;
  /** The files of the image. */
  readonly rows: readonly ImageFile[];
  files: readonly ObjectId[];
  readonly comparisons: FileComparison[];
}

/** The comparison as a table; "identify" and "start" come before it. */
export const VERIFY_PHASES: readonly PhaseRow<VerifyRun>[] = [
  { phase: 'prepare', run: ({ session, lease, opening }) => prepare(session, lease, opening.preparationMs) },
  {
    phase: 'list',
    run: async (run) => {
      run.files = await readConfigurationFiles(run.session);
    },
  },
  { phase: 'compare', run: compareAll },
  { phase: 'end', run: ({ lease }) => endBackup(lease) },
];

/**
 * Compares the device with an image, by id, prefix or "latest". That they differ is a result, not an
 * error. Rejects with EngineError as `backup` does, and `repository-corrupt` for a damaged image.
 */
export async function verify(
  device: Device,
  repository: Repository,
  imageId: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const session = new Session(device, options);
  let released: Released | undefined;
  let hold: Hold | undefined;
  try {
    // The image is read to the end, whatever is forgotten and pruned meanwhile.
    hold = await repository.hold('verify');
    const image = await findImage(repository, imageId, device.instance, options.site);
    await repository.verifyImage(image);
    const ledger = { journal: repository.journal, site: image.manifest.site };
    session.remembered = await remember(repository, image);
    const opening = await open(session, 'backup', options, ledger);
    const compared = await compareDevice(session, opening, repository, image.manifest);
    released = compared.released;
    return {
      kind: 'verify-report',
      device: device.instance,
      imageId: image.id,
      equal: compared.files.every((comparison) => comparison.equal),
      files: compared.files,
      deviations: session.deviations,
      ...quirksRow(session),
      release: released.release,
      ...openEntryOf(session),
    };
  } catch (error) {
    throw leftWith(session, error, released?.release ?? 'not-started');
  } finally {
    await hold?.release();
  }
}

/** What a device held against files of an image, and what became of it. */
export interface Compared {
  readonly files: readonly FileComparison[];
  readonly released: Released;
}

/**
 * Runs the backup procedure on a device that was opened for one, and compares it with these files, of an image
 * or of one that is not published yet. Rejects as `backup` does; the device is released on every way out.
 */
export async function compareDevice(
  session: Session,
  opening: Opening,
  repository: Repository,
  { files: rows }: Pick<ImageManifest, 'files'>,
): Promise<Compared> {
  const comparisons: FileComparison[] = [];
  const released = await holding(
    session,
    () => Lease.start(session, 'backup', opening),
    async (lease) => {
      const run = { session, lease, opening, repository, rows, files: [], comparisons };
      await runPhases(VERIFY_PHASES, run);
      return lease.release();
    },
  );
  return { files: comparisons, released };
}

async function compareAll(run: VerifyRun): Promise<void> {
  const { session, lease, files, rows, comparisons, opening, repository } = run;
  const port = filePort(session);
  const inOrder = sharedOrder(rows, files);
  await keptAlive(session, files[0], keepAliveMs(opening.facts.backupFailureTimeoutS), async () => {
    for (const [index, file] of files.entries()) {
      const place = rows.findIndex((row) => row.instance === file.instance);
      const row = rows[place];
      if (row === undefined) {
        comparisons.push(await onlyOnDevice(port, file));
        continue;
      }
      session.emit({
        kind: 'file',
        device: session.device.instance,
        file: file.instance,
        index,
        count: files.length,
        ...(row.name === undefined ? {} : { name: row.name }),
        access: row.accessMethod,
        octetsTotal: row.octets,
        ...(row.recordCount === undefined ? {} : { recordsTotal: row.recordCount }),
      });
      const comparison = await compareOne(port, file, repository, row);
      comparisons.push(inOrder(file.instance) ? comparison : misplaced(comparison, place, index));
      await lease.checkHeld();
    }
  });
  for (const row of rows) {
    if (!files.some((file) => file.instance === row.instance))
      comparisons.push(await onlyInImage(repository, row));
  }
}

/** The order counts among the files that both sides have: one that is missing does not displace the rest. */
function sharedOrder(rows: readonly ImageFile[], files: readonly ObjectId[]): (instance: number) => boolean {
  const onDevice = files.map(({ instance }) => instance);
  const inImage = rows.map(({ instance }) => instance);
  const wanted = inImage.filter((instance) => onDevice.includes(instance));
  const found = onDevice.filter((instance) => inImage.includes(instance));
  return (instance) => wanted.indexOf(instance) === found.indexOf(instance);
}

/** One file that both sides have; read again while it changes. */
async function compareOne(
  port: SessionFilePort,
  file: ObjectId,
  repository: Repository,
  row: ImageFile,
): Promise<FileComparison> {
  const content = contentOf(repository, row);
  let last: string | undefined;
  for (let reading = 1; ; reading += 1) {
    const how = reading > 1 ? 'alone' : 'at-once';
    const before = await readFileProperties(port, file, how, content.access);
    const deviceUnits = unitsOf(before, content.access);
    let comparison: Comparison;
    try {
      comparison = await compareFile(port, file, content, {
        mayResume: resumeUnchanged(port, file, content.access, before),
        ...(deviceUnits === undefined ? {} : { deviceUnits }),
      });
    } catch (error) {
      if (error instanceof FileChanged) {
        if (reading > FILE_RESTARTS_MAX) throw changedAgain(file, reading, error.message);
        last = undefined;
        port.repeated(reading + 1, error.message);
        continue;
      }
      if (!(error instanceof OtherAccess)) throw error;
      const { units } = await measure(repository, row);
      const problem = `it is not a ${content.access} file on the device (${error.message})`;
      return {
        ...unequal(file, content.access),
        imageSize: units,
        deviceSize: before.fileSize ?? 0,
        problem,
      };
    }
    const after = await readFileExtent(port, file, content.access);
    const change = changeBetween(before, after);
    const found = JSON.stringify(comparison);
    // A device that gives the time of the question as Modification_Date never rests; its content does.
    const isSettled = onlyDateChanged(before, after) && found === last;
    // What differs speaks for itself; "equal" is told with what it rests on.
    if (change !== undefined && isSettled && comparison.equal) port.deviation(restlessWords(file, change));
    if (change === undefined || isSettled) {
      const { early, ...rest } = comparison;
      const problem = early === undefined ? {} : { problem: `the device ${early}` };
      return { file: file.instance, unit: unitOf(content.access), ...rest, ...problem };
    }
    last = found;
    if (reading > FILE_RESTARTS_MAX) throw changedAgain(file, reading, change);
    port.repeated(reading + 1, change);
  }
}

function changedAgain(file: ObjectId, readings: number, change: string): Error {
  return fileError(file, 'transfer-changed', `it changed in ${readings} readings: ${change}`);
}

function unitOf(access: 'stream' | 'record'): 'octets' | 'records' {
  return access === 'stream' ? 'octets' : 'records';
}

function unequal(
  file: { readonly instance: number },
  access: 'stream' | 'record',
): Pick<FileComparison, 'file' | 'equal' | 'unit' | 'ranges'> {
  return { file: file.instance, equal: false, unit: unitOf(access), ranges: [] };
}

async function onlyOnDevice(port: SessionFilePort, file: ObjectId): Promise<FileComparison> {
  const properties = await readFileProperties(port, file);
  const access = properties.accessMethod ?? 'stream';
  const deviceSize = unitsOf(properties, access) ?? 0;
  return { ...unequal(file, access), imageSize: 0, deviceSize, problem: 'the image has no such file' };
}

async function onlyInImage(repository: Repository, row: ImageFile): Promise<FileComparison> {
  const { units } = await measure(repository, row);
  const problem = 'the device does not list it in Configuration_Files';
  return { ...unequal(row, row.accessMethod), imageSize: units, deviceSize: 0, problem };
}

/** The order of the files is part of a configuration. */
function misplaced(comparison: FileComparison, inImage: number, onDevice: number): FileComparison {
  const problem = `it is number ${inImage + 1} in the image and number ${onDevice + 1} in Configuration_Files`;
  return { ...comparison, equal: false, problem };
}
