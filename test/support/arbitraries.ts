// Arbitrary values of everything that the codecs of protocol/ can write, for round trips with fast-check:
// within the ranges of the standard, and at their edges more often than elsewhere.

import fc from 'fast-check';
import type {
  Apdu,
  BacnetValue,
  Bvll,
  CreateObjectRequest,
  ErrorContent,
  FilePart,
  IAmRequest,
  NetworkMessage,
  Npdu,
  ObjectId,
  PropertyReference,
  PropertyValue,
  ReadFileAck,
  ReadFileRequest,
  ReadPropertyAck,
  ReadPropertyMultipleAck,
  ReadPropertyMultipleRequest,
  ReadPropertyRequest,
  ReinitializeDeviceRequest,
  WhoIsRequest,
  WriteFileAck,
  WriteFileRequest,
  WritePropertyRequest,
} from '../../protocol/index.js';

const octet = fc.integer({ min: 0, max: 255 });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const unsigned = fc.oneof(octet, uint16, fc.integer({ min: 0, max: 0xffffffff }), fc.maxSafeNat());
const integer = fc.oneof(fc.integer({ min: -129, max: 129 }), fc.integer(), fc.maxSafeInteger());
const text = fc.string({ unit: 'grapheme', maxLength: 40 });

/** Octets around the lengths at which the tag takes another form. */
export const octets: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 250, maxLength: 258 }) },
);

/** Leaves out the keys that are undefined, as exact optional properties want it. */
function exact<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }, required: (keyof T)[]): fc.Arbitrary<T> {
  return fc.record(model, { requiredKeys: required, noNullPrototype: true });
}

export const objectId: fc.Arbitrary<ObjectId> = fc.record(
  {
    type: fc.oneof(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 1023 })),
    instance: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 4194303 })),
  },
  { noNullPrototype: true },
);

const number = fc.oneof(
  fc.record({ type: fc.constant('unsigned' as const), value: unsigned }),
  fc.record({ type: fc.constant('enumerated' as const), value: unsigned }),
  fc.record({ type: fc.constant('integer' as const), value: integer }),
  fc.record({ type: fc.constant('real' as const), value: fc.float() }),
  fc.record({ type: fc.constant('double' as const), value: fc.double() }),
);

const string = fc.oneof(
  fc.record({ type: fc.constant('octet-string' as const), octets }),
  fc.record({ type: fc.constant('character-string' as const), text }),
  fc.record({ type: fc.constant('character-string' as const), text, charset: fc.constant(4 as const) }),
  fc.record({
    type: fc.constant('character-string' as const),
    text: fc.array(octet, { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
    charset: fc.constant(5 as const),
  }),
  fc.record({
    type: fc.constant('foreign-string' as const),
    charset: fc.constantFrom(1, 2, 3, 6, 255),
    octets,
  }),
);

const plain = fc.oneof(
  fc.record({ type: fc.constant('null' as const) }),
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('bit-string' as const), bits: fc.array(fc.boolean(), { maxLength: 50 }) }),
  fc.record({
    type: fc.constant('date' as const),
    year: fc.oneof(fc.constant(255), fc.integer({ min: 1900, max: 2154 })),
    month: octet,
    day: octet,
    weekday: octet,
  }),
  fc.record({
    type: fc.constant('time' as const),
    hour: octet,
    minute: octet,
    second: octet,
    hundredths: octet,
  }),
  fc.record({ type: fc.constant('object-identifier' as const), object: objectId }),
  fc.record({ type: fc.constant('opaque' as const), tag: fc.integer({ min: 13, max: 254 }), octets }),
  fc.record({ type: fc.constant('context' as const), tag: fc.integer({ min: 0, max: 254 }), octets }),
);

/** Any value, with nesting. */
export const value: fc.Arbitrary<BacnetValue> = fc.letrec<{ value: BacnetValue }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, number, string, plain, {
    arbitrary: fc.record({
      type: fc.constant('constructed' as const),
      tag: fc.integer({ min: 0, max: 254 }),
      values: fc.array(tie('value'), { maxLength: 4 }),
    }),
    weight: 1,
  }),
})).value;

export const values = fc.array(value, { maxLength: 6 });

const segment = fc.record({ sequence: octet, window: octet, moreFollows: fc.boolean() });
const payload = octets;

