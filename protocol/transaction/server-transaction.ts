// One confirmed request of a client, until our answer is out (clause 5.4.5). The application hears of it
// once, however often its APDUs come; an answer that the client cannot take becomes an Abort.

import type { Address } from '../address.js';
import type { Abort, ConfirmedRequest, SegmentAck } from '../apdu.js';
import { AbortReason } from '../enums.js';
import {
  COMPLEX_ACK_HEADER_OCTETS,
  COMPLEX_ACK_SEGMENT_HEADER_OCTETS,
  MESSAGE_OCTETS_MAX,
  SEGMENTS_UNLIMITED,
  SERVER_REPLY_MS,
} from '../limits.js';
import type { Answer } from '../outcome.js';
import { sameOctets, SegmentReceiver } from '../segmentation/receiver.js';
import type { ReceiverOutput } from '../segmentation/receiver.js';
import { SegmentSender } from '../segmentation/sender.js';
import type { SenderOutput } from '../segmentation/sender.js';
import { SEQUENCE_NUMBERS } from '../segmentation/window.js';
import { encodeErrorPayload } from '../services/error.js';
import type { AnswerApdu } from './client-states.js';
import { ignored, sendsSegments, taken, takesSegments } from './outputs.js';
import type { OwnSide, Received, TransactionOutput } from './outputs.js';
import { SERVER_MOVES } from './server-states.js';
import type { RequestKind, ServerStateName } from './server-states.js';

/** APDUs that a client sends. */
export type RequestApdu = ConfirmedRequest | SegmentAck | Abort;

export interface ServerRequest {
  readonly handle: number;
  readonly from: Address;
  readonly priority: number;
  /** Its first APDU. */
  readonly first: ConfirmedRequest;
  readonly own: OwnSide;
  /** The answer that the same request got a moment ago, where such are remembered. */
  readonly recall: (service: number, payload: Uint8Array, now: number) => Answer | undefined;
}

type State =
  | { readonly name: 'assembling'; readonly receiver: SegmentReceiver }
  | { readonly name: 'thinking'; readonly deadline: number }
  | { readonly name: 'answering'; readonly sender: SegmentSender }
  | { readonly name: 'ended' };

export class ServerTransaction {
  readonly #request: ServerRequest;
  #state: State;
  /** The whole request, once it is there. */
  #payload: Uint8Array | undefined;
  /** What the SegmentACK of its last segment said. */
  #assembled: { readonly sequence: number; readonly window: number } | undefined;

  constructor(request: ServerRequest) {
    this.#request = request;
    const { limits, timers, windowSize } = request.own;
    const receiver = new SegmentReceiver({
      windowSize,
      segmentTimeoutMs: timers.segmentTimeoutMs,
      segmentsMax: limits.maxSegments === undefined ? Infinity : segmentsOf(limits.maxSegments),
      octetsMax: MESSAGE_OCTETS_MAX,
    });
    this.#state = { name: 'assembling', receiver };
  }

  get handle(): number {
    return this.#request.handle;
  }

  get from(): Address {
    return this.#request.from;
  }

  get invokeId(): number {
    return this.#request.first.invokeId;
  }

  get service(): number {
    return this.#request.first.service;
  }

  get payload(): Uint8Array | undefined {
    return this.#payload;
  }

  get stateName(): ServerStateName {
    return this.#state.name;
  }

