// One confirmed request, from its first APDU to its outcome (clause 5.4.4, the requesting side). Pure:
// APDUs and time in, steps out. It judges only APDUs of its own peer and invoke id; the endpoint sees to
// that. An APDU that makes no sense here is ignored: a stray datagram must not end a good transaction.

import type { Abort, Apdu, ComplexAck, SegmentAck } from '../../apdu.js';
import { AbortReason } from '../../enums.js';
import { DecodeError } from '../../errors.js';
import type { ApduLimits, TransactionTimers } from '../../exchange.js';
import { CONFIRMED_REQUEST_HEADER_OCTETS, CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS, SEGMENT_RECEIVE_TIMEOUT_FACTOR, SEGMENTS_ASSUMED, WINDOW_SIZE_MAX } from '../../limits.js';
import { MESSAGE_OCTETS_MAX } from '../limits2.js';
import type { Outcome } from '../../outcome.js';
import { SegmentReceiver } from '../segmentation/receiver.js';
import { type Segment, segmentCount, SegmentSender } from '../segmentation/sender.js';
import { decodeErrorPayload } from '../../services/index.js';
import { canReceive, canSend, type OwnSide, type Step } from './steps.js';

export interface ClientRequest {
  readonly invokeId: number;
  readonly service: number;
  readonly payload: Uint8Array;
  readonly peer: ApduLimits;
  readonly timers: TransactionTimers;
  readonly maxApduAccepted: number;
  readonly segmentedAnswer: boolean;
}

/** The states of clause 5.4.4; `done` is its IDLE. */
type State =
  | { readonly name: 'segmented-request'; readonly sender: SegmentSender }
  | { readonly name: 'await-confirmation' }
  | { readonly name: 'segmented-confirmation'; readonly receiver: SegmentReceiver }
  | { readonly name: 'done' };

/** How often Router-Busy may hold one transaction; each time for as long as the caller says. */
const HOLDS_MAX = 10;

export class ClientTransaction {
  readonly #request: ClientRequest;
  readonly #own: OwnSide;
  #state: State = { name: 'await-confirmation' };
  #deadline: number | undefined;
  #attempts = 0;
  #segmentSilences = 0;
  #holds = 0;
  #held = false;

  constructor(request: ClientRequest, own: OwnSide) {
    this.#request = request;
    this.#own = own;
  }

  get done(): boolean {
    return this.#state.name === 'done';
  }

  get service(): number {
    return this.#request.service;
  }

  nextDeadline(): number | undefined {
    return this.#deadline;
  }

