// Takes datagrams apart through every layer that protocol/ has, and puts them together again from the
// parts alone, so that a test can say "this frame means that, and that is written as this frame".

import {
  decodeApdu,
  decodeBvll,
  decodeCreateObjectAck,
  decodeCreateObjectRequest,
  decodeDeleteObjectRequest,
  decodeErrorPayload,
  decodeIAmRequest,
  decodeNpdu,
  decodeReadFileAck,
  decodeReadFileRequest,
  decodeReadPropertyAck,
  decodeReadPropertyMultipleAck,
  decodeReadPropertyMultipleRequest,
  decodeReadPropertyRequest,
  decodeReinitializeDeviceRequest,
  decodeValues,
  decodeWhoIsRequest,
  decodeWriteFileAck,
  decodeWriteFileRequest,
  decodeWritePropertyRequest,
  encodeApdu,
  encodeBvll,
  encodeCreateObjectAck,
  encodeCreateObjectRequest,
  encodeDeleteObjectRequest,
  encodeErrorPayload,
  encodeIAmRequest,
  encodeNpdu,
  encodeReadFileAck,
  encodeReadFileRequest,
  encodeReadPropertyAck,
  encodeReadPropertyMultipleAck,
  encodeReadPropertyMultipleRequest,
  encodeReadPropertyRequest,
  encodeReinitializeDeviceRequest,
  encodeValues,
  encodeWhoIsRequest,
  encodeWriteFileAck,
  encodeWriteFileRequest,
  encodeWritePropertyRequest,
} from '../../protocol/index.js';
import type { Apdu, Bvll, ErrorOutcome, Npdu } from '../../protocol/index.js';

/** A pair of codecs of one payload, with its type forgotten: tests pass on only what it decoded. */
export interface PayloadCodec {
  readonly name: string;
  readonly decode: (payload: Uint8Array) => unknown;
  readonly encode: (value: unknown) => Uint8Array;
}

function codec<T>(
  name: string,
  decode: (payload: Uint8Array) => T,
  encode: (value: T) => Uint8Array,
): PayloadCodec {
  return { name, decode, encode: (value) => encode(value as T) };
}

/** Requests of confirmed services by service choice. */
export const CONFIRMED: Readonly<Record<number, PayloadCodec>> = {
  6: codec('AtomicReadFile request', decodeReadFileRequest, encodeReadFileRequest),
  7: codec('AtomicWriteFile request', decodeWriteFileRequest, encodeWriteFileRequest),
  10: codec('CreateObject request', decodeCreateObjectRequest, encodeCreateObjectRequest),
  11: codec('DeleteObject request', decodeDeleteObjectRequest, encodeDeleteObjectRequest),
  12: codec('ReadProperty request', decodeReadPropertyRequest, encodeReadPropertyRequest),
  14: codec(
    'ReadPropertyMultiple request',
    decodeReadPropertyMultipleRequest,
    encodeReadPropertyMultipleRequest,
  ),
  15: codec('WriteProperty request', decodeWritePropertyRequest, encodeWritePropertyRequest),
  20: codec('ReinitializeDevice request', decodeReinitializeDeviceRequest, encodeReinitializeDeviceRequest),
};

/** Acknowledgements of confirmed services by service choice. */
export const ACKNOWLEDGED: Readonly<Record<number, PayloadCodec>> = {
  6: codec('AtomicReadFile acknowledgement', decodeReadFileAck, encodeReadFileAck),
  7: codec('AtomicWriteFile acknowledgement', decodeWriteFileAck, encodeWriteFileAck),
  10: codec('CreateObject acknowledgement', decodeCreateObjectAck, encodeCreateObjectAck),
  12: codec('ReadProperty acknowledgement', decodeReadPropertyAck, encodeReadPropertyAck),
  14: codec(
    'ReadPropertyMultiple acknowledgement',
    decodeReadPropertyMultipleAck,
    encodeReadPropertyMultipleAck,
  ),
};

