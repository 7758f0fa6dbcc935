// A device, or a router with devices behind it, that answers what a test tells it to, octet by octet through
// the codecs alone. For what a well-behaved simulated device would never do.

import {
  type Apdu,
  type ConfirmedRequest,
  ConfirmedService,
  decodeApdu,
  decodeBvll,
  decodeNpdu,
  decodeReadPropertyRequest,
  decodeWhoIsRequest,
  encodeApdu,
  encodeBvll,
  encodeErrorPayload,
  encodeIAmRequest,
  encodeNpdu,
  encodeReadPropertyAck,
  type BacnetValue,
  type LinkAddress,
  type NetworkAddress,
  type NetworkMessage,
  type Npdu,
  type Segmentation,
  UnconfirmedService,
} from '../../../protocol/index.js';
import type { Transport } from '../../../src/ports.js';

/** An APDU as a unicast B/IP datagram of our own link. */
export function frame(apdu: Apdu): Uint8Array {
  const content = { kind: 'apdu', apdu: encodeApdu(apdu) } as const;
  const npdu = encodeNpdu({ priority: 0, expectingReply: apdu.type === 'confirmed-request', content });
  return encodeBvll({ kind: 'original-unicast', npdu });
}

/** Where in or behind the peer something was addressed; undefined for the peer itself, or for everyone. */
export type Station = NetworkAddress | undefined;

export interface PeerScript {
  /** What a confirmed request is answered with; undefined is silence. */
  readonly confirmed?: (request: ConfirmedRequest, at: Station) => Apdu | undefined;
  /** Who answers to a Who-Is for this instance. */
  readonly present?: (instance: number) => readonly { readonly at: Station; readonly maxApdu?: number }[];
  readonly message?: (message: NetworkMessage, from: LinkAddress) => NetworkMessage | undefined;
}

/** A confirmed request as it came. */
export interface Heard {
  readonly request: ConfirmedRequest;
  readonly at: Station;
  readonly expectingReply: boolean;
}

export class Peer {
  readonly heard: Heard[] = [];
  readonly whoIs: (readonly [number | undefined, number | undefined])[] = [];
  readonly #transport: Transport;
  script: PeerScript;

  constructor(transport: Transport, script: PeerScript = {}) {
    this.#transport = transport;
    this.script = script;
    transport.onDatagram((octets, from) => this.#receive(octets, from));
  }

  get link(): LinkAddress {
    return this.#transport.localAddress;
  }

  /** Sends an APDU from the peer, or from a station behind it. */
  send(apdu: Apdu, to: LinkAddress, source?: Station): void {
    this.#emit(to, { content: { kind: 'apdu', apdu: encodeApdu(apdu) }, ...(source && { source }) });
  }

  message(message: NetworkMessage, to: LinkAddress): void {
    this.#emit(to, { content: { kind: 'network-message', message } });
  }

  announce(
    instance: number,
    to: LinkAddress,
    at?: Station,
    maxApdu = 1476,
    segmentation: Segmentation = 'both',
  ): void {
    const payload = encodeIAmRequest({ device: instance, maxApdu, segmentation, vendorId: 42 });
    this.send({ type: 'unconfirmed-request', service: UnconfirmedService.iAm, payload }, to, at);
  }

  #emit(to: LinkAddress, npdu: Pick<Npdu, 'content' | 'source'>): void {
    const octets = encodeNpdu({ priority: 0, expectingReply: false, ...npdu });
    this.#transport.send(encodeBvll({ kind: 'original-unicast', npdu: octets }), to);
  }

  #receive(octets: Uint8Array, from: LinkAddress): void {
    const bvll = decodeBvll(octets);
    if (bvll.kind !== 'original-unicast' && bvll.kind !== 'original-broadcast') return;
    const npdu = decodeNpdu(bvll.npdu);
    const at = npdu.destination?.mac === '' ? undefined : npdu.destination;
    if (npdu.content.kind === 'network-message') {
      const answer = this.script.message?.(npdu.content.message, from);
      if (answer !== undefined) this.message(answer, from);
      return;
    }
    const apdu = decodeApdu(npdu.content.apdu);
    if (apdu.type === 'unconfirmed-request' && apdu.service === UnconfirmedService.whoIs) {
      this.#present(apdu.payload, from);
    } else if (apdu.type === 'confirmed-request') {
      this.heard.push({ request: apdu, at, expectingReply: npdu.expectingReply });
      const answer = this.script.confirmed?.(apdu, at);
      if (answer !== undefined) this.send(answer, from, at);
    }
  }

  #present(payload: Uint8Array, from: LinkAddress): void {
    const { low, high } = decodeWhoIsRequest(payload);
    this.whoIs.push([low, high]);
    if (low === undefined || low !== high) return;
    for (const { at, maxApdu } of this.script.present?.(low) ?? []) this.announce(low, from, at, maxApdu);
  }
}

export const error = (request: ConfirmedRequest, errorClass: number, errorCode: number): Apdu => ({
  type: 'error',
  invokeId: request.invokeId,
  service: request.service,
  payload: encodeErrorPayload(request.service, { errorClass, errorCode }),
});

export const simpleAck = ({ invokeId, service }: ConfirmedRequest): Apdu => ({
  type: 'simple-ack',
  invokeId,
  service,
});

export const complexAck = ({ invokeId, service }: ConfirmedRequest, payload: Uint8Array): Apdu => ({
  type: 'complex-ack',
  invokeId,
  service,
  payload,
});

/** The properties of one Device object, and an answerer of ReadProperty for it. */
export function deviceAnswers(
  instance: number,
  properties: Readonly<Record<number, BacnetValue>> = {},
  options: { readonly wildcard?: boolean } = {},
): (request: ConfirmedRequest) => Apdu {
  return (request) => {
    if (request.service !== ConfirmedService.readProperty) {
      return { type: 'reject', invokeId: request.invokeId, reason: 9 };
    }
    const { object, property } = decodeReadPropertyRequest(request.payload);
    const known = object.instance === instance || (options.wildcard !== false && object.instance === 4194303);
    if (object.type !== 8 || !known) return error(request, 1, 31);
    const identity: BacnetValue = { type: 'object-identifier', object: { type: 8, instance } };
    const value = property === 75 ? (properties[75] ?? identity) : properties[property];
    if (value === undefined) return error(request, 2, 32);
    return complexAck(request, encodeReadPropertyAck({ object, property, values: [value] }));
  };
}

/** Properties 62, 107, 167 and 120. */
export function limitsOf(maxApdu: number, segmentation: number, maxSegments = 16, vendor = 42) {
  return {
    62: { type: 'unsigned', value: maxApdu },
    107: { type: 'enumerated', value: segmentation },
    167: { type: 'unsigned', value: maxSegments },
    120: { type: 'unsigned', value: vendor },
  } as const;
}
