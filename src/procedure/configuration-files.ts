// Reads Configuration_Files (clause 12.11, property 154) once the device is ready: it decides which files
// an image has, and in which order. An entry that is no File object is an error, not something to skip.

import {
  type BacnetValue,
  type ObjectId,
  ObjectType,
  PropertyId,
  type Refusal,
  refusalWords,
} from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { EngineError } from '../errors.js';
import { askPatiently, askPersistently, isTooLarge, numberOf, refusalCode } from '../transfer/index.js';
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

async function readList(session: Session): Promise<readonly BacnetValue[]> {
  const whole = await askPatiently(session, () =>
    session.read(session.object, PropertyId.configurationFiles),
  );
  if (whole.ok) return whole.value;
  if (!needsIndexes(whole.refusal)) throw unreadable(whole.refusal);
  session.repeated(2, `Configuration_Files as a whole: ${refusalWords(whole.refusal)}`);
  const count = numberOf(required(await readElement(session, 0)));
  if (count === undefined || count > FILES_MAX) {
    throw new EngineError('procedure-failed', `Configuration_Files has no believable number of elements`);
  }
  const values: BacnetValue[] = [];
  for (let index = 1; index <= count; index += 1) {
    const [value] = required(await readElement(session, index));
    if (value === undefined)
      throw new EngineError('procedure-failed', `Configuration_Files[${index}] is empty`);
    values.push(value);
  }
  return values;
}

/** The whole array does not fit one answer, or the answer did not get through. */
function needsIndexes(refusal: Refusal): boolean {
  return (
    isTooLarge(refusal, true) ||
    refusal.kind === 'timeout' ||
    refusal.kind === 'malformed' ||
    refusal.kind === 'abort'
  );
}

function readElement(session: Session, index: number): Promise<Reply<BacnetValue[]>> {
  return askPersistently(session, () =>
    session.read(session.object, PropertyId.configurationFiles, { index }),
  );
}

function required(reply: Reply<BacnetValue[]>): readonly BacnetValue[] {
  if (reply.ok) return reply.value;
  throw unreadable(reply.refusal);
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
