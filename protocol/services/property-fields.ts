// The parts that the property services share: a property with its array index, a value between tags,
// and BACnetPropertyValue. Tag numbers differ from service to service and are always given.

import { ENUMERATED, UNSIGNED } from '../wire/primitives.js';
import { readConstructed, readContext, readOptional } from '../wire/fields.js';
import { writeConstructed, writeContext, writeOptional } from '../wire/fields.js';
import type { Reader } from '../wire/reader.js';
import { readValues, writeValues } from '../wire/values.js';
import type { BacnetValue } from '../wire/values.js';
import { EncodeError } from '../errors.js';
import type { Writer } from '../wire/writer.js';

/** A property, or with `index` one element of it; index 0 is the number of elements. */
export interface PropertyReference {
  readonly property: number;
  readonly index?: number;
}

/** BACnetPropertyValue (clause 21): a property and what it is, or shall be. */
export interface PropertyValue extends PropertyReference {
  readonly values: readonly BacnetValue[];
  /** Command priority 1..16. */
  readonly priority?: number;
}

/** Takes [tag] property-identifier and [tag + 1] property-array-index OPTIONAL. */
export function readPropertyReference(reader: Reader, tag: number): PropertyReference {
  const property = readContext(reader, tag, ENUMERATED, 'property identifier');
  const index = readOptional(reader, tag + 1, UNSIGNED, 'array index');
  return { property, ...(index !== undefined && { index }) };
}

export function writePropertyReference(writer: Writer, tag: number, reference: PropertyReference): void {
  writeContext(writer, tag, ENUMERATED, reference.property);
  writeOptional(writer, tag + 1, UNSIGNED, reference.index);
}

/** Takes the value between opening and closing `tag`. */
export function readPropertyValues(reader: Reader, tag: number): BacnetValue[] {
  return readConstructed(reader, tag, 'property value', () => readValues(reader, 'property value'));
}

export function writePropertyValues(writer: Writer, tag: number, values: readonly BacnetValue[]): void {
  writeConstructed(writer, tag, () => writeValues(writer, values));
}

/** Takes [tag] priority OPTIONAL, 1..16. */
export function readPriority(reader: Reader, tag: number): { readonly priority?: number } {
  const start = reader.position;
  const priority = readOptional(reader, tag, UNSIGNED, 'priority');
  if (priority === undefined) return {};
  if (!isPriority(priority)) reader.fail(`priority ${priority} is not in 1..16`, start);
  return { priority };
}

export function writePriority(writer: Writer, tag: number, priority: number | undefined): void {
  if (priority !== undefined && !isPriority(priority)) {
    throw new EncodeError(`priority ${priority} is not in 1..16`);
  }
  writeOptional(writer, tag, UNSIGNED, priority);
}

function isPriority(priority: number): boolean {
  return Number.isInteger(priority) && priority >= 1 && priority <= 16;
}

/** Takes one BACnetPropertyValue: [0] property, [1] index, [2] value, [3] priority. */
export function readPropertyValue(reader: Reader): PropertyValue {
  const reference = readPropertyReference(reader, 0);
  const values = readPropertyValues(reader, 2);
  return { ...reference, values, ...readPriority(reader, 3) };
}

export function writePropertyValue(writer: Writer, value: PropertyValue): void {
  writePropertyReference(writer, 0, value);
  writePropertyValues(writer, 2, value.values);
  writePriority(writer, 3, value.priority);
}
