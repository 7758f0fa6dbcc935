// How a confirmed service ends, seen from either side. A peer's Error, Reject, Abort and silence are
// ordinary values here: whoever asked decides what they mean.

/** What became of a confirmed request that we sent. */
export type Outcome =
  | { readonly kind: 'ack'; readonly service: number; readonly simple: boolean; readonly payload: Uint8Array }
  | ErrorOutcome
  | { readonly kind: 'reject'; readonly reason: number }
  | { readonly kind: 'abort'; readonly reason: number; readonly server: boolean }
  /** No answer within the timers: `attempts` APDUs were sent. Whether the peer acted is unknown. */
  | { readonly kind: 'timeout'; readonly attempts: number }
  /** A router sent Reject-Message-To-Network (clause 6.4.4) for the network of this peer. */
  | { readonly kind: 'network-reject'; readonly network: number; readonly reason: number }
  /** Never sent: it does not fit the peer's max APDU and cannot be segmented. */
  | { readonly kind: 'unsendable'; readonly octets: number; readonly limit: number }
  | { readonly kind: 'cancelled' }
  /** An answer of the right transaction whose content does not decode. */
  | { readonly kind: 'malformed'; readonly message: string };

export interface ErrorOutcome {
  readonly kind: 'error';
  readonly errorClass: number;
  readonly errorCode: number;
  /** CreateObject-Error only (clause 15.3.1.3): 1-based number of the initial value that failed. */
  readonly firstFailedElement?: number;
}

/** Everything but an acknowledgement. */
export type Refusal = Exclude<Outcome, { kind: 'ack' }>;

/** What a server answers to an indication. */
export type Answer =
  | { readonly kind: 'simple-ack' }
  | { readonly kind: 'complex-ack'; readonly payload: Uint8Array }
  | {
      readonly kind: 'error';
      readonly errorClass: number;
      readonly errorCode: number;
      readonly firstFailedElement?: number;
    }
  | { readonly kind: 'reject'; readonly reason: number }
  | { readonly kind: 'abort'; readonly reason: number }
  /** Say nothing at all: the client will time out. */
  | { readonly kind: 'silence' };
