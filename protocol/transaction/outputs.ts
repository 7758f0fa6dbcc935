// What the transaction machines want sent and told, before any network layer is around it, and what both
// sides know of themselves. Mostly types.

import type { Address } from '../address.js';
import type { Apdu } from '../apdu.js';
import type { ApduLimits, EndpointEvent, TransactionTimers } from '../exchange.js';

/** An APDU to a peer, or an event for the application. */
export type TransactionOutput =
  | {
      readonly kind: 'apdu';
      readonly to: Address;
      readonly apdu: Apdu;
      /** NPCI network priority 0..3. */
      readonly priority: number;
    }
  | { readonly kind: 'event'; readonly event: EndpointEvent };

/** What became of an APDU that came for a transaction. */
export type Received =
  | { readonly kind: 'taken'; readonly outputs: TransactionOutput[] }
  /** It means nothing here, and changed nothing. */
  | { readonly kind: 'ignored'; readonly reason: string }
  /** It begins another transaction, which takes the place of this one. */
  | { readonly kind: 'replaced' };

export function taken(outputs: TransactionOutput[]): Received {
  return { kind: 'taken', outputs };
}

export function ignored(reason: string): Received {
  return { kind: 'ignored', reason };
}

/** Our own side, the same for every transaction. */
export interface OwnSide {
  readonly limits: ApduLimits;
  readonly timers: TransactionTimers;
  /** Window size that we propose and the most that we accept, 1..127. */
  readonly windowSize: number;
}

/** Whether a node with these limits can send segments (Segmentation_Supported, clause 12.11.17). */
export function sendsSegments(limits: ApduLimits): boolean {
  return limits.segmentation === 'both' || limits.segmentation === 'transmit';
}

/** Whether a node with these limits can take segments. */
export function takesSegments(limits: ApduLimits): boolean {
  return limits.segmentation === 'both' || limits.segmentation === 'receive';
}

/** Anything with a timer. */
interface Timed {
  nextDeadline(): number | undefined;
}

/** The least of the deadlines that there are. */
export function earliest(machines: Iterable<Timed | undefined>): number | undefined {
  let least: number | undefined;
  for (const machine of machines) {
    const deadline = machine?.nextDeadline();
    if (deadline !== undefined && (least === undefined || deadline < least)) least = deadline;
  }
  return least;
}

export function discarded(from: Address, reason: string): TransactionOutput {
  return { kind: 'event', event: { kind: 'discarded', from: from.link, reason } };
}