  /** Most octets of service data that an answer may have (clauses 5.2.1.2, 5.2.1.3). */
  get answerOctetsMax(): number {
    const whole = this.#answerApduMax - COMPLEX_ACK_HEADER_OCTETS;
    if (!this.#maySegment) return whole;
    return Math.max(whole, Math.min(this.#answerSegmentsMax * this.#segmentOctets, MESSAGE_OCTETS_MAX));
  }

  nextDeadline(): number | undefined {
    switch (this.#state.name) {
      case 'assembling':
        return this.#state.receiver.nextDeadline();
      case 'thinking':
        return this.#state.deadline;
      case 'answering':
        return this.#state.sender.nextDeadline();
      case 'ended':
        return undefined;
    }
  }

  /** ConfirmedUnsegmentedReceived, ConfirmedSegmentedReceived and its refusals. */
  start(now: number): TransactionOutput[] {
    const { first, own } = this.#request;
    const { segment, payload } = first;
    if (segment === undefined) return this.#indicate(payload, now);
    if (!takesSegments(own.limits)) return this.#abort(AbortReason.segmentationNotSupported);
    if (this.#state.name !== 'assembling') return [];
    const { receiver } = this.#state;
    return this.#fromReceiver(receiver.handle({ kind: 'segment', header: segment, payload }, now), now);
  }

  /** Takes a further APDU of the client under the same invoke id. */
  receive(apdu: RequestApdu, now: number): Received {
    const kind = this.#kindOf(apdu);
    switch (SERVER_MOVES[this.#state.name][kind]) {
      case 'collect':
        return this.#collect(apdu, now);
      case 'advance':
        return taken(this.#advance(apdu, now));
      case 'acknowledge-again':
        return taken(this.#acknowledgeAgain(apdu));
      case 'end':
        return taken(this.#end());
      case 'ignore':
        return ignored(`${kind} means nothing in state "${this.#state.name}"`);
      case 'refuse':
        return taken(this.#abort(AbortReason.invalidApduInThisState));
      case 'replace':
        return { kind: 'replaced' };
    }
  }

  /** Sends the application's answer; nothing when none is waited for any more. */
  answer(answer: Answer, now: number): TransactionOutput[] {
    if (this.#state.name !== 'thinking') return [];
    const { invokeId, service } = this;
    switch (answer.kind) {
      case 'simple-ack':
        return this.#endWith({ type: 'simple-ack', invokeId, service });
      case 'complex-ack':
        return this.#answerComplex(answer.payload, now);
      case 'error': {
        const payload = encodeErrorPayload(service, answer);
        return this.#endWith({ type: 'error', invokeId, service, payload });
      }
      case 'reject':
        return this.#endWith({ type: 'reject', invokeId, reason: answer.reason });
      case 'abort':
        return this.#abort(answer.reason);
      case 'silence':
        return this.#end();
    }
  }

  tick(now: number): TransactionOutput[] {
    const deadline = this.nextDeadline();
    if (deadline === undefined || now < deadline) return [];
    switch (this.#state.name) {
      case 'assembling':
        return this.#fromReceiver(this.#state.receiver.handle({ kind: 'tick' }, now), now);
      case 'thinking':
        return this.#abort(AbortReason.applicationExceededReplyTime);
      case 'answering':
        return this.#fromSender(this.#state.sender.handle({ kind: 'tick' }, now));
      case 'ended':
        return [];
    }
  }

  #kindOf(apdu: RequestApdu): RequestKind {
    if (apdu.type !== 'confirmed-request') return apdu.type;
    const { first } = this.#request;
    const sameService = apdu.service === first.service;
    if (apdu.segment === undefined) {
      const same = sameService && first.segment === undefined && sameOctets(apdu.payload, first.payload);
      return same ? 'same-request' : 'other-request';
    }
    if (apdu.segment.sequence !== 0 || (this.#state.name === 'assembling' && sameService)) return 'segment';
    return sameService && this.#hasSegmentZero(apdu.payload) ? 'segment' : 'other-first-segment';
  }

  /** Whether a segment with number 0 is of this request: its first, or the 257th, the 513th, ... */
  #hasSegmentZero(octets: Uint8Array): boolean {
    const segmentOctets = this.#request.first.payload.length;
    const whole = this.#payload ?? this.#request.first.payload;
    const step = SEQUENCE_NUMBERS * Math.max(1, segmentOctets);
    for (let start = 0; start <= whole.length; start += step) {
      if (sameOctets(octets, whole.subarray(start, start + segmentOctets))) return true;
    }
    return false;
  }

  #collect(apdu: RequestApdu, now: number): Received {
    if (this.#state.name !== 'assembling' || apdu.type !== 'confirmed-request' || !apdu.segment) {
      return taken([]);
    }
    if (apdu.service !== this.service) return ignored('a segment of another service');
    const { payload, segment: header } = apdu;
    const outputs = this.#state.receiver.handle({ kind: 'segment', header, payload }, now);
    const conflict = outputs.some((output) => output.kind === 'conflict');
    return conflict && header.sequence === 0 ? { kind: 'replaced' } : taken(this.#fromReceiver(outputs, now));
  }

  #fromReceiver(outputs: readonly ReceiverOutput[], now: number): TransactionOutput[] {
    return outputs.flatMap((output) => {
      switch (output.kind) {
        case 'acknowledge':
          return [this.#segmentAck(output.negative, output.sequence, output.window)];
        case 'message':
          return this.#indicate(output.payload, now);
        case 'failed':
          return this.#abort(output.reason);
        case 'conflict':
          return this.#abort(AbortReason.invalidApduInThisState);
        case 'silence':
          return this.#end();
      }
    });
  }

  #indicate(payload: Uint8Array, now: number): TransactionOutput[] {
    const { handle, from, service, invokeId, answerOctetsMax } = this;
    this.#payload = payload;
    if (this.#state.name === 'assembling') {
      const { last, window } = this.#state.receiver;
      this.#assembled = { sequence: last, window };
    }
    this.#state = { name: 'thinking', deadline: now + SERVER_REPLY_MS };
    const again = this.#request.recall(service, payload, now);
    if (again !== undefined) return this.answer(again, now);
    const event = { kind: 'indication', handle, from, service, invokeId, payload, answerOctetsMax } as const;
    return [{ kind: 'event', event }];
  }

  #acknowledgeAgain(apdu: RequestApdu): TransactionOutput[] {
    if (apdu.type !== 'confirmed-request' || apdu.segment === undefined || !this.#assembled) return [];
    const { sequence, window } = this.#assembled;
    return apdu.segment.sequence === sequence ? [this.#segmentAck(false, sequence, window)] : [];
  }

  /** SendUnsegmentedComplexACK, SendSegmentedComplexACK, CannotSendSegmentedComplexACK. */
  #answerComplex(payload: Uint8Array, now: number): TransactionOutput[] {
    const { invokeId, service } = this;
    if (payload.length + COMPLEX_ACK_HEADER_OCTETS <= this.#answerApduMax) {
      return this.#endWith({ type: 'complex-ack', invokeId, service, payload });
    }
    if (!this.#maySegment) return this.#abort(AbortReason.segmentationNotSupported);
    if (payload.length > this.answerOctetsMax) return this.#abort(AbortReason.bufferOverflow);
    const { timers, windowSize } = this.#request.own;
    const sender = new SegmentSender({
      // A copy: segments may have to be sent again when the application's buffer has other octets.
      payload: payload.slice(),
      segmentOctets: this.#segmentOctets,
      windowSize,
      segmentTimeoutMs: timers.segmentTimeoutMs,
      retries: timers.retries,
    });
    this.#state = { name: 'answering', sender };
    return this.#fromSender(sender.handle({ kind: 'start' }, now));
  }

  #advance(apdu: RequestApdu, now: number): TransactionOutput[] {
    if (this.#state.name !== 'answering' || apdu.type !== 'segment-ack') return [];
    const { negative, sequence, window } = apdu;
    const acknowledgement = { kind: 'acknowledgement', negative, sequence, window } as const;
    return this.#fromSender(this.#state.sender.handle(acknowledgement, now));
  }

  #fromSender(outputs: readonly SenderOutput[]): TransactionOutput[] {
    const { invokeId, service } = this;
    return outputs.flatMap((output) => {
      switch (output.kind) {
        case 'segment': {
          const { header: segment, payload } = output;
          return [this.#transmit({ type: 'complex-ack', invokeId, service, segment, payload })];
        }
        case 'acknowledged':
        case 'silence':
          return this.#end();
        case 'window-out-of-range':
          return this.#abort(AbortReason.windowSizeOutOfRange);
      }
    });
  }

  get #answerApduMax(): number {
    return Math.min(this.#request.first.maxApdu, this.#request.own.limits.maxApdu);
  }

  get #maySegment(): boolean {
    return this.#request.first.segmentedAnswerAccepted && sendsSegments(this.#request.own.limits);
  }

  get #segmentOctets(): number {
    return this.#answerApduMax - COMPLEX_ACK_SEGMENT_HEADER_OCTETS;
  }

  /** A client that does not say how many segments it takes says when it has had enough, with an Abort. */
  get #answerSegmentsMax(): number {
    return segmentsOf(this.#request.first.maxSegments ?? SEGMENTS_UNLIMITED);
  }

  #segmentAck(negative: boolean, sequence: number, window: number): TransactionOutput {
    const { invokeId } = this;
    return this.#transmit({ type: 'segment-ack', negative, server: true, invokeId, sequence, window });
  }

  #abort(reason: number): TransactionOutput[] {
    return this.#endWith({ type: 'abort', server: true, invokeId: this.invokeId, reason });
  }

  #endWith(apdu: AnswerApdu): TransactionOutput[] {
    return [this.#transmit(apdu), ...this.#end()];
  }

  #end(): TransactionOutput[] {
    this.#state = { name: 'ended' };
    return [];
  }

  #transmit(apdu: AnswerApdu): TransactionOutput {
    return { kind: 'apdu', to: this.from, apdu, priority: this.#request.priority };
  }
}

/** Max_Segments_Accepted as a number to compare with. */
function segmentsOf(maxSegments: number): number {
  return maxSegments >= SEGMENTS_UNLIMITED ? Infinity : maxSegments;
}
