// The files of an image as the File objects of a simulated device, which keeps them in memory: read whole,
// hashed on the way, and refused beforehand when they are too large for that.

import type { FileConfig } from '../../../simulator/index.js';
import { EngineError, type ImageFile, type ImageSummary, type Repository } from '../../index.js';

/** Octets of all files together that a twin may have: far above any controller's, far below a full memory. */
export const TWIN_OCTETS_MAX = 256 * 1024 * 1024;

/** Records that one file may have; the simulator takes no more. */
export const TWIN_RECORDS_MAX = 1_000_000;

/** Refuses an image that cannot be held in memory, with EngineError `usage`. */
export function requireHoldable({ id, manifest }: ImageSummary): void {
  const octets = manifest.files.reduce((sum, file) => sum + file.octets, 0);
  if (octets > TWIN_OCTETS_MAX) {
    throw new EngineError(
      'usage',
      `Image ${id.slice(0, 8)} has ${octets} octets; a twin holds its files in memory, at most ${TWIN_OCTETS_MAX} octets.`,
    );
  }
}

/**
 * All files with their content, in the order of Configuration_Files. Rejects `repository-corrupt` when an
 * octet is not the image's, and `usage` when there are too many.
 */
export async function loadFiles(repository: Repository, image: ImageSummary): Promise<FileConfig[]> {
  requireHoldable(image);
  const files: FileConfig[] = [];
  for (const file of image.manifest.files) {
    const described = describedFile(file);
    files.push(
      file.accessMethod === 'stream'
        ? { ...described, access: 'stream', content: await wholeOf(repository, file) }
        : { ...described, access: 'record', records: await recordsOf(repository, file) },
    );
  }
  return files;
}

/** The same files with nothing in them. */
export function emptyFiles({ manifest }: ImageSummary): FileConfig[] {
  return manifest.files.map((file) =>
    file.accessMethod === 'stream'
      ? { ...describedFile(file), access: 'stream', content: new Uint8Array(0) }
      : { ...describedFile(file), access: 'record', records: [] },
  );
}

/** What the image says of a File object beside its content. */
function describedFile(
  file: ImageFile,
): Pick<FileConfig, 'instance' | 'name' | 'fileType' | 'readOnly' | 'archive' | 'modifiedUnixTime'> {
  const { instance, name, fileType, readOnly, archive } = file;
  const modifiedUnixTime = unixTimeOf(file.modificationDate);
  return {
    instance,
    ...(name === undefined ? {} : { name }),
    ...(fileType === undefined ? {} : { fileType }),
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(archive === undefined ? {} : { archive }),
    ...(modifiedUnixTime === undefined ? {} : { modifiedUnixTime }),
  };
}

/** "2026-03-29 02:30:00.00", as manifests write a BACnetDateTime; undefined when any of it is unspecified. */
function unixTimeOf(text: string | undefined): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\.(\d\d)$/.exec(text ?? '');
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, hundredths = 0] = match
    .slice(1)
    .map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second, hundredths * 10);
}

async function wholeOf(repository: Repository, file: ImageFile): Promise<Uint8Array> {
  const whole = new Uint8Array(file.octets);
  let at = 0;
  for await (const chunk of repository.content(file)) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

async function recordsOf(repository: Repository, file: ImageFile): Promise<Uint8Array[]> {
  const records: Uint8Array[] = [];
  for await (const record of repository.records(file)) {
    records.push(record);
    if (records.length > TWIN_RECORDS_MAX) {
      const most = `a twin's file has at most ${TWIN_RECORDS_MAX}`;
      throw new EngineError('usage', `${file.objectIdentifier} has too many records: ${most}.`);
    }
  }
  return records;
}
