// One confirmed request that we sent, until its outcome is known (clause 5.4.4). Sends the same APDU again
// under the same invoke id after silence, cuts the request into segments and puts the answer together.
// One outcome comes out, exactly once; after that nothing does.

import type { Address } from '../address.js';
import type { ComplexAck, ConfirmedRequest, SegmentAck, SegmentHeader } from '../apdu.js';
import { AbortReason, NetworkRejectReason } from '../enums.js';
import { DecodeError } from '../errors.js';
import type { TransactionTimers } from '../exchange.js';
import { MESSAGE_OCTETS_MAX, ROUTER_BUSY_MS_MAX, WAIT_FACTOR, LAST_WAIT_PART } from '../limits.js';
import type { Outcome } from '../outcome.js';
import { SegmentReceiver } from '../segmentation/receiver.js';
import type { ReceiverOutput } from '../segmentation/receiver.js';
import { SegmentSender } from '../segmentation/sender.js';
import type { SenderOutput } from '../segmentation/sender.js';
import { decodeErrorPayload } from '../services/error.js';
import { answerKind, CLIENT_MOVES } from './client-states.js';
import type { AnswerApdu, ClientMove, ClientStateName } from './client-states.js';
import { ignored, taken, takesSegments } from './outputs.js';
import type { OwnSide, Received, TransactionOutput } from './outputs.js';

export interface ClientRequest {
  readonly handle: number;
  /** Of the peer and the invoke id: by what its answers are found. */
  readonly key: string;
  readonly to: Address;
  readonly priority: number;
  /** The whole request; its payload is cut when it is sent in segments. */
  readonly apdu: ConfirmedRequest;
  /** Octets of payload in each segment; absent: the request goes in one APDU. */
  readonly segmentOctets?: number;
  /** Window size that we propose for them; default our own. */
  readonly windowSize?: number;
  readonly timers: TransactionTimers;
  readonly own: OwnSide;
}

type State =
  | { readonly name: 'held' }
  | { readonly name: 'sending'; readonly sender: SegmentSender }
  | { readonly name: 'waiting'; readonly deadline: number }
  | { readonly name: 'assembling'; readonly receiver: SegmentReceiver }
  | { readonly name: 'ended'; readonly outcome: Outcome };

/** While the router to the peer is busy no timer of ours runs. */
interface Hold {
  readonly since: number;
  /** Undefined: over, but nothing has come through since. */
  readonly until: number | undefined;
}

export class ClientTransaction {
  readonly #request: ClientRequest;
  #state: State = { name: 'held' };
  #hold: Hold | undefined;
  #attempts = 0;
  /** The wait that runs, or ran last; 0: none did. */
  #waitMs = 0;
  /** Waits that ended in silence, all together: RetryCount, as time. */
  #waitedMs = 0;
  /** Every segment was sent at least once, be it in an earlier attempt: the peer may know it all. */
  #sentAll = false;
  #wasHeard = false;

  constructor(request: ClientRequest) {
    this.#request = request;
  }

  get to(): Address {
    return this.#request.to;
  }

  get handle(): number {
    return this.#request.handle;
  }

  get key(): string {
    return this.#request.key;
  }

  get invokeId(): number {
    return this.#request.apdu.invokeId;
  }

  get service(): number {
    return this.#request.apdu.service;
  }

  /** Octets of payload in the longest APDU that it sends. */
  get payloadOctets(): number {
    const { apdu, segmentOctets } = this.#request;
    return Math.min(apdu.payload.length, segmentOctets ?? Infinity);
  }

  get timers(): TransactionTimers {
    return this.#request.timers;
  }

  /** How it ended; undefined while it has not. */
  get outcome(): Outcome | undefined {
    return this.#state.name === 'ended' ? this.#state.outcome : undefined;
  }

  /** How often the request was sent. */
  get attempts(): number {
    return this.#attempts;
  }

