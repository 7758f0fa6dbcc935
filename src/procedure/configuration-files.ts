// Reads Configuration_Files (clause 12.11, property 154) once the device is ready: it decides which files
// an image has, and in which order. An entry that is no File object is an error, not something to skip.

import {
  type BacnetValue,
  ErrorCode,
  type ObjectId,
  ObjectType,
  PropertyId,
  type Refusal,
  refusalWords,
} from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import { refusalCode } from '../transfer/index.js';
import { type ArrayReading, readDeviceArray } from './device-array.js';
import type { Session } from './session.js';
import { EMPTY_LIST_LOOKS_MAX, POLL_MS } from './timing.js';

/** More than any device has; keeps a wrong count from being believed. */
const FILES_MAX = 4096;

/**
 * The File objects, in order. Rejects `procedure-failed` when there are none (an image without files would
 * not be a backup), when the list cannot be read, or when it holds something else than File objects.
 */
export async function readConfigurationFiles(session: Session): Promise<readonly ObjectId[]> {
  for (let look = 1; ; look += 1) {
    const values = await readList(session);
    if (values.length > 0) return withoutRepeats(session, values.map(fileOf));
    if (look >= EMPTY_LIST_LOOKS_MAX) {
      throw new EngineError(
        'procedure-failed',
        'it lists no configuration files, so there is nothing to copy',
      );
    }
    await session.pause(POLL_MS, 'Configuration_Files is empty');
  }
}

/** What Configuration_Files shows outside a procedure, where it need not be valid (protocol facts 1.1). */
export interface FileList {
  /** Whether the device has the property at all. */
  readonly exists: boolean;
  /** File instances; absent when it cannot be read now. */
  readonly files?: readonly number[];
}

/** Reads Configuration_Files as it is now. Rejects on silence alone. */
export async function listedNow(session: Session): Promise<FileList> {
  const reading = await readArray(session);
  if (reading.kind === 'values') {
    const objects = reading.values.flatMap((value) =>
      value.type === 'object-identifier' ? [value.object] : [],
    );
    const files = objects.filter(({ type }) => type === ObjectType.file);
    return { exists: true, files: files.map(({ instance }) => instance) };
  }
  if (reading.kind !== 'refused') return { exists: true };
  const { refusal } = reading;
  if (refusalCode(refusal, 'procedure-failed') !== 'procedure-failed') throw unreadable(refusal);
  return { exists: refusal.kind !== 'error' || refusal.errorCode !== ErrorCode.unknownProperty };
}

const NAME = 'Configuration_Files';

function readArray(session: Session): Promise<ArrayReading> {
  return readDeviceArray(session, PropertyId.configurationFiles, NAME, FILES_MAX);
}

async function readList(session: Session): Promise<readonly BacnetValue[]> {
  const reading = await readArray(session);
  switch (reading.kind) {
    case 'values':
      return reading.values;
    case 'count':
      throw new EngineError('procedure-failed', `${NAME} has no believable number of elements`);
    case 'empty':
      throw new EngineError('procedure-failed', `${NAME}[${reading.index}] is empty`);
    case 'refused':
      throw unreadable(reading.refusal);
  }
}

function unreadable(refusal: Refusal): EngineError {
  const words = refusalWords(refusal);
  const code = refusalCode(refusal, 'procedure-failed');
  return new EngineError(code, `Configuration_Files could not be read: ${words}`, { details: { words } });
}

function fileOf(value: BacnetValue, i: number): ObjectId {
  if (value.type === 'object-identifier' && value.object.type === ObjectType.file) return value.object;
  const what = value.type === 'object-identifier' ? `object type ${value.object.type}` : `a ${value.type}`;
  throw new EngineError('procedure-failed', `Configuration_Files[${i + 1}] is ${what}, not a File object`);
}

/** A file that is listed twice is copied once, at its first place. */
function withoutRepeats(session: Session, files: readonly ObjectId[]): readonly ObjectId[] {
  const seen = new Set<number>();
  return files.filter(({ instance }) => {
    const first = !seen.has(instance);
    seen.add(instance);
    if (!first) session.deviation(`Configuration_Files lists file ${instance} more than once`);
    return first;
  });
}
