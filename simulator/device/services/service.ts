// What a confirmed service is to the device: a decoder and an act. Whatever does not decode becomes a
// Reject with the reason that fits (clause 18.9), and a refusal an Error; nothing may be thrown further.

import { DecodeError, RejectReason } from '../../../protocol/index.js';
import type { Answer } from '../../../protocol/index.js';
import type { DeviceState } from '../device-state.js';
import { Refused } from '../refused.js';

export type Service = (state: DeviceState, payload: Uint8Array, now: number) => Answer;

/** A service from its decoder and what it does. `act` throws Refused to answer with an Error. */
export function service<Request>(
  decode: (payload: Uint8Array) => Request,
  act: (state: DeviceState, request: Request, now: number) => Answer,
): Service {
  return (state, payload, now) => {
    let request: Request;
    try {
      request = decode(payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return { kind: 'reject', reason: rejectReason(error, payload, decode) };
    }
    try {
      return act(state, request, now);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { errorClass, errorCode, firstFailedElement } = error;
      return { kind: 'error', errorClass, errorCode, firstFailedElement };
    }
  };
}

export const simpleAck: Answer = { kind: 'simple-ack' };

export const complexAck = (payload: Uint8Array): Answer => ({ kind: 'complex-ack', payload });

/** Where decoding stopped tells what was wrong: at the end, after a whole request, or inside one. */
function rejectReason(
  error: DecodeError,
  payload: Uint8Array,
  decode: (payload: Uint8Array) => unknown,
): number {
  if (error.offset >= payload.length) return RejectReason.missingRequiredParameter;
  try {
    decode(payload.subarray(0, error.offset));
    return RejectReason.tooManyArguments;
  } catch {
    return RejectReason.invalidTag;
  }
}
