// Looks over the shoulder of one client: what it asks of each device, in the light of what it was told. It
// knows the promises that are kept on the wire, and says when one is broken.

import {
  type Apdu,
  BackupState,
  ConfirmedService,
  DecodeError,
  decodeReadFileRequest,
  decodeReadPropertyAck,
  decodeReadPropertyMultipleRequest,
  decodeReadPropertyRequest,
  decodeReinitializeDeviceRequest,
  decodeWriteFileRequest,
  decodeWritePropertyRequest,
  PropertyId,
  ReinitializeState,
} from '../../protocol/index.js';
import { apduWords, type Message, messageOf, placeOf, rejectedNetwork } from './wire-messages.js';
import type { WireObserver } from './engine-process.js';
import { isTooMany } from './outstanding.js';

type Request = Extract<Apdu, { type: 'confirmed-request' }>;

/** A write that may or may not have been done. */
interface OpenWrite {
  readonly invokeId: number;
  readonly what: string;
  readonly file: number | undefined;
}

type Kind = 'backup' | 'restore';

/** What one act of the client has done to one device so far. */
interface Start {
  readonly invokeId: number;
  readonly kind: Kind;
  answer: 'none' | 'acknowledged' | 'refused';
}

interface Conversation {
  starts: Start[];
  /** END and ABORT that went out, by invoke id. */
  readonly ends: Map<number, Kind>;
  restoreEnded: boolean;
  /** Invoke id of the last question for Backup_And_Restore_State, and what the last answer was. */
  stateAsked: number | undefined;
  stateHeard: number | undefined;
  /** When the last question for Backup_And_Restore_State or System_Status left. */
  lookedMs: number;
  /** Invoke ids of AtomicReadFile requests that nobody has answered, and when the last was acknowledged. */
  readonly reads: Set<number>;
  readMs: number | undefined;
  startedMs: number;
  openWrite: OpenWrite | undefined;
}

const WRITES: readonly number[] = [
  ConfirmedService.atomicWriteFile,
  ConfirmedService.writeProperty,
  ConfirmedService.createObject,
  ConfirmedService.deleteObject,
];

/** A device that still says "preparing" after this may be tried all the same. */
const PREPARATION_MS = 90_000;

const { preparingForBackup, preparingForRestore, performingABackup, performingARestore } = BackupState;

const PREPARING: readonly number[] = [preparingForBackup, preparingForRestore];

/** States of a procedure of the other kind: somebody else's. */
const OTHER: Readonly<Record<Kind, readonly number[]>> = {
  backup: [preparingForRestore, performingARestore],
  restore: [preparingForBackup, performingABackup],
};

/** A silent request on a lane holds up others for so long; all its repetitions come within the other time. */
const PLACE_MS = 2900;
const REPEATED_MS = 60_000;

/** No request is given up sooner than this, but for cancelling. */
const TIMEOUT_LEAST_MS = 1900;

export class WireWatch implements WireObserver {
  readonly #now: () => number;
  readonly #fault: (text: string) => void;
  readonly #trace: ((text: string) => void) | undefined;
  /** What earlier acts began at a place and did not see ended: it may be ended by whoever comes after. */
  readonly #left = new Map<string, Start[]>();
  /** Where the act of now may end what others have begun. */
  readonly #foreign = new Set<string>();
  readonly #aliases = new Map<string, string>();
  readonly #conversations = new Map<string, Conversation>();
  /** Requests that wait for an answer, by lane, then by place and invoke id, with the time of sending. */
  readonly #waiting = new Map<string, Map<string, { readonly service: number; readonly sentMs: number }>>();
  /** The latest request of each place and invoke id, and when it was first sent. */
  readonly #firstSent = new Map<
    string,
    { readonly service: number; readonly payload: Uint8Array; readonly sentMs: number }
  >();
  requests = 0;
  /** Told of every START, END and ABORT just before it leaves, with the address that it goes to. */
  onReinitialize: ((link: string) => void) | undefined;

