// Looks over the shoulder of one client: what it asks of each device, in the light of what it was told. It
// knows the promises that are kept on the wire, and says when one is broken.

import {
  type Apdu,
  ConfirmedService,
  decodeApdu,
  decodeBvll,
  decodeNpdu,
  DecodeError,
  decodeReadFileRequest,
  decodeReadPropertyRequest,
  decodeReinitializeDeviceRequest,
  decodeWriteFileRequest,
  decodeWritePropertyRequest,
  ReinitializeState,
} from '../../protocol/index.js';
import type { WireObserver } from './engine-process.js';

type Request = Extract<Apdu, { type: 'confirmed-request' }>;

/** A write that may or may not have been done. */
interface OpenWrite {
  readonly invokeId: number;
  readonly what: string;
  readonly file: number | undefined;
}

/** What one act of the client has done to one device so far. */
interface Conversation {
  starts: { readonly invokeId: number; readonly kind: 'backup' | 'restore'; answer: 'none' | 'acknowledged' | 'refused' }[];
  restoreEnded: boolean;
  /** Requests that wait for an answer, by invoke id, with the time of sending. */
  readonly waiting: Map<number, { readonly service: number; readonly sentMs: number }>;
  openWrite: OpenWrite | undefined;
}

const WRITES: readonly number[] = [
  ConfirmedService.atomicWriteFile,
  ConfirmedService.writeProperty,
  ConfirmedService.createObject,
  ConfirmedService.deleteObject,
];

/** A cancelled request may still be waited for by the other side, while END goes out: two, never more. */
const OUTSTANDING_MAX = 2;

/** No request is given up sooner than this, but for cancelling. */
const TIMEOUT_LEAST_MS = 1900;

export class WireWatch implements WireObserver {
  readonly #now: () => number;
  readonly #fault: (text: string) => void;
  readonly #trace: ((text: string) => void) | undefined;
  readonly #conversations = new Map<string, Conversation>();
  requests = 0;

  constructor(now: () => number, fault: (text: string) => void, trace?: (text: string) => void) {
    this.#now = now;
    this.#fault = fault;
    this.#trace = trace;
  }

  /** An act on the device at this place begins: nothing of earlier ones counts any more. */
  begin(place: string): void {
    this.#conversations.delete(place);
  }

  sent(datagram: Uint8Array, to: string): void {
    const message = messageOf(datagram);
    if (message === undefined) return;
    const place = placeOf(to, message.destination);
    this.#trace?.(`-> ${place} ${apduWords(message.apdu)}`);
    if (message.apdu.type === 'confirmed-request') this.#asked(place, message.apdu);
  }

  heard(datagram: Uint8Array, from: string): void {
    const message = messageOf(datagram);
    if (message === undefined) {
      const network = rejectedNetwork(datagram);
      if (network !== undefined) this.#rejected(network);
      return;
    }
    const place = placeOf(from, message.source);
    this.#trace?.(`<- ${place} ${apduWords(message.apdu)}`);
    const { apdu } = message;
    if (apdu.type === 'confirmed-request' || apdu.type === 'unconfirmed-request') return;
    if (apdu.type === 'segment-ack') return;
    const conversation = this.#conversations.get(place);
    conversation?.waiting.delete(apdu.invokeId);
    const acknowledged = apdu.type === 'simple-ack' || apdu.type === 'complex-ack';
    for (const start of conversation?.starts ?? []) {
      if (start.invokeId === apdu.invokeId && start.answer === 'none')
        start.answer = acknowledged ? 'acknowledged' : 'refused';
    }
    if (conversation?.openWrite?.invokeId === apdu.invokeId) conversation.openWrite = undefined;
  }