export const apdu: fc.Arbitrary<Apdu> = fc.oneof(
  exact<Extract<Apdu, { type: 'confirmed-request' }>>(
    {
      type: fc.constant('confirmed-request'),
      invokeId: octet,
      service: octet,
      segment,
      segmentedAnswerAccepted: fc.boolean(),
      maxSegments: fc.constantFrom(2, 4, 8, 16, 32, 64, 65),
      maxApdu: fc.constantFrom(50, 128, 206, 480, 1024, 1476),
      payload,
    },
    ['type', 'invokeId', 'service', 'segmentedAnswerAccepted', 'maxApdu', 'payload'],
  ),
  fc.record({ type: fc.constant('unconfirmed-request' as const), service: octet, payload }),
  fc.record({ type: fc.constant('simple-ack' as const), invokeId: octet, service: octet }),
  exact<Extract<Apdu, { type: 'complex-ack' }>>(
    { type: fc.constant('complex-ack'), invokeId: octet, service: octet, segment, payload },
    ['type', 'invokeId', 'service', 'payload'],
  ),
  fc.record({
    type: fc.constant('segment-ack' as const),
    negative: fc.boolean(),
    server: fc.boolean(),
    invokeId: octet,
    sequence: octet,
    window: octet,
  }),
  fc.record({ type: fc.constant('error' as const), invokeId: octet, service: octet, payload }),
  fc.record({ type: fc.constant('reject' as const), invokeId: octet, reason: octet }),
  fc.record({ type: fc.constant('abort' as const), server: fc.boolean(), invokeId: octet, reason: octet }),
);

