// The receiving side of one segmented message (clauses 5.4.4.4 and 5.4.5.2): puts segments together and
// says which to acknowledge. Takes every octet once and in order, or the message never completes. Holds
// no timer. Memory is bounded by `octetsMax`.

import { inWindow, isDuplicate, stepsFrom } from './window.js';

export type ReceiverVerdict =
  /** Kept, or dropped as a duplicate; nothing to say yet. `fresh` tells them apart for the timer. */
  | { readonly kind: 'quiet'; readonly fresh: boolean }
  /** Send a SegmentACK with this sequence number. */
  | { readonly kind: 'acknowledge'; readonly sequence: number; readonly negative: boolean; readonly fresh: boolean }
  /** The last segment came: acknowledge it, then take the payload. */
  | { readonly kind: 'complete'; readonly sequence: number; readonly payload: Uint8Array }
  /** More than we keep. */
  | { readonly kind: 'overflow' };

export class SegmentReceiver {
  readonly #window: number;
  readonly #octetsMax: number;
  readonly #parts: Uint8Array[] = [];
  #octets = 0;
  /** The last sequence number that we acknowledged. */
  #first = 0;
  /** The last sequence number that we took. */
  #last = 0;
  #duplicates = 0;

  /** Begins with the first segment, which the caller acknowledges with sequence 0 and `window`. */
  constructor(firstOctets: Uint8Array, window: number, octetsMax: number) {
    this.#window = window;
    this.#octetsMax = octetsMax;
    this.#take(firstOctets);
  }

  /** Actual window size, as told in every SegmentACK. */
  get window(): number {
    return this.#window;
  }

  receive(sequence: number, moreFollows: boolean, octets: Uint8Array): ReceiverVerdict {
    if (stepsFrom(this.#last, sequence) !== 1) return this.#outOfOrder(sequence);
    if (this.#octets + octets.length > this.#octetsMax) return { kind: 'overflow' };
    this.#take(octets);
    this.#last = sequence;
    if (!moreFollows) return { kind: 'complete', sequence, payload: this.#joined() };
    if (inWindow(sequence, this.#first, this.#window)) return { kind: 'quiet', fresh: true };
    return this.#acknowledge(false, true);
  }

  /** A duplicate is dropped in silence, unless the sender goes on repeating; a gap is named at once. */
  #outOfOrder(sequence: number): ReceiverVerdict {
    if (isDuplicate(sequence, this.#first, this.#last, this.#window)) {
      // Nothing of this window came yet: perhaps our acknowledgement was lost, and the sender waits for it.
      if (this.#first === this.#last) return this.#acknowledge(false, false);
      this.#duplicates += 1;
      if (this.#duplicates < this.#window) return { kind: 'quiet', fresh: false };
    }
    return this.#acknowledge(true, false);
  }

  #acknowledge(negative: boolean, fresh: boolean): ReceiverVerdict {
    this.#first = this.#last;
    this.#duplicates = 0;
    return { kind: 'acknowledge', sequence: this.#last, negative, fresh };
  }

  #take(octets: Uint8Array): void {
    this.#parts.push(octets);
    this.#octets += octets.length;
  }

  #joined(): Uint8Array {
    const joined = new Uint8Array(this.#octets);
    let offset = 0;
    for (const part of this.#parts) {
      joined.set(part, offset);
      offset += part.length;
    }
    return joined;
  }
}
