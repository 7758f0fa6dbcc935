// What a File object says about itself (clause 12.13), property by property: each may be missing or
// refuse, and none of that stops a backup. What changes while a file is read is compared here.

import {
  type BacnetValue,
  ErrorCode,
  FileAccessMethod,
  type ObjectId,
  PropertyId,
  type Refusal,
  refusalWords,
} from '../../protocol/index.js';
import { askPersistently, fileError, refusalCode } from './asking.js';
import type { FileAccess, FilePort, PropertyValues } from './types.js';
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
): Promise<readonly BacnetValue[] | undefined> {
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

function accessMethodOf(values: readonly BacnetValue[] | undefined): FileAccess | undefined {
  const value = numberOf(values);
  if (value === FileAccessMethod.stream) return 'stream';
  return value === FileAccessMethod.record ? 'record' : undefined;
}

/** Keeps the fields that are there: absent and undefined are not the same in a manifest. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** How properties are read: where it can be several with one question, or each with its own. */
export type PropertyReading = 'at-once' | 'alone';

const PROPERTIES: readonly number[] = [
  PropertyId.fileAccessMethod,
  PropertyId.objectName,
  PropertyId.fileType,
  PropertyId.fileSize,
  PropertyId.recordCount,
  PropertyId.modificationDate,
  PropertyId.archive,
  PropertyId.readOnly,
];

/**
 * Reads all properties of a File object. Rejects `transfer-failed` when there is no such object. What was read at once
 * is held against what is read alone later: a device that tells something else then is read anew, alone. `taken`: how
 * it will be read whatever it says of itself; records without their number would end where the device says so.
 */
export async function readFileProperties(
  port: FilePort,
  file: ObjectId,
  how: PropertyReading = 'at-once',
  taken?: FileAccess,
): Promise<FileProperties> {
  const known = how === 'alone' ? NONE : await port.readAtOnce(file, PROPERTIES);
  const read = reader(port, file, known);
  const accessMethod = await read(PropertyId.fileAccessMethod, 'File_Access_Method', accessMethodOf);
  const isRecords = taken === 'record' || (taken === undefined && port.habits.accessSwapped);
  const counted = isRecords ? 'record' : accessMethod;
  return present<FileProperties>({
    name: await read(PropertyId.objectName, 'Object_Name', textOf),
    fileType: await read(PropertyId.fileType, 'File_Type', textOf),
    accessMethod,
    fileSize: await read(PropertyId.fileSize, 'File_Size', numberOf),
    recordCount: await recordCountOf(port, file, counted, known),
    modificationDate: await read(PropertyId.modificationDate, 'Modification_Date', dateTimeOf),
    archive: await read(PropertyId.archive, 'Archive', booleanOf),
    readOnly: await read(PropertyId.readOnly, 'Read_Only', booleanOf),
  });
}

/** What decides how a File object is written, and whether it is seen when it changes. */
export type FileShape = FileExtent & Pick<FileProperties, 'accessMethod' | 'readOnly'>;

/** Reads it property by property: nothing that is written rests on what was told at once. Rejects as above. */
export async function readFileShape(port: FilePort, file: ObjectId): Promise<FileShape> {
  const read = reader(port, file, NONE);
  const accessMethod = await read(PropertyId.fileAccessMethod, 'File_Access_Method', accessMethodOf);
  return present<FileShape>({
    accessMethod,
    fileSize: await read(PropertyId.fileSize, 'File_Size', numberOf),
    recordCount: await recordCountOf(port, file, accessMethod, NONE),
    modificationDate: await read(PropertyId.modificationDate, 'Modification_Date', dateTimeOf),
    readOnly: await read(PropertyId.readOnly, 'Read_Only', booleanOf),
  });
}

/** Reads, property by property, what tells whether a file is still the same. */
export async function readFileExtent(
  port: FilePort,
  file: ObjectId,
  access: FileAccess | undefined,
): Promise<FileExtent> {
  return present<FileExtent>({
    fileSize: numberOf(await ask(port, file, PropertyId.fileSize)),
    recordCount: await recordCountOf(port, file, access, NONE),
    // Without it a change that leaves the size as it was goes unnoticed.
    modificationDate: dateTimeOf(await ask(port, file, PropertyId.modificationDate)),
  });
}

/** Read only where there may be one. */
async function recordCountOf(
  port: FilePort,
  file: ObjectId,
  access: FileAccess | undefined,
  known: PropertyValues,
): Promise<number | undefined> {
  if (access === 'stream') return undefined;
  return valueOf(port, file, PropertyId.recordCount, numberOf, known);
}

/** Reads properties that every File object has: that one cannot be read is noted. */
function reader(port: FilePort, file: ObjectId, known: PropertyValues) {
  return <T>(property: number, name: string, convert: Convert<T>): Promise<T | undefined> =>
    valueOf(port, file, property, convert, known, (refusal) => {
      port.deviation(`file ${file.instance}: ${name} is not readable (${refusalWords(refusal)})`);
    });
}

type Convert<T> = (values: readonly BacnetValue[] | undefined) => T | undefined;

const NONE: PropertyValues = new Map();

/** What is known of the property, where that makes sense, else what the device says when it is asked for it alone. */
async function valueOf<T>(
  port: FilePort,
  file: ObjectId,
  property: number,
  convert: Convert<T>,
  known: PropertyValues,
  onRefusal?: (refusal: Refusal) => void,
): Promise<T | undefined> {
  return convert(known.get(property)) ?? convert(await ask(port, file, property, onRefusal));
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