/** Unconfirmed services by service choice. */
export const UNCONFIRMED: Readonly<Record<number, PayloadCodec>> = {
  0: codec('I-Am', decodeIAmRequest, encodeIAmRequest),
  8: codec('Who-Is', decodeWhoIsRequest, encodeWhoIsRequest),
};

function errorCodec(service: number): PayloadCodec {
  return codec(
    'Error',
    (payload) => decodeErrorPayload(service, payload),
    (error: ErrorOutcome) => encodeErrorPayload(service, error),
  );
}

/** Any row of values: what a service without a codec of its own still must be. */
export const VALUES = codec('values', decodeValues, (values: Parameters<typeof encodeValues>[0]) =>
  encodeValues(values),
);

/** The codec of an APDU's payload; undefined for a segment, or a service that we do not speak. */
export function payloadCodec(apdu: Apdu): PayloadCodec | undefined {
  switch (apdu.type) {
    case 'confirmed-request':
      return apdu.segment ? undefined : CONFIRMED[apdu.service];
    case 'complex-ack':
      return apdu.segment ? undefined : ACKNOWLEDGED[apdu.service];
    case 'unconfirmed-request':
      return UNCONFIRMED[apdu.service];
    case 'error':
      return errorCodec(apdu.service);
    default:
      return undefined;
  }
}

export type Layer = 'bvll' | 'npdu' | 'apdu';

/** One frame in parts. What one layer carries is the next part, and left out of the layer itself. */
export interface Parts {
  readonly bvll?: object;
  readonly npdu?: object;
  readonly apdu?: object;
  /** Decoded when `payloadCodec` knows it, else the octets. */
  readonly payload?: unknown;
}

/** Takes a frame apart, beginning at `layer`. */
export function dissect(octets: Uint8Array, layer: Layer): Parts {
  switch (layer) {
    case 'bvll': {
      const bvll = decodeBvll(octets);
      if (!('npdu' in bvll)) return { bvll };
      const { npdu, ...rest } = bvll;
      return { bvll: rest, ...dissect(npdu, 'npdu') };
    }
    case 'npdu': {
      const npdu = decodeNpdu(octets);
      if (npdu.content.kind === 'network-message') return { npdu };
      const { content, ...rest } = npdu;
      return { npdu: rest, ...dissect(content.apdu, 'apdu') };
    }
    case 'apdu': {
      const apdu = decodeApdu(octets);
      if (!('payload' in apdu)) return { apdu };
      const { payload, ...rest } = apdu;
      return { apdu: rest, payload: payloadCodec(apdu)?.decode(payload) ?? payload };
    }
  }
}

/** Puts a frame together from its parts. */
export function assemble(parts: Parts, layer: Layer): Uint8Array {
  switch (layer) {
    case 'bvll': {
      if (parts.npdu === undefined) return encodeBvll(parts.bvll as Bvll);
      return encodeBvll({ ...parts.bvll, npdu: assemble(parts, 'npdu') } as Bvll);
    }
    case 'npdu': {
      if (parts.apdu === undefined) return encodeNpdu(parts.npdu as Npdu);
      const content = { kind: 'apdu', apdu: assemble(parts, 'apdu') };
      return encodeNpdu({ ...parts.npdu, content } as Npdu);
    }
    case 'apdu': {
      const apdu = parts.apdu as Apdu;
      if (parts.payload === undefined) return encodeApdu(apdu);
      const payload =
        parts.payload instanceof Uint8Array ? parts.payload : payloadCodec(apdu)!.encode(parts.payload);
      return encodeApdu({ ...apdu, payload } as Apdu);
    }
  }
}

/** Every octet row that can be decoded at all is run through all codecs that could meet it. */
export function decodeEverything(datagram: Uint8Array): void {
  const parts = dissect(datagram, 'bvll');
  if (parts.payload instanceof Uint8Array) decodeValues(parts.payload);
}
