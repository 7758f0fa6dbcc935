// What goes into an endpoint and what comes out of it: the whole vocabulary between the protocol and
// the world. Types only. Time enters as `now` (ms) beside each input; nothing here may hold a clock.

import type { Address, Destination, LinkAddress } from './address.js';
import type { DecodeError } from './errors.js';
import type { NetworkMessage } from './npdu.js';
import type { Answer, Outcome } from './outcome.js';

/** BACnetSegmentation as a word (property 107). */
export type Segmentation = 'both' | 'transmit' | 'receive' | 'none';

/** What one side can take in (clauses 12.11.18, 12.11.19, 20.1.2.4, 20.1.2.5). */
export interface ApduLimits {
  /** Max_APDU_Length_Accepted in octets, 50..1476. */
  readonly maxApdu: number;
  readonly segmentation: Segmentation;
  /** Max_Segments_Accepted; absent when unknown (then 2 must be assumed). */
  readonly maxSegments?: number;
}

export interface TransactionTimers {
  /** APDU_Timeout: silence after which a request is sent again. */
  readonly apduTimeoutMs: number;
  /**
   * The first wait, where the answer times of the peer are known; each later one is three times as long, up to
   * apduTimeoutMs. All together last as long as without it. Only for requests of one APDU that may be repeated.
   */
  readonly firstTimeoutMs?: number;
  /** APDU_Segment_Timeout. A receiver waits four times as long (clause 5.4.1). */
  readonly segmentTimeoutMs: number;
  /** Number_Of_APDU_Retries: how often the same APDU is sent again, 0 for never. */
  readonly retries: number;
}

export interface EndpointOptions {
  /** "bip": datagrams are BVLL messages (Annex J). "npdu": datagrams are bare NPDUs of another link. */
  readonly framing: 'bip' | 'npdu';
  readonly limits: ApduLimits;
  readonly timers: TransactionTimers;
  /** Window size that we propose and the most that we accept, 1..127. */
  readonly windowSize: number;
  /** B/IP only: register as a foreign device and send broadcasts through this BBMD (Annex J.5). */
  readonly foreign?: { readonly bbmd: LinkAddress; readonly ttlSeconds: number };
  /**
   * Server: how long the answer to a request is given again to an identical request, instead of executing
   * it twice, ms. Default 0, as most devices do.
   */
  readonly answerMemoryMs?: number;
  /** Where invoke ids start, 1..255; from Random, so that two runs in a row do not meet. */
  readonly firstInvokeId?: number;
}

export type EndpointInput =
  /** Registers as a foreign device when so configured. */
  | { readonly kind: 'start' }
  | { readonly kind: 'datagram'; readonly from: LinkAddress; readonly octets: Uint8Array }
  /** Asks a confirmed service. `handle` is the caller's own number; its outcome comes back under it. */
  | {
      readonly kind: 'request';
      readonly handle: number;
      readonly to: Address;
      readonly service: number;
      readonly payload: Uint8Array;
      /** What the peer, and the path to it, can take. */
      readonly peer: ApduLimits;
      readonly timers?: Partial<TransactionTimers>;
      /** Max APDU that we say we accept for this answer; default our own limit. */
      readonly maxApduAccepted?: number;
      /** Lets the peer segment its answer; default true when our limits can receive segments. */
      readonly segmentedAnswer?: boolean;
      /** Window size that we propose for the segments of this request, 1..127; default our own. */
      readonly windowSize?: number;
      /** NPCI network priority 0..3, default 0 (normal). */
      readonly priority?: number;
    }
  /** Forgets a request: no outcome but `cancelled`; the invoke id rests before it is used again. */
  | { readonly kind: 'cancel'; readonly handle: number }
  /** Server: the answer to an `indication`. */
  | { readonly kind: 'answer'; readonly handle: number; readonly answer: Answer }
  | {
      readonly kind: 'unconfirmed';
      readonly to: Destination;
      readonly service: number;
      readonly payload: Uint8Array;
    }
  | { readonly kind: 'network-message'; readonly to: Destination; readonly message: NetworkMessage }
  /** Lets timers act. Also safe to send early. */
  | { readonly kind: 'tick' };

export type Output =
  | { readonly kind: 'send'; readonly to: LinkAddress; readonly datagram: Uint8Array }
  | { readonly kind: 'event'; readonly event: EndpointEvent };

export type EndpointEvent =
  | { readonly kind: 'outcome'; readonly handle: number; readonly outcome: Outcome }
  /** The same APDU was sent again because nobody answered; attempt 2 is the first repetition. */
  | { readonly kind: 'retried'; readonly handle: number; readonly attempt: number }
  /**
   * A request without an answer is not met with silence: its first SegmentACK came, or the first segment of
   * its answer, or its router says that it is busy. Told once.
   */
  | { readonly kind: 'heard'; readonly handle: number }
  /** A confirmed request of a peer; answer it with the input `answer` under this handle. */
  | {
      readonly kind: 'indication';
      readonly handle: number;
      readonly from: Address;
      readonly service: number;
      readonly invokeId: number;
      readonly payload: Uint8Array;
      /** Most octets of service data that an answer may have on this transaction. */
      readonly answerOctetsMax: number;
    }
  | {
      readonly kind: 'unconfirmed';
      readonly from: Address;
      readonly service: number;
      readonly payload: Uint8Array;
    }
  | { readonly kind: 'network-message'; readonly from: Address; readonly message: NetworkMessage }
  | {
      readonly kind: 'foreign';
      readonly registered: boolean;
      readonly bbmd: LinkAddress;
      readonly result: number;
    }
  /** A datagram, or a part of one, that means nothing here. Nothing else was touched by it. */
  | {
      readonly kind: 'discarded';
      readonly from: LinkAddress;
      readonly reason: string;
      readonly error?: DecodeError;
    };

/** The shape of every machine of this package. */
export interface Machine<Input, Out> {
  handle(input: Input, now: number): Out[];
  /** When `tick` is due next, in the time of `now`; undefined when only an input can change anything. */
  nextDeadline(): number | undefined;
}