  /** A router takes nothing for the network: what was on its way there was not done. */
  #rejected(network: number): void {
    this.#trace?.(`<- network ${network} rejected`);
    for (const [place, conversation] of this.#conversations) {
      if (!place.startsWith(`${network}:`)) continue;
      conversation.waiting.clear();
      conversation.openWrite = undefined;
    }
  }

  #asked(place: string, request: Request): void {
    const first = request.segment === undefined || request.segment.sequence === 0;
    if (!first) return;
    this.requests += 1;
    let conversation = this.#conversations.get(place);
    if (conversation === undefined) {
      conversation = { starts: [], restoreEnded: false, waiting: new Map(), openWrite: undefined };
      this.#conversations.set(place, conversation);
    }
    this.#countOutstanding(place, conversation, request);
    try {
      if (request.service === ConfirmedService.reinitializeDevice) this.#reinitialized(place, conversation, request);
      else if (WRITES.includes(request.service)) this.#wrote(place, conversation, request);
      else this.#looked(conversation, request);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      // The first segment of several does not decode alone.
      if (request.segment === undefined) this.#fault(`${place}: a request of ours does not decode: ${error.message}`);
    }
  }

  #countOutstanding(place: string, conversation: Conversation, request: Request): void {
    const { waiting } = conversation;
    const now = this.#now();
    for (const [invokeId, { sentMs }] of waiting) {
      if (now - sentMs >= TIMEOUT_LEAST_MS) waiting.delete(invokeId);
    }
    waiting.set(request.invokeId, { service: request.service, sentMs: now });
    if (waiting.size > OUTSTANDING_MAX) {
      const services = [...waiting.values()].map(({ service }) => service).join(', ');
      this.#fault(`${place}: ${waiting.size} requests outstanding at once (services ${services})`);
    }
  }

  #reinitialized(place: string, conversation: Conversation, { invokeId, payload }: Request): void {
    const { state } = decodeReinitializeDeviceRequest(payload);
    if (state === ReinitializeState.startBackup || state === ReinitializeState.startRestore) {
      const kind = state === ReinitializeState.startBackup ? 'backup' : 'restore';
      conversation.starts.push({ invokeId, kind, answer: 'none' });
      return;
    }
    const ends = state === ReinitializeState.endBackup ? 'backup' : 'restore';
    this.#requireHeld(place, conversation, ends, `reinitializes with ${state}`);
    if (state === ReinitializeState.endRestore) conversation.restoreEnded = true;
  }

  #requireHeld(place: string, { starts }: Conversation, kind: 'backup' | 'restore', what: string): void {
    const own = starts.filter((start) => start.kind === kind);
    if (own.length === 0) this.#fault(`${place}: ${what} without having started a ${kind}`);
    else if (own.every((start) => start.answer === 'refused')) this.#fault(`${place}: ${what} although its START was refused`);
  }

  #wrote(place: string, conversation: Conversation, request: Request): void {
    const { what, file } = writeOf(request);
    this.#requireHeld(place, conversation, 'restore', what);
    if (conversation.restoreEnded) this.#fault(`${place}: ${what} after ENDRESTORE`);
    if (request.segment !== undefined) {
      conversation.openWrite = undefined;
      return;
    }
    if (conversation.openWrite?.what === what)
      this.#fault(`${place}: ${what} again, blindly: what became of the first was not looked at`);
    conversation.openWrite = { invokeId: request.invokeId, what, file };
  }

  /** Whoever looks at a file after a write that nobody answered may write again. */
  #looked(conversation: Conversation, { service, payload }: Request): void {
    const open = conversation.openWrite;
    if (open === undefined) return;
    const file =
      service === ConfirmedService.atomicReadFile
        ? decodeReadFileRequest(payload).file.instance
        : service === ConfirmedService.readProperty
          ? decodeReadPropertyRequest(payload).object.instance
          : undefined;
    if (open.file === undefined || file === open.file) conversation.openWrite = undefined;
  }
}

function writeOf({ service, payload, segment }: Request): { what: string; file: number | undefined } {
  if (segment !== undefined) return { what: `sends service ${service} in segments`, file: undefined };
  if (service === ConfirmedService.atomicWriteFile) {
    const request = decodeWriteFileRequest(payload);
    const count = request.access === 'stream' ? request.octets.length : request.records.length;
    return { what: `writes ${count} at ${request.start} of file ${request.file.instance}`, file: request.file.instance };
  }
  if (service === ConfirmedService.writeProperty) {
    const { object, property } = decodeWritePropertyRequest(payload);
    return { what: `writes property ${property} of object ${object.instance}`, file: object.instance };
  }
  return { what: `asks service ${service}`, file: undefined };
}

interface Message {
  readonly apdu: Apdu;
  readonly source: { readonly network: number; readonly mac: string } | undefined;
  readonly destination: { readonly network: number; readonly mac: string } | undefined;
}

function messageOf(datagram: Uint8Array): Message | undefined {
  try {
    const bvll = decodeBvll(datagram);
    if (bvll.kind !== 'original-unicast') return undefined;
    const { content, source, destination } = decodeNpdu(bvll.npdu);
    if (content.kind !== 'apdu') return undefined;
    return { apdu: decodeApdu(content.apdu), source, destination };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function rejectedNetwork(datagram: Uint8Array): number | undefined {
  try {
    const bvll = decodeBvll(datagram);
    if (bvll.kind !== 'original-unicast') return undefined;
    const { content } = decodeNpdu(bvll.npdu);
    if (content.kind !== 'network-message') return undefined;
    return content.message.kind === 'reject-message-to-network' ? content.message.network : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Where a device is, from the client: "10.0.0.2:47808", or with its network and MAC behind a router. */
export function placeOf(link: string, routed?: { readonly network: number; readonly mac: string }): string {
  return routed === undefined ? link : `${routed.network}:${routed.mac}@${link}`;
}

const SERVICES = new Map(Object.entries(ConfirmedService).map(([name, number]) => [number as number, name]));

function apduWords(apdu: Apdu): string {
  const id = 'invokeId' in apdu ? ` #${apdu.invokeId}` : '';
  const service = 'service' in apdu ? ` ${SERVICES.get(apdu.service) ?? apdu.service}` : '';
  const payload = 'payload' in apdu ? ` ${Buffer.from(apdu.payload.subarray(0, 24)).toString('hex')}` : '';
  const octets = 'payload' in apdu ? ` (${apdu.payload.length})` : '';
  const reason = 'reason' in apdu ? ` reason ${apdu.reason}` : '';
  return `${apdu.type}${id}${service}${reason}${octets}${payload}`;
}