  /** The row of CLIENT_MOVES that is in force. */
  get stateName(): ClientStateName {
    const { name } = this.#state;
    return name === 'sending' && this.#sentAll ? 'sent' : name;
  }

  nextDeadline(): number | undefined {
    if (this.#state.name === 'ended') return undefined;
    if (this.#hold?.until !== undefined) return this.#hold.until;
    switch (this.#state.name) {
      case 'sending':
        return this.#state.sender.nextDeadline();
      case 'assembling':
        return this.#state.receiver.nextDeadline();
      case 'waiting':
        return this.#state.deadline;
      case 'held':
        return undefined;
    }
  }

  /** SendConfirmedUnsegmented or SendConfirmedSegmented. */
  start(now: number): TransactionOutput[] {
    this.#attempts += 1;
    const { apdu, segmentOctets, timers, own, windowSize = own.windowSize } = this.#request;
    if (segmentOctets === undefined) {
      this.#state = { name: 'waiting', deadline: now + this.#nextWait() };
      return [this.#transmit(apdu)];
    }
    const sender = new SegmentSender({
      payload: apdu.payload,
      segmentOctets,
      windowSize,
      segmentTimeoutMs: timers.segmentTimeoutMs,
      // A repeated segment never makes the peer act twice, so `retries` of this request, which may be 0
      // for that reason, does not limit them.
      retries: own.timers.retries,
    });
    this.#state = { name: 'sending', sender };
    return this.#fromSender(sender, sender.handle({ kind: 'start' }, now), now);
  }

  /** Takes an APDU of the peer under our invoke id, or tells why it is none of ours. */
  receive(apdu: AnswerApdu, now: number): Received {
    if ('service' in apdu && apdu.service !== this.service) {
      return ignored(`service ${apdu.service} was not asked for`);
    }
    const kind = answerKind(apdu);
    const move = CLIENT_MOVES[this.stateName][kind];
    if (move === 'ignore') return ignored(`${kind} means nothing in state "${this.stateName}"`);
    this.#hold = undefined;
    return taken(this.#move(move, apdu, now));
  }

  #move(move: Exclude<ClientMove, 'ignore'>, apdu: AnswerApdu, now: number): TransactionOutput[] {
    switch (move) {
      case 'confirm':
        return apdu.type === 'segment-ack' ? [] : this.#end(outcomeOf(apdu));
      case 'refuse':
        return this.#abort(AbortReason.invalidApduInThisState);
      case 'assemble':
        return apdu.type === 'complex-ack' ? [...this.#heard(), ...this.#assemble(apdu, now)] : [];
      case 'collect':
        return apdu.type === 'complex-ack' ? this.#collect(apdu, now) : [];
      case 'advance':
        return apdu.type === 'segment-ack' ? [...this.#heard(), ...this.#advance(apdu, now)] : [];
    }
  }

  /** Tells once that there is no silence: segments go to and fro, or the router is busy. */
  #heard(): TransactionOutput[] {
    if (this.#wasHeard) return [];
    this.#wasHeard = true;
    return [{ kind: 'event', event: { kind: 'heard', handle: this.handle } }];
  }

  tick(now: number): TransactionOutput[] {
    const deadline = this.nextDeadline();
    if (deadline === undefined || now < deadline) return [];
    if (this.#hold?.until !== undefined) return this.resume(now);
    switch (this.#state.name) {
      case 'sending':
        return this.#fromSender(this.#state.sender, this.#state.sender.handle({ kind: 'tick' }, now), now);
      case 'assembling':
        return this.#fromReceiver(this.#state.receiver.handle({ kind: 'tick' }, now));
      case 'waiting':
        return this.#requestTimeout(now);
      case 'held':
      case 'ended':
        return [];
    }
  }

  /** Ends it for its owner. The peer is told only where it is in the middle of segments with us. */
  cancel(): TransactionOutput[] {
    const { name } = this.#state;
    const told = name === 'sending' || name === 'assembling' ? [this.#abortApdu(AbortReason.other)] : [];
    return [...told, ...this.#end({ kind: 'cancelled' })];
  }

  /** Reject-Message-To-Network: the request does not reach its network. */
  rejectedByNetwork(network: number, reason: number): TransactionOutput[] {
    return this.#end({ kind: 'network-reject', network, reason });
  }

  /** The router is busy: stops our timers until it is free, or until `until`; not for ever. */
  hold(now: number, until: number): TransactionOutput[] {
    if (this.#state.name === 'assembling' || this.#state.name === 'ended') return [];
    const since = this.#hold?.since ?? now;
    const { network } = this.to;
    if (now - since >= ROUTER_BUSY_MS_MAX && network !== undefined) {
      return this.rejectedByNetwork(network, NetworkRejectReason.routerBusy);
    }
    this.#hold = { since, until };
    return this.#heard();
  }

  /** The router is free again: sends what it may have lost. */
  resume(now: number): TransactionOutput[] {
    if (this.#hold?.until === undefined) return [];
    this.#hold = { since: this.#hold.since, until: undefined };
    switch (this.#state.name) {
      case 'held':
        return this.start(now);
      case 'sending':
        return this.#fromSender(this.#state.sender, this.#state.sender.handle({ kind: 'repeat' }, now), now);
      case 'waiting':
        // Which message the router dropped is not known. A request that must not be repeated is only given
        // its time again; a segmented one arrived already, or its last segment would not be acknowledged.
        if (this.timers.retries > 0 && this.#request.segmentOctets === undefined) return this.#again(now);
        this.#state = { name: 'waiting', deadline: now + this.#waitMs };
        return [];
      case 'assembling':
      case 'ended':
        return [];
    }
  }

  /** TimeoutUnsegmented, TimeoutSegmented, FinalTimeout. */
  #requestTimeout(now: number): TransactionOutput[] {
    this.#waitedMs += this.#waitMs;
    return this.#waitedMs < this.#patienceMs ? this.#again(now) : this.#silence();
  }

  /** All waits together. */
  get #patienceMs(): number {
    return this.timers.apduTimeoutMs * (this.timers.retries + 1);
  }

  /** Begins the next wait. */
  #nextWait(): number {
    const { apduTimeoutMs, firstTimeoutMs = apduTimeoutMs, retries } = this.timers;
    const adapts = retries > 0 && this.#request.segmentOctets === undefined;
    const longer =
      this.#waitMs === 0
        ? firstTimeoutMs
        : Math.min(WAIT_FACTOR * this.#waitMs, Math.max(apduTimeoutMs, firstTimeoutMs));
    const next = adapts ? longer : apduTimeoutMs;
    const left = this.#patienceMs - this.#waitedMs;
    // A copy that leaves right before the end comes too late for an answer.
    this.#waitMs = left - next < LAST_WAIT_PART * apduTimeoutMs ? left : next;
    return this.#waitMs;
  }

  #again(now: number): TransactionOutput[] {
    const { handle } = this;
    const event = { kind: 'retried', handle, attempt: this.#attempts + 1 } as const;
    return [{ kind: 'event', event }, ...this.start(now)];
  }

  #assemble(ack: ComplexAck, now: number): TransactionOutput[] {
    const { own } = this.#request;
    if (!takesSegments(own.limits)) return this.#abort(AbortReason.segmentationNotSupported);
    const receiver = new SegmentReceiver({
      windowSize: own.windowSize,
      segmentTimeoutMs: this.timers.segmentTimeoutMs,
      // More segments than we said we take are welcome as long as there is room.
      segmentsMax: Infinity,
      octetsMax: MESSAGE_OCTETS_MAX,
    });
    this.#state = { name: 'assembling', receiver };
    return this.#collect(ack, now);
  }

  #collect({ segment, payload }: ComplexAck, now: number): TransactionOutput[] {
    if (this.#state.name !== 'assembling' || segment === undefined) return [];
    return this.#fromReceiver(
      this.#state.receiver.handle({ kind: 'segment', header: segment, payload }, now),
    );
  }

  #advance({ negative, sequence, window }: SegmentAck, now: number): TransactionOutput[] {
    if (this.#state.name !== 'sending') return [];
    const { sender } = this.#state;
    const acknowledgement = { kind: 'acknowledgement', negative, sequence, window } as const;
    return this.#fromSender(sender, sender.handle(acknowledgement, now), now);
  }

  #fromSender(sender: SegmentSender, outputs: readonly SenderOutput[], now: number): TransactionOutput[] {
    this.#sentAll ||= sender.sentAll;
    return outputs.flatMap((output) => {
      switch (output.kind) {
        case 'segment':
          return [this.#segment(output.header, output.payload)];
        case 'acknowledged':
          // FinalACK_Received.
          this.#state = { name: 'waiting', deadline: now + this.#nextWait() };
          return [];
        case 'silence':
          return this.#silence();
        case 'window-out-of-range':
          return this.#abort(AbortReason.windowSizeOutOfRange);
      }
    });
  }

  #fromReceiver(outputs: readonly ReceiverOutput[]): TransactionOutput[] {
    const { service } = this;
    return outputs.flatMap((output) => {
      switch (output.kind) {
        case 'acknowledge': {
          const { negative, sequence, window } = output;
          const { invokeId } = this;
          return [
            this.#transmit({ type: 'segment-ack', negative, server: false, invokeId, sequence, window }),
          ];
        }
        case 'message':
          return this.#end({ kind: 'ack', service, simple: false, payload: output.payload });
        case 'failed':
          return this.#abort(output.reason);
        case 'conflict':
          return this.#abort(AbortReason.invalidApduInThisState);
        case 'silence':
          return this.#silence();
      }
    });
  }

  #segment(segment: SegmentHeader, payload: Uint8Array): TransactionOutput {
    return this.#transmit({ ...this.#request.apdu, segment, payload });
  }

  #abort(reason: number): TransactionOutput[] {
    return [this.#abortApdu(reason), ...this.#end({ kind: 'abort', reason, server: false })];
  }

  #abortApdu(reason: number): TransactionOutput {
    return this.#transmit({ type: 'abort', server: false, invokeId: this.invokeId, reason });
  }

  #silence(): TransactionOutput[] {
    return this.#end({ kind: 'timeout', attempts: this.#attempts });
  }

  #end(outcome: Outcome): TransactionOutput[] {
    if (this.#state.name === 'ended') return [];
    this.#state = { name: 'ended', outcome };
    return [{ kind: 'event', event: { kind: 'outcome', handle: this.handle, outcome } }];
  }

  #transmit(apdu: ConfirmedRequest | SegmentAck | Extract<AnswerApdu, { type: 'abort' }>): TransactionOutput {
    return { kind: 'apdu', to: this.to, apdu, priority: this.#request.priority };
  }
}

/** What a whole answer says. */
function outcomeOf(apdu: Exclude<AnswerApdu, SegmentAck>): Outcome {
  switch (apdu.type) {
    case 'simple-ack':
      return { kind: 'ack', service: apdu.service, simple: true, payload: new Uint8Array(0) };
    case 'complex-ack':
      return { kind: 'ack', service: apdu.service, simple: false, payload: apdu.payload };
    case 'error':
      return errorOutcome(apdu.service, apdu.payload);
    case 'reject':
      return { kind: 'reject', reason: apdu.reason };
    case 'abort':
      return { kind: 'abort', reason: apdu.reason, server: true };
  }
}

function errorOutcome(service: number, payload: Uint8Array): Outcome {
  try {
    return decodeErrorPayload(service, payload);
  } catch (error) {
    if (error instanceof DecodeError) return { kind: 'malformed', message: error.message };
    throw error;
  }
}
