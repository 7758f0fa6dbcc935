// Puts one message together from its segments (the states SEGMENTED_CONF and SEGMENTED_REQUEST of clauses
// 5.4.4.4 and 5.4.5.2, which are alike). Takes segments in order only, in bounded memory, and never mixes
// two messages: a segment that comes again with other octets ends it. Copies what it takes. Knows no PDU.

import type { SegmentHeader } from '../apdu.js';
import { AbortReason } from '../enums.js';
import type { Machine } from '../exchange.js';
import {
  SEGMENT_OVERHEAD_OCTETS,
  SEGMENT_RECEIVE_TIMEOUT_FACTOR,
  SEGMENT_STALL_FACTOR,
  WINDOW_SIZE_MAX,
} from '../limits.js';
import { Assembly } from './assembly.js';
import { distance, duplicateInWindow, isWindowSize, sequenceOf } from './window.js';

/** Negative acknowledgements in a row: more than one, because they get lost too. */
const COMPLAINTS_MAX = 3;

export interface ReceiverOptions {
  /** The most that we let the sender send before an acknowledgement, 1..127. */
  readonly windowSize: number;
  /** APDU_Segment_Timeout; we wait four times as long. */
  readonly segmentTimeoutMs: number;
  readonly segmentsMax: number;
  readonly octetsMax: number;
}

export type ReceiverInput =
  | { readonly kind: 'segment'; readonly header: SegmentHeader; readonly payload: Uint8Array }
  | { readonly kind: 'tick' };

export type ReceiverOutput =
  /** To be sent as SegmentACK. */
  | {
      readonly kind: 'acknowledge';
      readonly negative: boolean;
      readonly sequence: number;
      readonly window: number;
    }
  /** The whole message, once. */
  | { readonly kind: 'message'; readonly payload: Uint8Array }
  /** Cannot go on; to be told to the sender as Abort. */
  | { readonly kind: 'failed'; readonly reason: number }
  /** A segment of another message under the same invoke id. */
  | { readonly kind: 'conflict' }
  /** No segment came in time. */
  | { readonly kind: 'silence' };

export class SegmentReceiver implements Machine<ReceiverInput, ReceiverOutput> {
  readonly #options: ReceiverOptions;
  readonly #message = new Assembly();
  #octets = 0;
  /** ActualWindowSize: what the first segment proposed, or less. */
  #window = 1;
  /** The last segment that was acknowledged (InitialSequenceNumber). */
  #initial = 0;
  /** Segments dropped without a word since the last progress or negative acknowledgement. */
  #tolerated = 0;
  /** Negative acknowledgements of this gap, in this burst of segments. */
  #complaints = 0;
  #burstUntil = -Infinity;
  #progressAt = 0;
  #deadline: number | undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** Sequence number of the last segment taken (LastSequenceNumber). */
  get last(): number {
    return sequenceOf(this.#message.count - 1);
  }

  get window(): number {
    return this.#window;
  }

  nextDeadline(): number | undefined {
    return this.#deadline;
  }

  handle(input: ReceiverInput, now: number): ReceiverOutput[] {
    if (input.kind === 'tick') {
      return this.#deadline === undefined || now < this.#deadline ? [] : this.#end({ kind: 'silence' });
    }
    const { header, payload } = input;
    if (this.#message.count === 0) return this.#firstSegment(header, payload, now);
    if (this.#deadline === undefined) return [];
    return distance(this.last, header.sequence) === 1
      ? this.#take(header, payload, now)
      : this.#otherSegment(header, payload, now);
  }

  #firstSegment(header: SegmentHeader, payload: Uint8Array, now: number): ReceiverOutput[] {
    if (header.sequence !== 0) return this.#fail(AbortReason.invalidApduInThisState);
    if (!isWindowSize(header.window)) return this.#fail(AbortReason.windowSizeOutOfRange);
    this.#window = Math.min(header.window, this.#options.windowSize);
    return this.#take(header, payload, now);
  }

  /** NewSegmentReceived, LastSegmentOfGroupReceived, LastSegmentOfMessageReceived. */
  #take(header: SegmentHeader, payload: Uint8Array, now: number): ReceiverOutput[] {
    const { segmentsMax, octetsMax } = this.#options;
    this.#octets += payload.length + SEGMENT_OVERHEAD_OCTETS;
    if (this.#message.count >= segmentsMax || this.#octets > octetsMax) {
      return this.#fail(AbortReason.bufferOverflow);
    }
    this.#message.add(payload, this.#window);
    this.#progressAt = now;
    this.#tolerated = 0;
    this.#complaints = 0;
    this.#restartTimer(now);
    if (!header.moreFollows) {
      return [this.#acknowledge(false), ...this.#end({ kind: 'message', payload: this.#message.whole() })];
    }
    const windowFull = distance(this.#initial, this.last) === this.#window;
    return windowFull || this.#message.count === 1 ? [this.#acknowledge(false)] : [];
  }

  /**
   * DuplicateSegmentReceived, TooManyDuplicateSegmentsReceived, SegmentReceivedOutOfOrder. Of a burst that
   * cannot be taken only the first few are complained about, so that a sender who answers each complaint
   * with a burst does not make a storm of it; and then one after each window's worth.
   */
  #otherSegment(header: SegmentHeader, payload: Uint8Array, now: number): ReceiverOutput[] {
    const { sequence } = header;
    const earlier = this.#takenBefore(sequence);
    if (earlier !== undefined && !sameOctets(earlier, payload)) return this.#end({ kind: 'conflict' });
    this.#restartTimer(now);
    if (now >= this.#burstUntil) this.#complaints = 0;
    const first = sequenceOf(this.#initial + 1);
    const duplicate = duplicateInWindow(sequence, first, this.last, this.#window);
    if ((duplicate || this.#complaints >= COMPLAINTS_MAX) && this.#tolerated < this.#window) {
      this.#tolerated += 1;
      return [];
    }
    this.#tolerated = 0;
    this.#complaints += 1;
    this.#burstUntil = now + this.#options.segmentTimeoutMs / 2;
    // A window that comes again whole, for its acknowledgement was lost, lacks nothing.
    const repeated = earlier !== undefined && this.#initial === this.last;
    return [this.#acknowledge(!repeated)];
  }

  /** What was taken under this sequence number, unless that is so far back that it may be one to come. */
  #takenBefore(sequence: number): Uint8Array | undefined {
    const back = distance(sequence, this.last);
    return back <= WINDOW_SIZE_MAX ? this.#message.segment(this.#message.count - 1 - back) : undefined;
  }

  #acknowledge(negative: boolean): ReceiverOutput {
    this.#initial = this.last;
    return { kind: 'acknowledge', negative, sequence: this.last, window: this.#window };
  }

  /** Duplicates restart the timer too, but they must not keep a stalled message alive for ever. */
  #restartTimer(now: number): void {
    const { segmentTimeoutMs } = this.#options;
    this.#deadline = Math.min(
      now + SEGMENT_RECEIVE_TIMEOUT_FACTOR * segmentTimeoutMs,
      this.#progressAt + SEGMENT_STALL_FACTOR * segmentTimeoutMs,
    );
  }

  #fail(reason: number): ReceiverOutput[] {
    return this.#end({ kind: 'failed', reason });
  }

  #end(output: ReceiverOutput): ReceiverOutput[] {
    this.#deadline = undefined;
    return [output];
  }
}

/** The same octets, in the same order. */
export function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}