const mac = fc.uint8Array({ minLength: 1, maxLength: 7 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const network = fc.integer({ min: 1, max: 65534 });
const networks = fc.array(uint16, { maxLength: 5 });

export const networkMessage: fc.Arbitrary<NetworkMessage> = fc.oneof(
  exact<Extract<NetworkMessage, { kind: 'who-is-router-to-network' }>>(
    { kind: fc.constant('who-is-router-to-network'), network: uint16 },
    ['kind'],
  ),
  fc.record({
    kind: fc.constantFrom(
      'i-am-router-to-network' as const,
      'router-busy-to-network' as const,
      'router-available-to-network' as const,
    ),
    networks,
  }),
  fc.record({ kind: fc.constant('reject-message-to-network' as const), reason: octet, network: uint16 }),
  fc.record({ kind: fc.constant('what-is-network-number' as const) }),
  fc.record({ kind: fc.constant('network-number-is' as const), network: uint16, configured: fc.boolean() }),
  fc.record({ kind: fc.constant('other' as const), type: fc.constantFrom(2, 6, 7, 8, 9, 20, 127), octets }),
  fc.record({
    kind: fc.constant('other' as const),
    type: fc.integer({ min: 128, max: 255 }),
    vendorId: uint16,
    octets,
  }),
);

const content: fc.Arbitrary<Npdu['content']> = fc.oneof(
  fc.record({ kind: fc.constant('apdu' as const), apdu: octets }),
  fc.record({ kind: fc.constant('network-message' as const), message: networkMessage }),
);

export const npdu: fc.Arbitrary<Npdu> = fc
  .record({
    head: exact<Pick<Npdu, 'priority' | 'expectingReply' | 'source' | 'content'>>(
      {
        priority: fc.integer({ min: 0, max: 3 }),
        expectingReply: fc.boolean(),
        source: fc.record({ network, mac }),
        content,
      },
      ['priority', 'expectingReply', 'content'],
    ),
    to: fc.option(
      fc.record({
        destination: fc.record({
          network: fc.integer({ min: 1, max: 65535 }),
          mac: fc.oneof(mac, fc.constant('')),
        }),
        hopCount: octet,
      }),
      { nil: undefined },
    ),
  })
  .map(({ head, to }) => ({ ...head, ...to }));

const link = fc.record({ host: fc.ipV4(), port: uint16 }).map(({ host, port }) => `${host}:${port}`);

export const bvll: fc.Arbitrary<Bvll> = fc.oneof(
  fc.record({ kind: fc.constant('result' as const), code: uint16 }),
  fc.record({
    kind: fc.constantFrom('write-bdt' as const, 'read-bdt-ack' as const),
    entries: fc.array(fc.record({ address: link, mask: fc.ipV4() }), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constantFrom('read-bdt' as const, 'read-fdt' as const) }),
  fc.record({ kind: fc.constant('forwarded-npdu' as const), origin: link, npdu: octets }),
  fc.record({ kind: fc.constant('register-foreign-device' as const), ttlSeconds: uint16 }),
  fc.record({
    kind: fc.constant('read-fdt-ack' as const),
    entries: fc.array(fc.record({ address: link, ttlSeconds: uint16, remainingSeconds: uint16 }), {
      maxLength: 4,
    }),
  }),
  fc.record({ kind: fc.constant('delete-fdt-entry' as const), address: link }),
  fc.record({
    kind: fc.constantFrom(
      'distribute-broadcast' as const,
      'original-unicast' as const,
      'original-broadcast' as const,
    ),
    npdu: octets,
  }),
  fc.record({ kind: fc.constant('other' as const), function: fc.integer({ min: 12, max: 255 }), octets }),
);

const propertyId = fc.oneof(octet, fc.integer({ min: 0, max: 4194400 }));
const index = fc.oneof(fc.integer({ min: 0, max: 3 }), unsigned);

export const propertyReference = exact<PropertyReference>({ property: propertyId, index }, ['property']);

export const propertyValue = exact<PropertyValue>(
  { property: propertyId, index, values, priority: fc.integer({ min: 1, max: 16 }) },
  ['property', 'values'],
);

const file = objectId;
const start = integer;

const filePart: fc.Arbitrary<FilePart> = fc.oneof(
  fc.record({ access: fc.constant('stream' as const), start, octets }),
  fc.record({ access: fc.constant('record' as const), start, records: fc.array(octets, { maxLength: 6 }) }),
);

const limit = fc.integer({ min: 0, max: 4194303 });
const errorPair = fc.record({ errorClass: uint16, errorCode: uint16 });

/** Requests and acknowledgements by the names of test/support/dissect.ts. */
export const services = {
  readPropertyRequest: exact<ReadPropertyRequest>({ object: objectId, property: propertyId, index }, [
    'object',
    'property',
  ]),
  readPropertyAck: exact<ReadPropertyAck>({ object: objectId, property: propertyId, index, values }, [
    'object',
    'property',
    'values',
  ]),
  readPropertyMultipleRequest: fc.record({
    specs: fc.array(
      fc.record({
        object: objectId,
        properties: fc.array(propertyReference, { minLength: 1, maxLength: 5 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }) as fc.Arbitrary<ReadPropertyMultipleRequest>,
  readPropertyMultipleAck: fc.record({
    results: fc.array(
      fc.record({
        object: objectId,
        properties: fc.array(
          fc
            .record({ reference: propertyReference, result: fc.oneof(fc.record({ values }), errorPair) })
            .map(({ reference, result }) => ({ ...reference, ...result })),
          { maxLength: 4 },
        ),
      }),
      { maxLength: 4 },
    ),
  }) as fc.Arbitrary<ReadPropertyMultipleAck>,
  writePropertyRequest: fc
    .record({ object: objectId, write: propertyValue })
    .map(({ object, write }): WritePropertyRequest => ({ object, ...write })),
  reinitializeDeviceRequest: exact<ReinitializeDeviceRequest>(
    {
      state: fc.integer({ min: 0, max: 7 }),
      password: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    },
    ['state'],
  ),
  readFileRequest: fc.record({
    file,
    access: fc.constantFrom('stream' as const, 'record' as const),
    start,
    count: unsigned,
  }) as fc.Arbitrary<ReadFileRequest>,
  readFileAck: fc
    .record({ part: filePart, endOfFile: fc.boolean() })
    .map(({ part, endOfFile }): ReadFileAck => ({ ...part, endOfFile })),
  writeFileRequest: fc
    .record({ part: filePart, file })
    .map(({ part, file: object }): WriteFileRequest => ({ ...part, file: object })),
  writeFileAck: fc.record({
    access: fc.constantFrom('stream' as const, 'record' as const),
    start,
  }) as fc.Arbitrary<WriteFileAck>,
  createObjectRequest: fc
    .record({
      specifier: fc.oneof(
        fc.record({ object: objectId }),
        fc.record({ objectType: fc.integer({ min: 0, max: 1023 }) }),
      ),
      rest: exact<{ initialValues: PropertyValue[] }>(
        { initialValues: fc.array(propertyValue, { maxLength: 4 }) },
        [],
      ),
    })
    .map(({ specifier, rest }): CreateObjectRequest => ({ ...specifier, ...rest })),
  createObjectAck: objectId,
  deleteObjectRequest: fc.record({ object: objectId }),
  whoIsRequest: fc.oneof(
    fc.constant<WhoIsRequest>({}),
    fc.tuple(limit, limit).map(([a, b]): WhoIsRequest => ({ low: Math.min(a, b), high: Math.max(a, b) })),
  ),
  iAmRequest: fc.record({
    device: limit,
    maxApdu: fc.oneof(fc.constantFrom(50, 128, 206, 480, 1024, 1476), fc.integer({ min: 1, max: 0xffff })),
    segmentation: fc.constantFrom('both' as const, 'transmit' as const, 'receive' as const, 'none' as const),
    vendorId: uint16,
  }) as fc.Arbitrary<IAmRequest>,
  error: errorPair as fc.Arbitrary<ErrorContent>,
  elementError: fc
    .record({ pair: errorPair, firstFailedElement: unsigned })
    .map(({ pair, firstFailedElement }): ErrorContent => ({ ...pair, firstFailedElement })),
} as const;
