// Who-Is (clause 16.10): who is there, of all devices or of a range of instances.
//
// Who-Is-Request ::= SEQUENCE {
//   device-instance-range-low-limit [0] Unsigned OPTIONAL,   -- both or neither
//   device-instance-range-high-limit [1] Unsigned OPTIONAL }

import { EncodeError } from '../errors.js';
import { INSTANCE_MAX } from '../limits.js';
import { readContext, writeContext } from '../wire/fields.js';
import { UNSIGNED } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import type { Reader } from '../wire/reader.js';
import { encodeWith, requireWhole } from '../wire/writer.js';

/** Device instances 0..4194303, both ends included; both limits or neither, which asks everyone. */
export interface WhoIsRequest {
  readonly low?: number;
  readonly high?: number;
}

/** Encodes the service payload; EncodeError for half a range, or one that ends before it begins. */
export function encodeWhoIsRequest({ low, high }: WhoIsRequest): Uint8Array {
  if (low === undefined && high === undefined) return new Uint8Array(0);
  if (low === undefined || high === undefined) throw new EncodeError('Who-Is needs both limits or neither');
  requireWhole(high, INSTANCE_MAX, 'high limit of device instances');
  requireWhole(low, high, 'low limit of device instances');
  return encodeWith((writer) => {
    writeContext(writer, 0, UNSIGNED, low);
    writeContext(writer, 1, UNSIGNED, high);
  });
}

/** Decodes the service payload; DecodeError when it is not exactly one request. */
export function decodeWhoIsRequest(payload: Uint8Array): WhoIsRequest {
  return decodeAll(payload, 'Who-Is request', (reader) => {
    if (reader.atEnd) return {};
    const low = readLimit(reader, 0, 'low limit of device instances');
    return { low, high: readLimit(reader, 1, 'high limit of device instances') };
  });
}

function readLimit(reader: Reader, tag: number, what: string): number {
  const start = reader.position;
  const limit = readContext(reader, tag, UNSIGNED, what);
  if (limit > INSTANCE_MAX) reader.fail(`${what} is ${limit}, more than ${INSTANCE_MAX}`, start);
  return limit;
}
