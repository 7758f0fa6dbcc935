// Reads an array of the Device object: as a whole where it fits one answer, else element by element
// (protocol facts 1.1). It judges no element, and asks for no more of them than the caller can use.

import { type BacnetValue, type Refusal, refusalWords } from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { askPatiently, askPersistently, isTooLarge, numberOf } from '../transfer/index.js';
import type { Session } from './session.js';

/** What came of reading an array. */
export type ArrayReading =
  | { readonly kind: 'values'; readonly values: readonly BacnetValue[] }
  /** It has more elements than the limit, and can only be read one by one; or its number makes no sense. */
  | { readonly kind: 'count'; readonly count: number | undefined }
  /** An element that holds nothing. */
  | { readonly kind: 'empty'; readonly index: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Reads the array; one by one at most `elementsMax` elements. Rejects `cancelled` alone. */
export async function readDeviceArray(
  session: Session,
  property: number,
  name: string,
  elementsMax: number,
): Promise<ArrayReading> {
  if (session.arraysByIndex.has(property)) {
    const known = await readByIndex(session, property, elementsMax);
    if (known.kind !== 'refused') return known;
    // What was known of it does not hold here.
    session.arraysByIndex.delete(property);
  }
  const whole = await askPatiently(session, () => session.read(session.object, property));
  if (whole.ok) return { kind: 'values', values: whole.value };
  if (!needsIndexes(whole.refusal)) return { kind: 'refused', refusal: whole.refusal };
  session.repeated(2, `${name} as a whole: ${refusalWords(whole.refusal)}`);
  const reading = await readByIndex(session, property, elementsMax);
  if (reading.kind !== 'refused') session.arraysByIndex.add(property);
  return reading;
}

async function readByIndex(session: Session, property: number, elementsMax: number): Promise<ArrayReading> {
  const first = await readElement(session, property, 0);
  if (!first.ok) return { kind: 'refused', refusal: first.refusal };
  const count = numberOf(first.value);
  if (count === undefined || count > elementsMax) return { kind: 'count', count };
  const values: BacnetValue[] = [];
  for (let index = 1; index <= count; index += 1) {
    const reply = await readElement(session, property, index);
    if (!reply.ok) return { kind: 'refused', refusal: reply.refusal };
    const [value] = reply.value;
    if (value === undefined) return { kind: 'empty', index };
    values.push(value);
  }
  return { kind: 'values', values };
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

function readElement(session: Session, property: number, index: number): Promise<Reply<BacnetValue[]>> {
  return askPersistently(session, () => session.read(session.object, property, { index }));
}
