// The sending side of one segmented message (clauses 5.4.4.2 and 5.4.5.4): which segments go out next.
// The first goes alone; its acknowledgement tells the actual window. Holds no timer: the transaction
// says when a window must be filled again. Done only when the last segment is acknowledged.

import { stepsFrom } from './window.js';

export interface Segment {
  /** Sequence number on the wire. */
  readonly sequence: number;
  readonly octets: Uint8Array;
  readonly moreFollows: boolean;
}

export type SenderVerdict =
  /** The acknowledgement moved the window: send these. */
  | { readonly kind: 'send'; readonly segments: readonly Segment[] }
  /** An acknowledgement of what was acknowledged before. */
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'done' };

/** How many segments a payload takes; an empty payload takes one. */
export function segmentCount(payloadOctets: number, segmentOctets: number): number {
  return Math.max(1, Math.ceil(payloadOctets / segmentOctets));
}

export class SegmentSender {
  readonly #payload: Uint8Array;
  readonly #segmentOctets: number;
  readonly #count: number;
  /** Index of the first segment that is not acknowledged; indices count on past 255. */
  #first = 0;
  /** Index after the last segment that was ever sent. */
  #sent = 0;
  #window = 1;

  /** `segmentOctets`: payload octets per segment, at least 1. */
  constructor(payload: Uint8Array, segmentOctets: number) {
    this.#payload = payload;
    this.#segmentOctets = segmentOctets;
    this.#count = segmentCount(payload.length, segmentOctets);
  }

  /** Every segment has been sent at least once (SentAllSegments of clause 5.4.1). */
  get allSent(): boolean {
    return this.#sent === this.#count;
  }

  /** The first segment, or, after silence, the unacknowledged window again (FillWindow). */
  fillWindow(): Segment[] {
    const end = Math.min(this.#first + this.#window, this.#count);
    this.#sent = Math.max(this.#sent, end);
    return Array.from({ length: end - this.#first }, (_, i) => this.#segment(this.#first + i));
  }

  /** Takes a SegmentACK, positive or negative: both say "up to here", and the window goes on after it. */
  acknowledge(sequence: number, window: number): SenderVerdict {
    const steps = stepsFrom(this.#first & 0xff, sequence);
    if (steps >= Math.min(this.#window, this.#sent - this.#first)) return { kind: 'duplicate' };
    this.#first += steps + 1;
    this.#window = window;
    if (this.#first === this.#count) return { kind: 'done' };
    return { kind: 'send', segments: this.fillWindow() };
  }

  #segment(index: number): Segment {
    const start = index * this.#segmentOctets;
    return {
      sequence: index & 0xff,
      octets: this.#payload.subarray(start, start + this.#segmentOctets),
      moreFollows: index < this.#count - 1,
    };
  }
}
