// When to ask again a device that says "not now" (clause 19.1.2, 135-2020 table of error codes). Pure:
// the schedule and the list of such answers. Silence is not in it: what an unanswered request did is
// unknown, and each service has its own rule for that.

import { AbortReason, ErrorCode, type Refusal } from '../../protocol/index.js';

/** The first pause; each further one is twice as long. */
export const BACKOFF_FIRST_MS = 500;

/** No pause is longer than this, so that a device that becomes ready is noticed. */
export const BACKOFF_MAX_MS = 8000;

/** Reject-Message-To-Network reason "router busy" (clause 6.4.4). */
const ROUTER_BUSY = 2;

/** The pause before try `attempt` + 1, in ms: 500, 1000, 2000, 4000, 8000, 8000, ... for attempt 1, 2, ... */
export function backoffMs(attempt: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, Math.min(attempt, 32) - 1));
}

/** Error codes that mean "later", whatever the class: stacks do not agree on the class. */
const BUSY_CODES: readonly number[] = [
  ErrorCode.configurationInProgress,
  ErrorCode.deviceBusy,
  ErrorCode.busy,
];

/** Whether the peer, or a router on the way, said that it did nothing now and may later. */
export function isBusy(refusal: Refusal): boolean {
  switch (refusal.kind) {
    case 'error':
      return BUSY_CODES.includes(refusal.errorCode);
    case 'abort':
      return refusal.reason === AbortReason.outOfResources;
    case 'network-reject':
      return refusal.reason === ROUTER_BUSY;
    default:
      return false;
  }
}
