// WriteProperty (clause 15.9). Its answer is a SimpleACK, which has no payload.
//
// WriteProperty-Request ::= SEQUENCE {
//   object-identifier [0], property-identifier [1], property-array-index [2] OPTIONAL,
//   property-value [3], priority [4] Unsigned (1..16) OPTIONAL }

import { readContext, writeContext } from '../wire/fields.js';
import { OBJECT_ID } from '../wire/primitives.js';
import type { ObjectId } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import { encodeWith } from '../wire/writer.js';
import { readPriority, readPropertyReference, readPropertyValues } from './property-fields.js';
import { writePriority, writePropertyReference, writePropertyValues } from './property-fields.js';
import type { PropertyValue } from './property-fields.js';

export interface WritePropertyRequest extends PropertyValue {
  readonly object: ObjectId;
}

/** Encodes the service payload; EncodeError for values out of range. */
export function encodeWritePropertyRequest(request: WritePropertyRequest): Uint8Array {
  return encodeWith((writer) => {
    writeContext(writer, 0, OBJECT_ID, request.object);
    writePropertyReference(writer, 1, request);
    writePropertyValues(writer, 3, request.values);
    writePriority(writer, 4, request.priority);
  });
}

/** Decodes the service payload; DecodeError when it is not exactly one request. */
export function decodeWritePropertyRequest(payload: Uint8Array): WritePropertyRequest {
  return decodeAll(payload, 'WriteProperty request', (reader) => {
    const object = readContext(reader, 0, OBJECT_ID, 'object identifier');
    const reference = readPropertyReference(reader, 1);
    const values = readPropertyValues(reader, 3);
    return { object, ...reference, values, ...readPriority(reader, 4) };
  });
}