  constructor(now: () => number, fault: (text: string) => void, trace?: (text: string) => void) {
    this.#now = now;
    this.#fault = fault;
    this.#trace = trace;
  }

  /** A device may also be met at this link; it is the same place. */
  alias(link: string, place: string): void {
    this.#aliases.set(link, place);
  }

  #place(link: string, routed: Message['source']): string {
    return placeOf(this.#aliases.get(link) ?? link, routed);
  }

  /**
   * An act on the device at this place begins: nothing of earlier ones counts any more. `foreign`: it may end
   * what others have begun.
   */
  begin(place: string, foreign = false): void {
    if (foreign) this.#foreign.add(place);
    else this.#foreign.delete(place);
    const open = this.#conversations.get(place)?.starts.filter(({ answer }) => answer !== 'refused') ?? [];
    this.#left.set(place, [...(this.#left.get(place) ?? []), ...open]);
    this.#conversations.delete(place);
    const waiting = this.#waiting.get(laneOf(place));
    for (const key of waiting?.keys() ?? []) if (key.startsWith(`${place} `)) waiting?.delete(key);
  }

  /** When the last octets or records that this act read from the device came; undefined: never. */
  readMs(place: string): number | undefined {
    return this.#conversations.get(place)?.readMs;
  }

  /** When this act last asked the device for its state or status; never: -Infinity. */
  lookedMs(place: string): number {
    return this.#conversations.get(place)?.lookedMs ?? -Infinity;
  }

  /** When this act last asked so, where that was after its START; undefined: it has not looked since. */
  lookedSinceStartMs(place: string): number | undefined {
    const { lookedMs = -Infinity, startedMs = 0 } = this.#conversations.get(place) ?? {};
    return lookedMs > startedMs ? lookedMs : undefined;
  }

  /** Whether every START of this act was answered with a refusal. */
  wasRefused(place: string): boolean {
    return this.#conversations.get(place)?.starts.every(({ answer }) => answer === 'refused') ?? true;
  }

  /** Whether this act has sent START to the device. */
  hasStarted(place: string): boolean {
    return (this.#conversations.get(place)?.starts.length ?? 0) > 0;
  }

  sent(datagram: Uint8Array, to: string): void {
    const message = messageOf(datagram);
    if (message === undefined) return;
    const place = this.#place(to, message.destination);
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
    const place = this.#place(from, message.source);
    this.#trace?.(`<- ${place} ${apduWords(message.apdu)}`);
    const { apdu } = message;
    if (apdu.type === 'confirmed-request' || apdu.type === 'unconfirmed-request') return;
    if (apdu.type === 'segment-ack') return;
    const conversation = this.#conversations.get(place);
    this.#waiting.get(laneOf(place))?.delete(`${place} ${apdu.invokeId}`);
    if (conversation !== undefined && apdu.type === 'complex-ack') {
      noteState(conversation, apdu);
      if (conversation.reads.has(apdu.invokeId)) conversation.readMs = this.#now();
    }
    const moreFollows = apdu.type === 'complex-ack' && (apdu.segment?.moreFollows ?? false);
    if (!moreFollows) conversation?.reads.delete(apdu.invokeId);
    // A device that told its state and then refuses to tell it has told nothing.
    if (conversation?.stateAsked === apdu.invokeId && !['simple-ack', 'complex-ack'].includes(apdu.type))
      conversation.stateHeard = undefined;
    const acknowledged = apdu.type === 'simple-ack' || apdu.type === 'complex-ack';
    for (const start of conversation?.starts ?? []) {
      if (start.invokeId === apdu.invokeId && start.answer === 'none')
        start.answer = acknowledged ? 'acknowledged' : 'refused';
    }
    const ended = acknowledged ? conversation?.ends.get(apdu.invokeId) : undefined;
    // Invoke ids are used again.
    conversation?.ends.delete(apdu.invokeId);
    if (conversation !== undefined && ended !== undefined) {
      const others = (start: Start): boolean => start.kind !== ended;
      this.#left.set(place, (this.#left.get(place) ?? []).filter(others));
    }
    if (conversation?.openWrite?.invokeId === apdu.invokeId) conversation.openWrite = undefined;
  }

  /** A router takes nothing for the network: what was on its way there was not done. */
  #rejected(network: number): void {
    this.#trace?.(`<- network ${network} rejected`);
    for (const [lane, waiting] of this.#waiting) if (lane.startsWith(`${network}@`)) waiting.clear();
    for (const [place, conversation] of this.#conversations) {
      if (!place.startsWith(`${network}:`)) continue;
      conversation.openWrite = undefined;
    }
  }

  #asked(place: string, request: Request): void {
    const first = request.segment === undefined || request.segment.sequence === 0;
    if (!first) return;
    this.requests += 1;
    let conversation = this.#conversations.get(place);
    if (conversation === undefined) {
      conversation = {
        starts: [],
        ends: new Map(),
        restoreEnded: false,
        stateAsked: undefined,
        stateHeard: undefined,
        lookedMs: -Infinity,
        reads: new Set(),
        readMs: undefined,
        startedMs: 0,
        openWrite: undefined,
      };
      this.#conversations.set(place, conversation);
    }
    this.#countOutstanding(place, request);
    conversation.ends.delete(request.invokeId);
    try {
      if (request.service === ConfirmedService.reinitializeDevice)
        this.#reinitialized(place, conversation, request);
      else if (WRITES.includes(request.service)) this.#wrote(place, conversation, request);
      else this.#looked(conversation, request);
      this.#requireReady(place, conversation, request);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      // The first segment of several does not decode alone.
      if (request.segment === undefined)
        this.#fault(`${place}: a request of ours does not decode: ${error.message}`);
    }
  }

