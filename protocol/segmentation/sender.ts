// Sends one message in segments (clauses 5.2, 5.4.3 FillWindow, and the states SEGMENTED_REQUEST and
// SEGMENTED_RESPONSE of 5.4.4.2 and 5.4.5.4, which are alike). The message counts as sent only when its
// last segment has been acknowledged. Knows no PDU: whoever owns it wraps the segments.

import type { SegmentHeader } from '../apdu.js';
import type { Machine } from '../exchange.js';
import { SEGMENT_RECEIVE_TIMEOUT_FACTOR } from '../limits.js';
import { distance, inWindow, isWindowSize, sequenceOf } from './window.js';

export interface SenderOptions {
  readonly payload: Uint8Array;
  /** Octets of the payload in each segment: what the receiver's max APDU leaves after the header. */
  readonly segmentOctets: number;
  /** Window size that we propose, 1..127. */
  readonly windowSize: number;
  /** APDU_Segment_Timeout. */
  readonly segmentTimeoutMs: number;
  /** How often an unacknowledged window is sent again. */
  readonly retries: number;
}

export type SenderInput =
  | { readonly kind: 'start' }
  /** A SegmentACK: go on after `sequence`, `window` at a time. Negative: what came after it is of no use. */
  | {
      readonly kind: 'acknowledgement';
      readonly negative: boolean;
      readonly sequence: number;
      readonly window: number;
    }
  /** Sends what is not acknowledged again, and counts no retry: the network lost it by its own account. */
  | { readonly kind: 'repeat' }
  | { readonly kind: 'tick' };

type Acknowledgement = Extract<SenderInput, { kind: 'acknowledgement' }>;

export type SenderOutput =
  | { readonly kind: 'segment'; readonly header: SegmentHeader; readonly payload: Uint8Array }
  /** The last segment was acknowledged. */
  | { readonly kind: 'acknowledged' }
  /** No acknowledgement came, however often the window was sent again. */
  | { readonly kind: 'silence' }
  /** The receiver wants a window size that cannot be. */
  | { readonly kind: 'window-out-of-range' };

export class SegmentSender implements Machine<SenderInput, SenderOutput> {
  readonly #options: SenderOptions;
  readonly #count: number;
  /** Index of the first segment that is not acknowledged (InitialSequenceNumber). */
  #first = 0;
  /** Index after the last segment that was ever sent. */
  #sent = 0;
  /** ActualWindowSize: 1 until the receiver has said what it takes. */
  #window = 1;
  #retries = 0;
  #filledAt = 0;
  /** The window was sent again before its time. */
  #hurried = false;
  #deadline: number | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#count = Math.max(1, Math.ceil(options.payload.length / options.segmentOctets));
  }

  /** Every segment has been sent at least once (SentAllSegments). */
  get sentAll(): boolean {
    return this.#sent === this.#count;
  }

  nextDeadline(): number | undefined {
    return this.#deadline;
  }

  handle(input: SenderInput, now: number): SenderOutput[] {
    switch (input.kind) {
      case 'start':
        return this.#fillWindow(now);
      case 'repeat':
        return this.#deadline === undefined ? [] : this.#fillWindow(now);
      case 'acknowledgement':
        return this.#deadline === undefined ? [] : this.#acknowledged(input, now);
      case 'tick':
        return this.#deadline === undefined || now < this.#deadline ? [] : this.#timeout(now);
    }
  }

  #acknowledged({ negative, sequence, window }: Acknowledgement, now: number): SenderOutput[] {
    const initial = sequenceOf(this.#first);
    // What was sent under an earlier, larger window may still be acknowledged: not the window in force
    // decides, but what is on its way. That is never more than one window of 127.
    if (!inWindow(sequence, initial, this.#sent - this.#first)) {
      const missing = negative && distance(sequence, initial) === 1;
      return missing && !this.#hurried ? this.#hurry(now) : this.#duplicate(now);
    }
    this.#first += distance(initial, sequence) + 1;
    if (this.#first === this.#count) return this.#end({ kind: 'acknowledged' });
    if (!isWindowSize(window)) return this.#end({ kind: 'window-out-of-range' });
    this.#window = Math.min(window, this.#options.windowSize);
    this.#retries = 0;
    return this.#fillWindow(now);
  }

  /**
   * The very first segment of the window is missing. To the standard that is a duplicate acknowledgement,
   * and the timer will see to it; sending the window again at once saves that time. Once only: a copy of
   * such a message must not double what is on its way again and again.
   */
  #hurry(now: number): SenderOutput[] {
    const outputs = this.#fillWindow(now);
    this.#hurried = true;
    return outputs;
  }

  /** DuplicateACK_Received restarts the timer; repeated for ever it must not keep us waiting for ever. */
  #duplicate(now: number): SenderOutput[] {
    const { segmentTimeoutMs } = this.#options;
    this.#deadline = Math.min(
      now + segmentTimeoutMs,
      this.#filledAt + SEGMENT_RECEIVE_TIMEOUT_FACTOR * segmentTimeoutMs,
    );
    return [];
  }

  #timeout(now: number): SenderOutput[] {
    if (this.#retries >= this.#options.retries) return this.#end({ kind: 'silence' });
    this.#retries += 1;
    return this.#fillWindow(now);
  }

  #fillWindow(now: number): SenderOutput[] {
    const { payload, segmentOctets, windowSize } = this.#options;
    const end = Math.min(this.#first + this.#window, this.#count);
    const outputs: SenderOutput[] = [];
    for (let index = this.#first; index < end; index++) {
      outputs.push({
        kind: 'segment',
        header: { sequence: sequenceOf(index), window: windowSize, moreFollows: index + 1 < this.#count },
        payload: payload.subarray(index * segmentOctets, (index + 1) * segmentOctets),
      });
    }
    this.#sent = Math.max(this.#sent, end);
    this.#filledAt = now;
    this.#hurried = false;
    this.#deadline = now + this.#options.segmentTimeoutMs;
    return outputs;
  }

  #end(output: SenderOutput): SenderOutput[] {
    this.#deadline = undefined;
    return [output];
  }
}
