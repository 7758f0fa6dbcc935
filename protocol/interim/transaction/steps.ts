// What a transaction wants done, and what it needs to know of its own side. Types only.

import type { Apdu } from '../../apdu.js';
import type { ApduLimits } from '../../exchange.js';
import type { Outcome } from '../../outcome.js';

export type Step =
  | { readonly kind: 'apdu'; readonly apdu: Apdu }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'retried'; readonly attempt: number }
  /** Server: the whole request is here. */
  | { readonly kind: 'indication'; readonly payload: Uint8Array };

export interface OwnSide {
  readonly limits: ApduLimits;
  readonly windowSize: number;
  readonly segmentTimeoutMs: number;
  readonly retries: number;
}

export function canSend(limits: ApduLimits): boolean {
  return limits.segmentation === 'both' || limits.segmentation === 'transmit';
}

export function canReceive(limits: ApduLimits): boolean {
  return limits.segmentation === 'both' || limits.segmentation === 'receive';
}
