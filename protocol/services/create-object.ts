// CreateObject (clause 15.3). Its error has a form of its own: see error.ts.
//
// CreateObject-Request ::= SEQUENCE {
//   object-specifier [0] CHOICE { object-type [0] ENUMERATED, object-identifier [1] },
//   list-of-initial-values [1] SEQUENCE OF BACnetPropertyValue OPTIONAL }
// CreateObject-ACK ::= BACnetObjectIdentifier

import { OBJECT_TYPE_MAX } from '../limits.js';
import { failUnexpected, nextIs, readApplication, readConstructed, readContext } from '../wire/fields.js';
import { readListUntilClosing, writeApplication, writeConstructed, writeContext } from '../wire/fields.js';
import { ENUMERATED, OBJECT_ID } from '../wire/primitives.js';
import type { ObjectId } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import type { Reader } from '../wire/reader.js';
import { encodeWith, requireWhole } from '../wire/writer.js';
import { readPropertyValue, writePropertyValue } from './property-fields.js';
import type { PropertyValue } from './property-fields.js';

/** By identifier the instance is ours to choose; by type the device chooses it. */
export type ObjectSpecifier = { readonly object: ObjectId } | { readonly objectType: number };

export type CreateObjectRequest = ObjectSpecifier & {
  readonly initialValues?: readonly PropertyValue[];
};

/** The object that there is now. */
export type CreateObjectAck = ObjectId;

/** Encodes the service payload; EncodeError for identifiers and values out of range. */
export function encodeCreateObjectRequest(request: CreateObjectRequest): Uint8Array {
  return encodeWith((writer) => {
    writeConstructed(writer, 0, () => {
      if ('object' in request) writeContext(writer, 1, OBJECT_ID, request.object);
      else
        writeContext(writer, 0, ENUMERATED, requireWhole(request.objectType, OBJECT_TYPE_MAX, 'object type'));
    });
    const { initialValues } = request;
    if (initialValues === undefined) return;
    writeConstructed(writer, 1, () => {
      for (const value of initialValues) writePropertyValue(writer, value);
    });
  });
}

/** Decodes the service payload; DecodeError when it is not exactly one request. */
export function decodeCreateObjectRequest(payload: Uint8Array): CreateObjectRequest {
  return decodeAll(payload, 'CreateObject request', readRequest);
}

/**
 * Decodes requests one after the other to the last octet, as bacnet-stack keeps a device's objects in its
 * configuration file; DecodeError when they are not exactly such a row.
 */
export function decodeCreateObjectRequests(octets: Uint8Array): CreateObjectRequest[] {
  return decodeAll(octets, 'CreateObject requests', (reader) => {
    const requests: CreateObjectRequest[] = [];
    while (!reader.atEnd) requests.push(readRequest(reader));
    return requests;
  });
}

function readRequest(reader: Reader): CreateObjectRequest {
  const specifier = readConstructed(reader, 0, 'object specifier', readSpecifier);
  if (!nextIs(reader, 'opening', 1, 'initial values')) return specifier;
  const initialValues = readConstructed(reader, 1, 'initial values', () =>
    readListUntilClosing(reader, 1, 'initial values', readPropertyValue),
  );
  return { ...specifier, initialValues };
}

function readSpecifier(reader: Reader): ObjectSpecifier {
  if (nextIs(reader, 'context', 1, 'object specifier')) {
    return { object: readContext(reader, 1, OBJECT_ID, 'object identifier') };
  }
  if (!nextIs(reader, 'context', 0, 'object specifier')) {
    failUnexpected(reader, 'context tag 0 or 1', 'object specifier');
  }
  const start = reader.position;
  const objectType = readContext(reader, 0, ENUMERATED, 'object type');
  if (objectType > OBJECT_TYPE_MAX) reader.fail(`object type ${objectType} cannot be`, start);
  return { objectType };
}

/** Encodes the service payload; EncodeError for an identifier out of range. */
export function encodeCreateObjectAck(object: CreateObjectAck): Uint8Array {
  return encodeWith((writer) => writeApplication(writer, OBJECT_ID, object));
}

/** Decodes the service payload; DecodeError when it is not exactly one identifier. */
export function decodeCreateObjectAck(payload: Uint8Array): CreateObjectAck {
  return decodeAll(payload, 'CreateObject acknowledgement', (reader) =>
    readApplication(reader, OBJECT_ID, 'object identifier'),
  );
}