  /** Whether this repeats a request that was silent for so long that it has lost its place to others. */
  #hasLostPlace(place: string, { invokeId, service, payload }: Request): boolean {
    const key = `${place} ${invokeId}`;
    const first = this.#firstSent.get(key);
    const isSame = first?.service === service && Buffer.compare(first.payload, payload) === 0;
    const now = this.#now();
    if (first !== undefined && isSame && now - first.sentMs < REPEATED_MS)
      return now - first.sentMs >= PLACE_MS;
    this.#firstSent.set(key, { service, payload, sentMs: now });
    return false;
  }

  #countOutstanding(place: string, request: Request): void {
    if (this.#hasLostPlace(place, request)) return;
    const lane = laneOf(place);
    const waiting = this.#waiting.get(lane) ?? new Map<string, { service: number; sentMs: number }>();
    this.#waiting.set(lane, waiting);
    const now = this.#now();
    for (const [key, { sentMs }] of waiting) {
      if (now - sentMs >= TIMEOUT_LEAST_MS) waiting.delete(key);
    }
    waiting.set(`${place} ${request.invokeId}`, { service: request.service, sentMs: now });
    const services = [...waiting.values()].map(({ service }) => service);
    if (isTooMany(services, lane === place ? 'direct' : 'lane')) {
      this.#fault(`${lane}: ${waiting.size} requests outstanding at once (services ${services.join(', ')})`);
    }
  }

  #reinitialized(place: string, conversation: Conversation, { invokeId, payload }: Request): void {
    const { state } = decodeReinitializeDeviceRequest(payload);
    this.onReinitialize?.(place.split('@').pop() ?? place);
    if (state === ReinitializeState.startBackup || state === ReinitializeState.startRestore) {
      const kind = state === ReinitializeState.startBackup ? 'backup' : 'restore';
      conversation.stateHeard = undefined;
      conversation.startedMs = this.#now();
      conversation.starts.push({ invokeId, kind, answer: 'none' });
      // A rollback is a restore of its own.
      if (kind === 'restore') conversation.restoreEnded = false;
      return;
    }
    const ends = state === ReinitializeState.endBackup ? 'backup' : 'restore';
    conversation.ends.set(invokeId, ends);
    if (!this.#foreign.has(place))
      this.#requireHeld(place, conversation, ends, `reinitializes with ${state}`);
    if (state === ReinitializeState.endRestore) conversation.restoreEnded = true;
  }

  #requireHeld(place: string, { starts }: Conversation, kind: Kind, what: string): void {
    const own = [...starts, ...(this.#left.get(place) ?? [])].filter((start) => start.kind === kind);
    if (own.length === 0) this.#fault(`${place}: ${what} without having started a ${kind}`);
    else if (own.every((start) => start.answer === 'refused'))
      this.#fault(`${place}: ${what} although its START was refused`);
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

  /** No file is touched while the device says that it prepares. */
  #requireReady(place: string, conversation: Conversation, { service }: Request): void {
    const { stateHeard, startedMs, starts } = conversation;
    if (service !== ConfirmedService.atomicReadFile && service !== ConfirmedService.atomicWriteFile) return;
    const kind = starts.at(-1)?.kind;
    if (stateHeard === undefined || kind === undefined) return;
    if (PREPARING.includes(stateHeard) && this.#now() - startedMs < PREPARATION_MS)
      this.#fault(`${place}: asks service ${service}, and the device still prepares`);
    if (OTHER[kind].includes(stateHeard))
      this.#fault(
        `${place}: asks service ${service}, and the device says that it is in no ${kind} but the other`,
      );
  }

  /** Whoever looks at a file after a write that nobody answered may write again. */
  #looked(conversation: Conversation, { service, payload, invokeId }: Request): void {
    if (service === ConfirmedService.readProperty) {
      const { property } = decodeReadPropertyRequest(payload);
      if (property === PropertyId.backupAndRestoreState) conversation.stateAsked = invokeId;
      if (property === PropertyId.backupAndRestoreState || property === PropertyId.systemStatus)
        conversation.lookedMs = this.#now();
    }
    if (service === ConfirmedService.atomicReadFile) conversation.reads.add(invokeId);
    else conversation.reads.delete(invokeId);
    const open = conversation.openWrite;
    if (open === undefined) return;
    const file =
      service === ConfirmedService.atomicReadFile
        ? decodeReadFileRequest(payload).file.instance
        : service === ConfirmedService.readProperty
          ? decodeReadPropertyRequest(payload).object.instance
          : service === ConfirmedService.readPropertyMultiple
            ? decodeReadPropertyMultipleRequest(payload).specs[0]?.object.instance
            : undefined;
    if (open.file === undefined || file === open.file) conversation.openWrite = undefined;
  }
}