  /** Sends the request for the first time, whole or its first segment; after `heldUntil` where the router is busy. */
  start(now: number, heldUntil?: number): Step[] {
    const octets = this.#request.payload.length + CONFIRMED_REQUEST_HEADER_OCTETS;
    const limit = this.#request.peer.maxApdu;
    if (octets > limit && !this.#canSegment()) return this.#finish({ kind: 'unsendable', octets, limit });
    if (heldUntil === undefined) return this.#send(now);
    this.hold(heldUntil);
    return [];
  }

  /** Takes an APDU of the peer under this invoke id; undefined when it has no meaning here. */
  receive(apdu: Apdu, now: number): Step[] | undefined {
    if (this.done) return undefined;
    switch (apdu.type) {
      case 'abort':
        return apdu.server ? this.#finish({ kind: 'abort', reason: apdu.reason, server: true }) : undefined;
      case 'reject':
        return this.#finish({ kind: 'reject', reason: apdu.reason });
      case 'error':
        return apdu.service === this.service ? this.#finish(errorOutcome(apdu.service, apdu.payload)) : undefined;
      case 'simple-ack':
        if (apdu.service !== this.service || !this.#answerable()) return undefined;
        return this.#finish({ kind: 'ack', service: apdu.service, simple: true, payload: new Uint8Array(0) });
      case 'segment-ack':
        return apdu.server ? this.#segmentAck(apdu, now) : undefined;
      case 'complex-ack':
        return apdu.service === this.service ? this.#complexAck(apdu, now) : undefined;
      default:
        return undefined;
    }
  }

  tick(now: number): Step[] {
    if (this.#deadline === undefined || now < this.#deadline) return [];
    if (this.#held) {
      this.#held = false;
      return this.#send(now);
    }
    switch (this.#state.name) {
      case 'segmented-request': {
        if (this.#segmentSilences >= this.#request.timers.retries) return this.#timedOut();
        this.#segmentSilences += 1;
        const steps = this.#segments(this.#state.sender.fillWindow());
        this.#deadline = now + this.#request.timers.segmentTimeoutMs;
        return [{ kind: 'retried', attempt: this.#segmentSilences + 1 }, ...steps];
      }
      case 'await-confirmation':
        if (this.#attempts > this.#request.timers.retries) return this.#timedOut();
        return [{ kind: 'retried', attempt: this.#attempts + 1 }, ...this.#send(now)];
      case 'segmented-confirmation':
        return this.#timedOut();
      case 'done':
        return [];
    }
  }

  /** The router of this peer is busy: be silent until then, and send the request again. */
  hold(until: number): void {
    if (this.done || this.#holds >= HOLDS_MAX || this.#state.name === 'segmented-confirmation') return;
    if (!this.#held) {
      this.#holds += 1;
      this.#attempts = Math.max(0, this.#attempts - 1);
    }
    this.#held = true;
    this.#deadline = until;
  }

  /** The router of this peer is free again: a held request goes out with the next tick. */
  resume(now: number): void {
    if (this.#held) this.#deadline = now;
  }

  /** Ends it from outside. */
  end(outcome: Outcome): Step[] {
    return this.done ? [] : this.#finish(outcome);
  }

  /** The same APDU every time (clause 5.4.4); a segmented one begins again with its first segment. */
  #send(now: number): Step[] {
    this.#attempts += 1;
    const { payload, peer, timers } = this.#request;
    if (payload.length + CONFIRMED_REQUEST_HEADER_OCTETS <= peer.maxApdu) {
      this.#state = { name: 'await-confirmation' };
      this.#deadline = now + timers.apduTimeoutMs;
      return [{ kind: 'apdu', apdu: this.#apdu(payload) }];
    }
    const sender = new SegmentSender(payload, this.#segmentOctets());
    this.#state = { name: 'segmented-request', sender };
    this.#segmentSilences = 0;
    this.#deadline = now + timers.segmentTimeoutMs;
    return this.#segments(sender.fillWindow());
  }

  #segmentOctets(): number {
    return this.#request.peer.maxApdu - CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS;
  }

  #canSegment(): boolean {
    const { peer, payload } = this.#request;
    if (!canReceive(peer) || !canSend(this.#own.limits)) return false;
    return segmentCount(payload.length, this.#segmentOctets()) <= (peer.maxSegments ?? SEGMENTS_ASSUMED);
  }

  #segments(segments: readonly Segment[]): Step[] {
    return segments.map(({ octets, sequence, moreFollows }) => ({
      kind: 'apdu',
      apdu: { ...this.#apdu(octets), segment: { sequence, window: this.#own.windowSize, moreFollows } },
    }));
  }

  #apdu(payload: Uint8Array): Extract<Apdu, { type: 'confirmed-request' }> {
    const { invokeId, service, segmentedAnswer, maxApduAccepted } = this.#request;
    const accepted = segmentedAnswer && canReceive(this.#own.limits);
    const maxSegments = accepted ? this.#own.limits.maxSegments : undefined;
    return {
      type: 'confirmed-request',
      invokeId,
      service,
      segmentedAnswerAccepted: accepted,
      ...(maxSegments !== undefined && { maxSegments }),
      maxApdu: maxApduAccepted,
      payload,
    };
  }

  /** An answer makes sense once every segment of the request is out (SentAllSegments). */
  #answerable(): boolean {
    return this.#state.name === 'await-confirmation' || (this.#state.name === 'segmented-request' && this.#state.sender.allSent);
  }

  #segmentAck(ack: SegmentAck, now: number): Step[] | undefined {
    if (this.#state.name !== 'segmented-request') return undefined;
    if (ack.window < 1 || ack.window > WINDOW_SIZE_MAX) return this.#abort(AbortReason.windowSizeOutOfRange);
    const { timers } = this.#request;
    const verdict = this.#state.sender.acknowledge(ack.sequence, ack.window);
    this.#deadline = now + timers.segmentTimeoutMs;
    switch (verdict.kind) {
      case 'duplicate':
        return [];
      case 'send':
        this.#segmentSilences = 0;
        return this.#segments(verdict.segments);
      case 'done':
        this.#state = { name: 'await-confirmation' };
        this.#deadline = now + timers.apduTimeoutMs;
        return [];
    }
  }

  #complexAck(ack: ComplexAck, now: number): Step[] | undefined {
    if (ack.segment === undefined) {
      if (this.#state.name === 'segmented-confirmation') return this.#abort(AbortReason.invalidApduInThisState);
      if (!this.#answerable()) return undefined;
      return this.#finish({ kind: 'ack', service: ack.service, simple: false, payload: ack.payload });
    }
    const { sequence, moreFollows } = ack.segment;
    if (this.#state.name === 'segmented-confirmation') {
      return this.#nextSegment(this.#state.receiver, sequence, moreFollows, ack.payload, now);
    }
    return this.#firstSegment(ack, ack.segment.window, now);
  }

  #firstSegment(ack: ComplexAck, proposed: number, now: number): Step[] | undefined {
    const segment = ack.segment;
    // A later segment of an answer whose beginning never came: its sender repeats from the beginning.
    if (segment?.sequence !== 0 || !this.#answerable()) return undefined;
    if (proposed < 1 || proposed > WINDOW_SIZE_MAX) return this.#abort(AbortReason.windowSizeOutOfRange);
    if (!canReceive(this.#own.limits)) return this.#abort(AbortReason.segmentationNotSupported);
    const window = Math.min(proposed, this.#own.windowSize);
    if (!segment.moreFollows) {
      const done = this.#finish({ kind: 'ack', service: ack.service, simple: false, payload: ack.payload });
      return [this.#acknowledgement(0, window, false), ...done];
    }
    this.#state = {
      name: 'segmented-confirmation',
      receiver: new SegmentReceiver(ack.payload, window, MESSAGE_OCTETS_MAX),
    };
    this.#waitForSegment(now);
    return [this.#acknowledgement(0, window, false)];
  }

  #nextSegment(receiver: SegmentReceiver, sequence: number, more: boolean, octets: Uint8Array, now: number): Step[] {
    const verdict = receiver.receive(sequence, more, octets);
    switch (verdict.kind) {
      case 'quiet':
        if (verdict.fresh) this.#waitForSegment(now);
        return [];
      case 'acknowledge':
        this.#waitForSegment(now);
        return [this.#acknowledgement(verdict.sequence, receiver.window, verdict.negative)];
      case 'complete': {
        const { payload } = verdict;
        const done = this.#finish({ kind: 'ack', service: this.service, simple: false, payload });
        return [this.#acknowledgement(verdict.sequence, receiver.window, false), ...done];
      }
      case 'overflow':
        return this.#abort(AbortReason.bufferOverflow);
    }
  }

  #waitForSegment(now: number): void {
    this.#deadline = now + this.#own.segmentTimeoutMs * SEGMENT_RECEIVE_TIMEOUT_FACTOR;
  }

  #acknowledgement(sequence: number, window: number, negative: boolean): Step {
    return {
      kind: 'apdu',
      apdu: { type: 'segment-ack', negative, server: false, invokeId: this.#request.invokeId, sequence, window },
    };
  }

  #abort(reason: number): Step[] {
    const apdu: Abort = { type: 'abort', server: false, invokeId: this.#request.invokeId, reason };
    return [{ kind: 'apdu', apdu }, ...this.#finish({ kind: 'abort', reason, server: false })];
  }

  #timedOut(): Step[] {
    return this.#finish({ kind: 'timeout', attempts: this.#attempts });
  }

  #finish(outcome: Outcome): Step[] {
    this.#state = { name: 'done' };
    this.#deadline = undefined;
    return [{ kind: 'outcome', outcome }];
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
