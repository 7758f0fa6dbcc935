// ReadProperty (clause 15.5).
//
// ReadProperty-Request ::= SEQUENCE {
//   object-identifier [0], property-identifier [1], property-array-index [2] OPTIONAL }
// ReadProperty-ACK ::= the same, and property-value [3]

import { readContext, writeContext } from '../wire/fields.js';
import { OBJECT_ID } from '../wire/primitives.js';
import type { ObjectId } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import type { Reader } from '../wire/reader.js';
import type { BacnetValue } from '../wire/values.js';
import { encodeWith } from '../wire/writer.js';
import type { Writer } from '../wire/writer.js';
import { readPropertyReference, readPropertyValues } from './property-fields.js';
import { writePropertyReference, writePropertyValues } from './property-fields.js';
import type { PropertyReference } from './property-fields.js';

export interface ReadPropertyRequest extends PropertyReference {
  /** Device instance 4194303 stands for whichever device this reaches (clause 15.5.2). */
  readonly object: ObjectId;
}

export interface ReadPropertyAck extends ReadPropertyRequest {
  /** One value, or as many as an array or list has; none for an empty list. */
  readonly values: readonly BacnetValue[];
}

/** Encodes the service payload; EncodeError for identifiers out of range. */
export function encodeReadPropertyRequest(request: ReadPropertyRequest): Uint8Array {
  return encodeWith((writer) => writeTarget(writer, request));
}

/** Decodes the service payload; DecodeError when it is not exactly one request. */
export function decodeReadPropertyRequest(payload: Uint8Array): ReadPropertyRequest {
  return decodeAll(payload, 'ReadProperty request', readTarget);
}

/** Encodes the service payload; EncodeError for values out of range. */
export function encodeReadPropertyAck(ack: ReadPropertyAck): Uint8Array {
  return encodeWith((writer) => {
    writeTarget(writer, ack);
    writePropertyValues(writer, 3, ack.values);
  });
}

/** Decodes the service payload; DecodeError when it is not exactly one acknowledgement. */
export function decodeReadPropertyAck(payload: Uint8Array): ReadPropertyAck {
  return decodeAll(payload, 'ReadProperty acknowledgement', (reader) => {
    const target = readTarget(reader);
    return { ...target, values: readPropertyValues(reader, 3) };
  });
}

function readTarget(reader: Reader): ReadPropertyRequest {
  const object = readContext(reader, 0, OBJECT_ID, 'object identifier');
  return { object, ...readPropertyReference(reader, 1) };
}

function writeTarget(writer: Writer, target: ReadPropertyRequest): void {
  writeContext(writer, 0, OBJECT_ID, target.object);
  writePropertyReference(writer, 1, target);
}
