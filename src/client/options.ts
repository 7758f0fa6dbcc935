// The defaults of a client, in one place, each with its reason. Numbers only; nothing here may act.

import type { Address, ApduLimits, LinkAddress, TransactionTimers } from '../../protocol/index.js';
import { type LaneLimits, type Pace, UNPACED } from '../pacing/index.js';
import type { CallOptions } from './types.js';

export interface ClientOptions {
  /** Replaces the default APDU timeouts below; ReinitializeDevice never waits less than 10 s. */
  readonly apduTimeoutMs?: number;
  /** How often a question that may be repeated is sent again; default 3. Writes never are. */
  readonly retries?: number;
  /** Speed limit of a lane, in frames. */
  readonly pace?: {
    readonly direct?: Pace;
    readonly routed?: Pace;
    /** By network number; a network that is not named has `routed`. */
    readonly networks?: Readonly<Record<number, Pace>>;
  };
  /** Requests outstanding per lane; default 1 (an MS/TP network carries one transfer at a time). */
  readonly outstandingPerLane?: number;
  /** Register as a foreign device with this BBMD and broadcast through it (Annex J.5). */
  readonly foreign?: { readonly bbmd: LinkAddress; readonly ttlSeconds?: number };
  /** Answer as a device of this instance; some devices talk to no other. Default: none. */
  readonly localInstance?: number;
  /** Largest APDU that we take, octets; default 1476, the most that fits B/IP. */
  readonly maxApdu?: number;
}

/** The kinds of confirmed requests that have timers of their own. */
export type CallKind =
  'read-property' | 'write-property' | 'reinitialize' | 'read-file' | 'write-file' | 'create-object';

interface CallDefaults {
  readonly directMs: number;
  readonly routedMs: number;
  /** Whether the same request may be sent again by itself. */
  readonly repeatable: boolean;
}

/**
 * protocol.md 4.3. Questions: 3 s, and 6 s (properties) or 10 s (file octets) behind a router, where a token
 * has to go round. What changes the device gets 10 s and one attempt: it may be writing flash, and a
 * repetition means something else.
 */
export const CALL_DEFAULTS: Readonly<Record<CallKind, CallDefaults>> = {
  'read-property': { directMs: 3000, routedMs: 6000, repeatable: true },
  'write-property': { directMs: 3000, routedMs: 6000, repeatable: false },
  reinitialize: { directMs: 10_000, routedMs: 10_000, repeatable: false },
  'read-file': { directMs: 3000, routedMs: 10_000, repeatable: true },
  'write-file': { directMs: 10_000, routedMs: 10_000, repeatable: false },
  'create-object': { directMs: 10_000, routedMs: 10_000, repeatable: false },
};

/** Repetitions of a question (Number_Of_APDU_Retries). */
export const RETRIES = 3;

/**
 * No answer is called late sooner than this, however fast the device was. Behind a router others talk, too: there
 * a repetition costs everybody, and a token that is late is not lost.
 */
export const LATE_FLOOR_MS = { direct: 100, routed: 2000 } as const;

/** APDU_Segment_Timeout, direct and behind a router. */
const SEGMENT_TIMEOUT_MS = { direct: 2000, routed: 5000 } as const;

/** Segments of one answer that we take. 64 is the most that a request can name with a number (20.1.2.4). */
const SEGMENTS_ACCEPTED = 64;

/** Seconds that a foreign device registration lives (Annex J.5.2); the endpoint renews it in time. */
export const FOREIGN_TTL_SECONDS = 300;

/**
 * Behind a router: 20 frames a second after a burst of 10. An MS/TP network of 76.8 kbit/s carries about 15
 * frames of 501 octets a second, so this holds back only what would fill a router's buffers. A B/IP device
 * is not held back: one outstanding request is limit enough, and several reads are as many as it bears.
 */
const ROUTED_PACE: Pace = { framesPerSecond: 20, burst: 10 };

/** Questions to everybody: an I-Am storm is the answer to more (users.md B20). */
const BROADCAST_PACE: Pace = { framesPerSecond: 5, burst: 3 };

/**
 * How long a network behind a router is kept for one request that is met with silence. A token that
 * goes round, and a device that writes flash, take less than this or much longer; and while a device says
 * nothing its network carries nothing. One that is switched off must not hold up the procedures of its
 * neighbours until their watchdogs fire: its repetitions alone take 40 s.
 */
export const LANE_PATIENCE_MS = 3000;

/** The lane of everything that is broadcast. */
export const BROADCAST_LANE = 'broadcast';

/** The lane of a peer: its own when it is on our link, its whole network when it is behind a router. */
export function laneOf(address: Address): string {
  return address.network === undefined ? address.link : `${address.network}@${address.link}`;
}

export function laneLimits(lane: string, options: ClientOptions): LaneLimits {
  if (lane === BROADCAST_LANE) return { outstanding: 1, pace: BROADCAST_PACE };
  const routed = lane.includes('@');
  const pace = routed ? routedPace(lane, options) : (options.pace?.direct ?? UNPACED);
  const outstanding = options.outstandingPerLane ?? 1;
  // A lane of one device has nobody to make room for.
  return routed ? { outstanding, pace, patienceMs: LANE_PATIENCE_MS } : { outstanding, pace };
}

function routedPace(lane: string, { pace = {} }: ClientOptions): Pace {
  return pace.networks?.[Number(lane.split('@')[0])] ?? pace.routed ?? ROUTED_PACE;
}

/** What we take in and tell every peer. */
export function ownLimits(options: ClientOptions): ApduLimits {
  return { maxApdu: options.maxApdu ?? 1476, segmentation: 'both', maxSegments: SEGMENTS_ACCEPTED };
}

/** The timers of one request: what the caller says, else the client's options, else the table; and the first wait. */
export function timersFor(
  kind: CallKind,
  address: Address,
  options: ClientOptions,
  call: CallOptions,
  firstTimeoutMs?: number,
): TransactionTimers {
  const defaults = CALL_DEFAULTS[kind];
  const routed = address.network !== undefined;
  const own = routed ? defaults.routedMs : defaults.directMs;
  const chosen = options.apduTimeoutMs ?? own;
  return {
    apduTimeoutMs: call.apduTimeoutMs ?? (kind === 'reinitialize' ? Math.max(chosen, own) : chosen),
    segmentTimeoutMs: routed ? SEGMENT_TIMEOUT_MS.routed : SEGMENT_TIMEOUT_MS.direct,
    retries: call.retries ?? (defaults.repeatable ? (options.retries ?? RETRIES) : 0),
    ...(firstTimeoutMs === undefined || call.apduTimeoutMs !== undefined ? {} : { firstTimeoutMs }),
  };
}
