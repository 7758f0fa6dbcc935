// Makes sure that a File object is there to be written, as the image's file is (protocol facts 2.3): the
// same instance, the same access method. Makes it where it is missing; converts nothing.

import {
  type CreateObjectRequest,
  ErrorCode,
  type ObjectId,
  PropertyId,
  type Refusal,
  refusalWords,
} from '../../protocol/index.js';
import type { ImageFile } from '../repository/index.js';
import {
  askPatiently,
  fileError,
  type FilePort,
  type FileProperties,
  type FileShape,
  readFileProperties,
  readFileShape,
  refusalCode,
  refusalOf,
} from '../transfer/index.js';
import type { SessionFilePort } from './file-port.js';
import type { Session } from './session.js';

/** Refusals that mean the initial value, not the object. */
const NAME_REFUSALS: readonly number[] = [
  ErrorCode.invalidDataType,
  ErrorCode.unknownProperty,
  ErrorCode.valueOutOfRange,
  ErrorCode.writeAccessDenied,
  ErrorCode.duplicateName,
];

/**
 * The properties of the File object, made if need be. Rejects `transfer-failed` when it cannot be made, is
 * made under another instance, or holds content of the other access method.
 */
export async function provideFile(
  session: Session,
  port: SessionFilePort,
  file: ObjectId,
  row: ImageFile,
): Promise<FileShape> {
  const found = await whereThere(() => readFileShape(port, file));
  const properties = found ?? (await create(session, port, file, row));
  if (properties.readOnly === true) {
    session.deviation(`file ${file.instance}: Read_Only is TRUE during a restore; written all the same`);
  }
  await requireAccess(port, file, row, properties);
  return properties;
}

/** The properties of a File object; undefined when there is no such object. */
export function lookFor(port: FilePort, file: ObjectId): Promise<FileProperties | undefined> {
  return whereThere(() => readFileProperties(port, file));
}

async function whereThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isUnknownObject(refusalOf(error))) return undefined;
    throw error;
  }
}

function isUnknownObject(refusal: Refusal | undefined): boolean {
  return refusal?.kind === 'error' && refusal.errorCode === ErrorCode.unknownObject;
}

/** Only the name is given: the standard lets a device refuse the whole for any other value. */
async function create(
  session: Session,
  port: SessionFilePort,
  file: ObjectId,
  row: ImageFile,
): Promise<FileShape> {
  let request: CreateObjectRequest = named(file, row.name);
  for (let attempt = 1; ; attempt += 1) {
    const reply = await askPatiently(port, () => session.createObject(request));
    if (reply.ok) {
      if (reply.value.type !== file.type || reply.value.instance !== file.instance) {
        throw fileError(
          file,
          'transfer-failed',
          `CreateObject made instance ${reply.value.instance} instead`,
        );
      }
      break;
    }
    const { refusal } = reply;
    const words = refusalWords(refusal);
    if (refusal.kind === 'error' && refusal.errorCode === ErrorCode.objectIdentifierAlreadyExists) break;
    if (attempt > 1) throw refused(file, refusal);
    if (refusal.kind === 'timeout' || refusal.kind === 'malformed') {
      const made = await whereThere(() => readFileShape(port, file));
      if (made !== undefined) return made;
    } else if (isAboutTheName(refusal) && row.name !== undefined) {
      session.deviation(
        `file ${file.instance}: CreateObject refused Object_Name (${words}); made without it`,
      );
      request = { object: file };
    } else {
      throw refused(file, refusal);
    }
    session.repeated(attempt + 1, words);
  }
  session.deviation(`file ${file.instance}: the File object was missing and was made`);
  return readFileShape(port, file);
}

function named(file: ObjectId, name: string | undefined): CreateObjectRequest {
  if (name === undefined) return { object: file };
  const values = [{ type: 'character-string', text: name }] as const;
  return { object: file, initialValues: [{ property: PropertyId.objectName, values }] };
}

function isAboutTheName(refusal: Refusal): boolean {
  if (refusal.kind !== 'error') return false;
  return (refusal.firstFailedElement ?? 0) > 0 || NAME_REFUSALS.includes(refusal.errorCode);
}

function refused(file: ObjectId, refusal: Refusal): Error {
  const code = refusalCode(refusal, 'transfer-failed');
  return fileError(file, code, 'the File object is missing, and CreateObject was refused', refusal);
}

/**
 * A file cannot be converted. But File_Access_Method is swapped in some stacks: where it contradicts the
 * image, the device is asked for one unit in the image's way, as it was when the image was made.
 */
async function requireAccess(
  port: SessionFilePort,
  file: ObjectId,
  row: ImageFile,
  properties: FileShape,
): Promise<void> {
  const said = properties.accessMethod;
  if (said === undefined || said === row.accessMethod) return;
  const access = row.accessMethod;
  const taken = await takesAccess(port, file, access);
  const what = `File_Access_Method is ${said}, the image's file is ${access}`;
  if (taken !== true) throw fileError(file, 'transfer-failed', what, taken);
  port.deviation(`file ${file.instance}: ${what}; the device takes ${access} all the same`);
}

/** Whether the device lets the file be read in this way: true, or what it says instead. One unit is read. */
export async function takesAccess(
  port: FilePort,
  file: ObjectId,
  access: ImageFile['accessMethod'],
): Promise<true | Refusal> {
  const reply = await askPatiently(port, () => port.readFile({ file, access, start: 0, count: 1 }));
  if (reply.ok) return true;
  const { refusal } = reply;
  // An empty file has no first unit, and says so only where the way is right.
  const isEmpty = refusal.kind === 'error' && refusal.errorCode === ErrorCode.invalidFileStartPosition;
  return isEmpty || refusal;
}
