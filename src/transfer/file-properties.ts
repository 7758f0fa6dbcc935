// What a File object says about itself (clause 12.13), property by property: each may be missing or
// refuse, and none of that stops a backup. What changes while a file is read is compared here.

import {
  ErrorCode,
  FileAccessMethod,
  type ObjectId,
  PropertyId,
  type Refusal,
  refusalWords,
} from '../../protocol/index.js';
import { askPersistently, fileError, refusalCode } from './asking.js';
import type { FileAccess, FilePort } from './types.js';
import { booleanOf, dateTimeOf, numberOf, textOf } from './values.js';

/** How often a file that changed while it was transferred is begun anew; after that the transfer fails. */
export const FILE_RESTARTS_MAX = 2;

/** The properties of one File object that were readable. */
export interface FileProperties {
  readonly name?: string;
  readonly fileType?: string;
  /** What File_Access_Method says; some stacks have the two values swapped. */
  readonly accessMethod?: FileAccess;
  readonly fileSize?: number;
  readonly recordCount?: number;
  readonly modificationDate?: string;
  readonly archive?: boolean;
  readonly readOnly?: boolean;
}

/** The part of the properties that tells whether the file is still the same. */
export type FileExtent = Pick<FileProperties, 'fileSize' | 'recordCount' | 'modificationDate'>;

/** One property's values; undefined when the device does not tell. Silence and lost files are errors. */
async function ask(
  port: FilePort,
  file: ObjectId,
  property: number,
  onRefusal?: (refusal: Refusal) => void,
): Promise<Parameters<typeof numberOf>[0]> {
  const reply = await askPersistently(port, () => port.readProperty(file, property));
  if (reply.ok) return reply.value;
  const { refusal } = reply;
  const lost = refusal.kind === 'error' && refusal.errorCode === ErrorCode.unknownObject;
  if (lost || refusal.kind === 'timeout' || refusal.kind === 'network-reject') {
    throw fileError(
      file,
      refusalCode(refusal, 'transfer-failed'),
      'its properties could not be read',
      refusal,
    );
  }
  onRefusal?.(refusal);
  return undefined;
}

function accessMethodOf(value: number | undefined): FileAccess | undefined {
  if (value === FileAccessMethod.stream) return 'stream';
  return value === FileAccessMethod.record ? 'record' : undefined;
}

/** Keeps the fields that are there: absent and undefined are not the same in a manifest. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Reads all properties of a File object. Rejects `transfer-failed` when there is no such object. */
export async function readFileProperties(port: FilePort, file: ObjectId): Promise<FileProperties> {
  const required = (name: string) => (refusal: Refusal) => {
    port.deviation(`file ${file.instance}: ${name} is not readable (${refusalWords(refusal)})`);
  };
  const accessMethod = accessMethodOf(
    numberOf(await ask(port, file, PropertyId.fileAccessMethod, required('File_Access_Method'))),
  );
  const name = textOf(await ask(port, file, PropertyId.objectName, required('Object_Name')));
  const fileType = textOf(await ask(port, file, PropertyId.fileType, required('File_Type')));
  const extent = await readFileExtent(port, file, accessMethod, required);
  const archive = booleanOf(await ask(port, file, PropertyId.archive, required('Archive')));
  const readOnly = booleanOf(await ask(port, file, PropertyId.readOnly, required('Read_Only')));
  return present<FileProperties>({
    name,
    fileType,
    accessMethod,
    fileSize: extent.fileSize,
    recordCount: extent.recordCount,
    modificationDate: extent.modificationDate,
    archive,
    readOnly,
  });
}

/** Reads what tells whether a file is still the same. Record_Count only where there may be one. */
export async function readFileExtent(
  port: FilePort,
  file: ObjectId,
  access: FileAccess | undefined,
  onRefusal?: (name: string) => (refusal: Refusal) => void,
): Promise<FileExtent> {
  const fileSize = numberOf(await ask(port, file, PropertyId.fileSize, onRefusal?.('File_Size')));
  const recordCount =
    access === 'stream' ? undefined : numberOf(await ask(port, file, PropertyId.recordCount));
  // Without it a change that leaves the size as it was goes unnoticed.
  const modificationDate = dateTimeOf(
    await ask(port, file, PropertyId.modificationDate, onRefusal?.('Modification_Date')),
  );
  return present<FileExtent>({ fileSize, recordCount, modificationDate });
}

/** File_Size or Record_Count, whichever bounds the content; undefined when not told. */
export async function readFileUnits(
  port: FilePort,
  file: ObjectId,
  access: FileAccess,
): Promise<number | undefined> {
  const property = access === 'stream' ? PropertyId.fileSize : PropertyId.recordCount;
  return numberOf(await ask(port, file, property));
}

/** The size that bounds the content, where the properties tell it. */
export function unitsOf(extent: FileExtent, access: FileAccess): number | undefined {
  return access === 'stream' ? extent.fileSize : extent.recordCount;
}

/** The property that tells that size. */
export function sizeName(access: FileAccess): 'File_Size' | 'Record_Count' {
  return access === 'stream' ? 'File_Size' : 'Record_Count';
}

/** What is noted of a file that gave more, in octets or records, than its size says. */
export function moreWords({ instance }: ObjectId, access: FileAccess, told: number, units: number): string {
  return `file ${instance}: ${sizeName(access)} is ${told}, but there were ${units}`;
}

/** What is noted of a file of which something changed, and not what was read. */
export function restlessWords({ instance }: ObjectId, change: string): string {
  return `file ${instance}: ${change}, but two readings were equal`;
}

/** Whether nothing but Modification_Date changed: some devices give the time of the question. */
export function onlyDateChanged(before: FileExtent, after: FileExtent): boolean {
  const undated = ({ fileSize, recordCount }: FileExtent): FileExtent =>
    present<FileExtent>({ fileSize, recordCount, modificationDate: undefined });
  return (
    changeBetween(before, after) !== undefined && changeBetween(undated(before), undated(after)) === undefined
  );
}

/** What changed between two readings, in words; undefined when nothing that both tell did. */
export function changeBetween(before: FileExtent, after: FileExtent): string | undefined {
  const words: Record<keyof FileExtent, string> = {
    fileSize: 'File_Size',
    recordCount: 'Record_Count',
    modificationDate: 'Modification_Date',
  };
  for (const key of ['fileSize', 'recordCount', 'modificationDate'] as const) {
    const [was, is] = [before[key], after[key]];
    if (was !== is && was !== undefined) {
      return `${words[key]} was ${was} and is ${is ?? 'no longer readable'}`;
    }
  }
  return undefined;
}