/** The lane of a place: its network behind a router, or itself. */
function laneOf(place: string): string {
  return place.includes('@') ? place.replace(/:[0-9a-f]+@/, '@') : place;
}

function noteState(
  conversation: Conversation,
  { invokeId, payload }: Extract<Apdu, { type: 'complex-ack' }>,
): void {
  if (conversation.stateAsked !== invokeId) return;
  try {
    const { property, values } = decodeReadPropertyAck(payload);
    const [value] = values;
    if (property === PropertyId.backupAndRestoreState && value?.type === 'enumerated')
      conversation.stateHeard = value.value;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

function writeOf({ service, payload, segment }: Request): { what: string; file: number | undefined } {
  if (segment !== undefined) return { what: `sends service ${service} in segments`, file: undefined };
  if (service === ConfirmedService.atomicWriteFile) {
    const request = decodeWriteFileRequest(payload);
    const count = request.access === 'stream' ? request.octets.length : request.records.length;
    return {
      what: `writes ${count} at ${request.start} of file ${request.file.instance}`,
      file: request.file.instance,
    };
  }
  if (service === ConfirmedService.writeProperty) {
    const { object, property } = decodeWritePropertyRequest(payload);
    return { what: `writes property ${property} of object ${object.instance}`, file: object.instance };
  }
  return { what: `asks service ${service}`, file: undefined };
}
