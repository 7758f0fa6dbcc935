// One confirmed request of a peer, from its first APDU to the end of our answer (clause 5.4.5, the
// responding side). Pure: APDUs, answers and time in, steps out. A request that is repeated while it is
// being worked on is executed once.

import type { Abort, Apdu, ConfirmedRequest, SegmentAck } from '../../apdu.js';
import { AbortReason } from '../../enums.js';
import { COMPLEX_ACK_HEADER_OCTETS, COMPLEX_ACK_SEGMENT_HEADER_OCTETS, SEGMENT_RECEIVE_TIMEOUT_FACTOR, SEGMENTS_ASSUMED, SEGMENTS_UNLIMITED, WINDOW_SIZE_MAX } from '../../limits.js';
import { MESSAGE_OCTETS_MAX, SERVER_PATIENCE_MS } from '../limits2.js';
import type { Answer } from '../../outcome.js';
import { SegmentReceiver } from '../segmentation/receiver.js';
import { type Segment, segmentCount, SegmentSender } from '../segmentation/sender.js';
import { encodeErrorPayload } from '../../services/index.js';
import { canReceive, canSend, type OwnSide, type Step } from './steps.js';

/** The states of clause 5.4.5, and `answered`: done, but the answer is kept for a repeated request. */
type State =
  | { readonly name: 'segmented-request'; readonly receiver: SegmentReceiver }
  | { readonly name: 'await-response' }
  | { readonly name: 'segmented-response'; readonly sender: SegmentSender }
  | { readonly name: 'answered'; readonly answer: Answer }
  | { readonly name: 'done' };

export class ServerTransaction {
  readonly #first: ConfirmedRequest;
  readonly #own: OwnSide;
  readonly #answerMemoryMs: number;
  #state: State = { name: 'await-response' };
  #deadline: number | undefined;
  #silences = 0;
  #answer: Answer = { kind: 'silence' };

  /** `answerMemoryMs`: how long an identical request gets the same answer without being executed again. */
  constructor(first: ConfirmedRequest, own: OwnSide, answerMemoryMs: number) {
    this.#first = first;
    this.#own = own;
    this.#answerMemoryMs = answerMemoryMs;
  }

  get done(): boolean {
    return this.#state.name === 'done';
  }

  get service(): number {
    return this.#first.service;
  }

  get invokeId(): number {
    return this.#first.invokeId;
  }

  nextDeadline(): number | undefined {
    return this.#deadline;
  }

