// Whether one device is protected, and why not. Pure: facts and a time come in, a state with its reason comes out. A
// failure never makes a fresh image worthless, and an old image never makes a device protected.

import { type FoundImage, parseUtcText } from '../../repository/index.js';
import type { Known } from '../ledger.js';

/** The words of protection. Only the first means that nothing has to be done. */
export const PROTECTION_STATES = [
  /** It has an image that is young enough. */
  'protected',
  /** Its Database_Revision has moved since its newest image. */
  'changed',
  /** Its newest image is too old, and nobody knows of a reason. */
  'stale',
  /** It has no image, and nobody has tried yet. */
  'never',
  /** The last try failed, and there is no image that is young enough: it refused the password, */
  'auth-failed',
  /** did not answer or was not found, */
  'unreachable',
  /** shares its instance with another device (however young its image is: whose is it?), */
  'duplicate',
  /** has no DM-BR-B, */
  'unsupported',
  /** or did something else; or two readings of it did not agree, so that nothing proves its newest image. */
  'failing',
] as const;

export type ProtectionState = (typeof PROTECTION_STATES)[number];

/** What the state of a device rests on. */
export interface StatusFacts {
  /** The newest image that is no undo image. */
  readonly newest?: FoundImage | undefined;
  readonly known?: Known | undefined;
  /** How old the newest image may be, ms. */
  readonly staleAfterMs: number;
  /** Now, ms since 1970. */
  readonly nowMs: number;
}

export interface Judgement {
  readonly state: ProtectionState;
  /** One sentence without its end. */
  readonly reason: string;
  /** Since its image was made, or was last seen to be up to date, ms; absent without an image. */
  readonly ageMs?: number;
}

const TROUBLE: Readonly<Record<string, ProtectionState>> = {
  'device-password': 'auth-failed',
  'device-silent': 'unreachable',
  'device-not-found': 'unreachable',
  'device-no-route': 'unreachable',
  'device-duplicate': 'duplicate',
  'device-unsupported': 'unsupported',
};

export function judge({ newest, known, staleAfterMs, nowMs }: StatusFacts): Judgement {
  const imageAtMs = newest === undefined ? undefined : parseUtcText(newest.createdAt);
  const freshAtMs = later(imageAtMs, unchangedAtMs(known, newest));
  // A clock that was set back must not make an image younger than new.
  const ageMs = freshAtMs === undefined ? undefined : Math.max(0, nowMs - freshAtMs);
  const aged = ageMs === undefined ? {} : { ageMs };
  const trouble = troubleOf(known, imageAtMs);
  const isFresh = ageMs !== undefined && ageMs <= staleAfterMs;
  const { duplicates = [] } = known ?? {};
  if (duplicates.length > 1) {
    const reason = `its instance answers from ${duplicates.join(' and from ')}: an image is of one of them at most`;
    return { state: 'duplicate', reason, ...aged };
  }
  if (isFresh && hasMoved(known, imageAtMs)) {
    const reason = `Database_Revision ${known?.revision ?? ''} was seen after its newest image`;
    return {
      state: 'changed',
      reason: trouble === undefined ? reason : `${reason}; ${trouble.words}`,
      ...aged,
    };
  }
  if (isFresh && isDisproven(known, newest)) {
    const reason = 'nothing proves its newest image, of which two readings did not agree';
    return {
      state: 'failing',
      reason: trouble === undefined ? reason : `${reason}; ${trouble.words}`,
      ...aged,
    };
  }
  if (isFresh) {
    const words =
      freshAtMs === imageAtMs ? 'its image is young enough' : 'it has not changed since its image';
    return {
      state: 'protected',
      reason: trouble === undefined ? words : `${words}, but ${trouble.words}`,
      ...aged,
    };
  }
  const old =
    ageMs === undefined ? 'it has no image' : `its newest image is older than ${days(staleAfterMs)}`;
  if (trouble !== undefined) return { state: trouble.state, reason: `${old}: ${trouble.words}`, ...aged };
  if (known?.support === 'no' && newest === undefined)
    return { state: 'unsupported', reason: 'it has no DM-BR-B: it cannot be backed up over BACnet' };
  if (newest === undefined) return { state: 'never', reason: `${old}, and nobody has tried yet` };
  return { state: 'stale', reason: old, ...aged };
}

/** When it was last seen that the image is still what the device has; only of the image that is the newest. */
function unchangedAtMs(known: Known | undefined, newest: FoundImage | undefined): number | undefined {
  if (known?.unchangedAt === undefined || newest === undefined || known.unchangedImage !== newest.id)
    return undefined;
  return parseUtcText(known.unchangedAt);
}

/** Whether two readings of the newest image did not agree, and nothing has proven it since. */
function isDisproven(known: Known | undefined, newest: FoundImage | undefined): boolean {
  return newest !== undefined && known?.unprovenImage === newest.id && newest.standing.verified === undefined;
}

/** Whether another Database_Revision than that of the newest image was seen after it. */
function hasMoved(known: Known | undefined, imageAtMs: number | undefined): boolean {
  if (known?.movedAt === undefined || imageAtMs === undefined) return false;
  return (parseUtcText(known.movedAt) ?? 0) > imageAtMs;
}

/** What the last try came to, unless there is an image after it. */
function troubleOf(
  known: Known | undefined,
  imageAtMs: number | undefined,
): { readonly state: ProtectionState; readonly words: string } | undefined {
  if (known?.code === undefined || known.triedAt === undefined) return undefined;
  if (imageAtMs !== undefined && imageAtMs > (parseUtcText(known.triedAt) ?? 0)) return undefined;
  // That its turn did not come is nothing that the device has done.
  if (known.outcome === 'not-begun') return undefined;
  const { failures = 1, message = known.code } = known;
  const often = failures > 1 ? ` (${failures} runs in a row)` : '';
  return { state: TROUBLE[known.code] ?? 'failing', words: `${message.replace(/\.$/, '')}${often}` };
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}

function days(ms: number): string {
  const whole = Math.round(ms / 86_400_000);
  return whole >= 2 ? `${whole} days` : `${Math.round(ms / 3_600_000)} hours`;
}
