// Outcomes as replies. An answer that does not decode is a refusal like any other: it is a value.

import { DecodeError } from '../../protocol/index.js';
import type { Outcome } from '../../protocol/index.js';
import type { Reply } from './types.js';

/** The reply to a service whose acknowledgement holds something. */
export function answered<T>(outcome: Outcome, decode: (payload: Uint8Array) => T): Reply<T> {
  if (outcome.kind !== 'ack') return { ok: false, refusal: outcome };
  try {
    return { ok: true, value: decode(outcome.payload) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { ok: false, refusal: { kind: 'malformed', message: error.message } };
  }
}

/** The reply to a service that is acknowledged with a SimpleACK. */
export function done(outcome: Outcome): Reply<void> {
  if (outcome.kind !== 'ack') return { ok: false, refusal: outcome };
  if (outcome.simple) return { ok: true, value: undefined };
  return { ok: false, refusal: { kind: 'malformed', message: 'a ComplexACK where a SimpleACK belongs' } };
}