  /** Octets of service data that an answer may have (clauses 5.2.1 and 20.1.2.4). */
  get answerOctetsMax(): number {
    const whole = this.#answerApduMax - COMPLEX_ACK_HEADER_OCTETS;
    if (!this.#maySegment) return whole;
    return Math.min(this.#segmentsMax * this.#segmentOctets, MESSAGE_OCTETS_MAX);
  }

  /** Takes the first APDU. */
  start(now: number): Step[] {
    const { segment, payload } = this.#first;
    if (segment === undefined) return this.#indicate(payload, now);
    if (!canReceive(this.#own.limits)) return this.#abort(AbortReason.segmentationNotSupported);
    if (segment.sequence !== 0) return this.#abort(AbortReason.invalidApduInThisState);
    if (segment.window < 1 || segment.window > WINDOW_SIZE_MAX) return this.#abort(AbortReason.windowSizeOutOfRange);
    const window = Math.min(segment.window, this.#own.windowSize);
    if (!segment.moreFollows) return [this.#acknowledgement(0, window, false), ...this.#indicate(payload, now)];
    this.#state = {
      name: 'segmented-request',
      receiver: new SegmentReceiver(payload, window, this.#requestOctetsMax(payload.length)),
    };
    this.#waitForSegment(now);
    return [this.#acknowledgement(0, window, false)];
  }

  /** Takes another APDU of the same peer and invoke id; undefined when it has no meaning here. */
  receive(apdu: Apdu, now: number): Step[] | undefined {
    switch (apdu.type) {
      case 'confirmed-request':
        return this.#request(apdu, now);
      case 'segment-ack':
        return apdu.server ? undefined : this.#segmentAck(apdu, now);
      case 'abort':
        if (apdu.server || this.done) return undefined;
        this.#finish();
        return [];
      default:
        return undefined;
    }
  }

  /** Sends the application's answer; one that does not fit becomes an Abort (clause 5.4.5.3). */
  answer(answer: Answer, now: number): Step[] {
    if (this.#state.name !== 'await-response') return [];
    this.#answer = answer;
    return this.#send(answer, now);
  }

  tick(now: number): Step[] {
    if (this.#deadline === undefined || now < this.#deadline) return [];
    if (this.#state.name === 'segmented-response' && this.#silences < this.#own.retries) {
      this.#silences += 1;
      this.#deadline = now + this.#own.segmentTimeoutMs;
      return this.#segments(this.#state.sender.fillWindow());
    }
    this.#finish();
    return [];
  }

  /** Whether a request belongs here: always while one is worked on, later only when it is the same one again. */
  keeps(apdu: ConfirmedRequest): boolean {
    if (this.#state.name !== 'answered') return !this.done;
    const { payload, service } = this.#first;
    return (
      apdu.service === service &&
      apdu.segment?.sequence === this.#first.segment?.sequence &&
      apdu.payload.length === payload.length &&
      apdu.payload.every((octet, i) => octet === payload[i])
    );
  }

  #indicate(payload: Uint8Array, now: number): Step[] {
    this.#state = { name: 'await-response' };
    this.#deadline = now + SERVER_PATIENCE_MS;
    return [{ kind: 'indication', payload }];
  }

  #request(apdu: ConfirmedRequest, now: number): Step[] | undefined {
    switch (this.#state.name) {
      case 'segmented-request':
        return this.#requestSegment(this.#state.receiver, apdu, now);
      case 'answered':
        return this.#send(this.#state.answer, now);
      case 'await-response':
      case 'segmented-response':
        return [];
      case 'done':
        return undefined;
    }
  }

  #requestSegment(receiver: SegmentReceiver, apdu: ConfirmedRequest, now: number): Step[] | undefined {
    const { segment } = apdu;
    if (segment === undefined) return this.#abort(AbortReason.invalidApduInThisState);
    if (apdu.service !== this.service) return undefined;
    const verdict = receiver.receive(segment.sequence, segment.moreFollows, apdu.payload);
    switch (verdict.kind) {
      case 'quiet':
        if (verdict.fresh) this.#waitForSegment(now);
        return [];
      case 'acknowledge':
        this.#waitForSegment(now);
        return [this.#acknowledgement(verdict.sequence, receiver.window, verdict.negative)];
      case 'complete':
        return [this.#acknowledgement(verdict.sequence, receiver.window, false), ...this.#indicate(verdict.payload, now)];
      case 'overflow':
        return this.#abort(AbortReason.bufferOverflow);
    }
  }

  #segmentAck(ack: SegmentAck, now: number): Step[] | undefined {
    if (this.#state.name !== 'segmented-response') return undefined;
    if (ack.window < 1 || ack.window > WINDOW_SIZE_MAX) return this.#abort(AbortReason.windowSizeOutOfRange);
    const verdict = this.#state.sender.acknowledge(ack.sequence, ack.window);
    this.#deadline = now + this.#own.segmentTimeoutMs;
    switch (verdict.kind) {
      case 'duplicate':
        return [];
      case 'send':
        this.#silences = 0;
        return this.#segments(verdict.segments);
      case 'done':
        this.#answered(now);
        return [];
    }
  }

  #send(answer: Answer, now: number): Step[] {
    if (answer.kind === 'complex-ack') return this.#sendComplexAck(answer.payload, now);
    const apdu = shortAnswer(answer, this.invokeId, this.service);
    this.#answered(now);
    return apdu === undefined ? [] : [{ kind: 'apdu', apdu }];
  }

  #sendComplexAck(payload: Uint8Array, now: number): Step[] {
    const { invokeId, service } = this;
    if (payload.length + COMPLEX_ACK_HEADER_OCTETS <= this.#answerApduMax) {
      this.#answered(now);
      return [{ kind: 'apdu', apdu: { type: 'complex-ack', invokeId, service, payload } }];
    }
    if (!this.#maySegment) return this.#abort(AbortReason.segmentationNotSupported);
    if (segmentCount(payload.length, this.#segmentOctets) > this.#segmentsMax) return this.#abort(AbortReason.bufferOverflow);
    const sender = new SegmentSender(payload, this.#segmentOctets);
    this.#state = { name: 'segmented-response', sender };
    this.#silences = 0;
    this.#deadline = now + this.#own.segmentTimeoutMs;
    return this.#segments(sender.fillWindow());
  }

  get #answerApduMax(): number {
    return Math.min(this.#first.maxApdu, this.#own.limits.maxApdu);
  }

  get #segmentOctets(): number {
    return this.#answerApduMax - COMPLEX_ACK_SEGMENT_HEADER_OCTETS;
  }

  get #maySegment(): boolean {
    return this.#first.segmentedAnswerAccepted && canSend(this.#own.limits);
  }

  get #segmentsMax(): number {
    const said = this.#first.maxSegments ?? SEGMENTS_ASSUMED;
    return said >= SEGMENTS_UNLIMITED ? Number.MAX_SAFE_INTEGER : said;
  }

  #requestOctetsMax(firstOctets: number): number {
    const { maxSegments } = this.#own.limits;
    return maxSegments === undefined || maxSegments >= SEGMENTS_UNLIMITED ? MESSAGE_OCTETS_MAX : Math.min(maxSegments * firstOctets, MESSAGE_OCTETS_MAX);
  }

  #segments(segments: readonly Segment[]): Step[] {
    const { invokeId, service } = this;
    return segments.map(({ octets, sequence, moreFollows }) => ({
      kind: 'apdu',
      apdu: {
        type: 'complex-ack',
        invokeId,
        service,
        segment: { sequence, window: this.#own.windowSize, moreFollows },
        payload: octets,
      },
    }));
  }

  #acknowledgement(sequence: number, window: number, negative: boolean): Step {
    return {
      kind: 'apdu',
      apdu: { type: 'segment-ack', negative, server: true, invokeId: this.invokeId, sequence, window },
    };
  }

  #waitForSegment(now: number): void {
    this.#deadline = now + this.#own.segmentTimeoutMs * SEGMENT_RECEIVE_TIMEOUT_FACTOR;
  }

  #abort(reason: number): Step[] {
    const apdu: Abort = { type: 'abort', server: true, invokeId: this.invokeId, reason };
    this.#finish();
    return [{ kind: 'apdu', apdu }];
  }

  #answered(now: number): void {
    if (this.#answerMemoryMs <= 0 || this.#answer.kind === 'silence') {
      this.#finish();
      return;
    }
    this.#state = { name: 'answered', answer: this.#answer };
    this.#deadline = now + this.#answerMemoryMs;
  }

  #finish(): void {
    this.#state = { name: 'done' };
    this.#deadline = undefined;
  }
}

function shortAnswer(answer: Exclude<Answer, { kind: 'complex-ack' }>, invokeId: number, service: number): Apdu | undefined {
  switch (answer.kind) {
    case 'simple-ack':
      return { type: 'simple-ack', invokeId, service };
    case 'error':
      return { type: 'error', invokeId, service, payload: encodeErrorPayload(service, answer) };
    case 'reject':
      return { type: 'reject', invokeId, reason: answer.reason };
    case 'abort':
      return { type: 'abort', server: true, invokeId, reason: answer.reason };
    case 'silence':
      return undefined;
  }
}
