// DeleteObject (clause 15.4). Its answer is a SimpleACK, which has no payload.
//
// DeleteObject-Request ::= SEQUENCE { object-identifier }

import { readApplication, writeApplication } from '../wire/fields.js';
import { OBJECT_ID } from '../wire/primitives.js';
import type { ObjectId } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import { encodeWith } from '../wire/writer.js';

export interface DeleteObjectRequest {
  readonly object: ObjectId;
}

/** Encodes the service payload; EncodeError for an identifier out of range. */
export function encodeDeleteObjectRequest({ object }: DeleteObjectRequest): Uint8Array {
  return encodeWith((writer) => writeApplication(writer, OBJECT_ID, object));
}

/** Decodes the service payload; DecodeError when it is not exactly one request. */
export function decodeDeleteObjectRequest(payload: Uint8Array): DeleteObjectRequest {
  return decodeAll(payload, 'DeleteObject request', (reader) => ({
    object: readApplication(reader, OBJECT_ID, 'object identifier'),
  }));
}
