// ReadPropertyMultiple (clause 15.7).
//
// Request ::= SEQUENCE OF { object-identifier [0], list-of-property-references [1] SEQUENCE OF {
//   property-identifier [0], property-array-index [1] OPTIONAL } }
// ACK ::= SEQUENCE OF { object-identifier [0], list-of-results [1] SEQUENCE OF {
//   property-identifier [2], property-array-index [3] OPTIONAL,
//   CHOICE { property-value [4], property-access-error [5] Error } } }

import { EncodeError } from '../errors.js';
import { failUnexpected, nextIs, readConstructed, readContext } from '../wire/fields.js';
import { readListUntilClosing, writeConstructed, writeContext } from '../wire/fields.js';
import { OBJECT_ID } from '../wire/primitives.js';
import type { ObjectId } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import type { Reader } from '../wire/reader.js';
import type { BacnetValue } from '../wire/values.js';
import { encodeWith } from '../wire/writer.js';
import type { Writer } from '../wire/writer.js';
import { readErrorPair, writeErrorPair } from './error-fields.js';
import type { ErrorPair } from './error-fields.js';
import { readPropertyReference, readPropertyValues } from './property-fields.js';
import { writePropertyReference, writePropertyValues } from './property-fields.js';
import type { PropertyReference } from './property-fields.js';

/** What to read of one object. */
export interface ReadAccessSpec {
  readonly object: ObjectId;
  /** At least one; the property identifiers all, required and optional stand for many. */
  readonly properties: readonly PropertyReference[];
}

export interface ReadPropertyMultipleRequest {
  /** At least one. */
  readonly specs: readonly ReadAccessSpec[];
}

/** One property of an answer: what it is, or why it could not be read. */
export type PropertyResult = PropertyReference & ({ readonly values: readonly BacnetValue[] } | ErrorPair);

export interface ReadAccessResult {
  readonly object: ObjectId;
  readonly properties: readonly PropertyResult[];
}

export interface ReadPropertyMultipleAck {
  readonly results: readonly ReadAccessResult[];
}

/** Encodes the service payload; EncodeError for identifiers out of range or a request of nothing. */
export function encodeReadPropertyMultipleRequest(request: ReadPropertyMultipleRequest): Uint8Array {
  if (request.specs.length === 0 || request.specs.some(({ properties }) => properties.length === 0)) {
    throw new EncodeError('ReadPropertyMultiple of no property');
  }
  return encodeWith((writer) => {
    for (const { object, properties } of request.specs) {
      writeObjectAndList(writer, object, properties, (property) =>
        writePropertyReference(writer, 0, property),
      );
    }
  });
}

/** Decodes the service payload; DecodeError when it is not exactly one request. */
export function decodeReadPropertyMultipleRequest(payload: Uint8Array): ReadPropertyMultipleRequest {
  return decodeAll(payload, 'ReadPropertyMultiple request', (reader) => {
    const specs = readObjectsAndLists(reader, () => readPropertyReference(reader, 0));
    if (specs.length === 0 || specs.some(({ properties }) => properties.length === 0)) {
      reader.fail('no property is asked for');
    }
    return { specs };
  });
}

/** Encodes the service payload; EncodeError for values out of range. */
export function encodeReadPropertyMultipleAck(ack: ReadPropertyMultipleAck): Uint8Array {
  return encodeWith((writer) => {
    for (const { object, properties } of ack.results) {
      writeObjectAndList(writer, object, properties, (result) => writeResult(writer, result));
    }
  });
}

/** Decodes the service payload; DecodeError when it is not exactly one acknowledgement. */
export function decodeReadPropertyMultipleAck(payload: Uint8Array): ReadPropertyMultipleAck {
  return decodeAll(payload, 'ReadPropertyMultiple acknowledgement', (reader) => ({
    results: readObjectsAndLists(reader, () => readResult(reader)),
  }));
}

function readResult(reader: Reader): PropertyResult {
  const reference = readPropertyReference(reader, 2);
  if (nextIs(reader, 'opening', 4, 'result')) return { ...reference, values: readPropertyValues(reader, 4) };
  if (!nextIs(reader, 'opening', 5, 'result')) failUnexpected(reader, 'opening tag 4 or 5', 'result');
  return { ...reference, ...readConstructed(reader, 5, 'property access error', readErrorPair) };
}

function writeResult(writer: Writer, result: PropertyResult): void {
  writePropertyReference(writer, 2, result);
  if ('values' in result) writePropertyValues(writer, 4, result.values);
  else writeConstructed(writer, 5, () => writeErrorPair(writer, result));
}

function readObjectsAndLists<T>(
  reader: Reader,
  element: (reader: Reader) => T,
): { readonly object: ObjectId; readonly properties: T[] }[] {
  const objects: { readonly object: ObjectId; readonly properties: T[] }[] = [];
  while (!reader.atEnd) {
    const object = readContext(reader, 0, OBJECT_ID, 'object identifier');
    const properties = readConstructed(reader, 1, 'list of properties', () =>
      readListUntilClosing(reader, 1, 'list of properties', element),
    );
    objects.push({ object, properties });
  }
  return objects;
}

function writeObjectAndList<T>(
  writer: Writer,
  object: ObjectId,
  list: readonly T[],
  write: (element: T) => void,
): void {
  writeContext(writer, 0, OBJECT_ID, object);
  writeConstructed(writer, 1, () => {
    for (const element of list) write(element);
  });
}
