// Interim.

/** Longest message that we put together from segments, octets: ours, far above any file chunk. */
export const MESSAGE_OCTETS_MAX = 1 << 20;

/** Requests of peers that we work on at the same time; one more is aborted (out of resources). */
export const SERVER_TRANSACTIONS_MAX = 128;

/** How long an application may think about one request before its transaction is forgotten, ms. */
export const SERVER_PATIENCE_MS = 60_000;

/** An invoke id without an answer rests this many APDU timeouts, and at most this long, ms. */
export const INVOKE_ID_REST_FACTOR = 4;
export const INVOKE_ID_REST_MS_MAX = 60_000;

/** How long Router-Busy-To-Network holds when no Router-Available follows, ms (clause 6.6.4). */
export const ROUTER_BUSY_MS = 30_000;

/** Registration as a foreign device is repeated this often while nothing comes back, ms, then again after the last. */
export const FOREIGN_RETRY_MS = [2_000, 5_000, 10_000, 30_000] as const;
