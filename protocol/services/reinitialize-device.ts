// ReinitializeDevice (clause 16.4). Its answer is a SimpleACK, which has no payload.
//
// ReinitializeDevice-Request ::= SEQUENCE {
//   reinitialized-state-of-device [0] ENUMERATED, password [1] CharacterString (SIZE (1..20)) OPTIONAL }

import { ReinitializeState } from '../enums.js';
import { EncodeError } from '../errors.js';
import { PASSWORD_CHARACTERS_MAX } from '../limits.js';
import { readContext, readOptional, writeContext, writeOptional } from '../wire/fields.js';
import { ENUMERATED, TEXT } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import { characterCount } from '../wire/text.js';
import { encodeWith } from '../wire/writer.js';

export interface ReinitializeDeviceRequest {
  /** One of ReinitializeState; a decoded one may be another number. */
  readonly state: number;
  /** 1..20 characters (code points); a decoded one may have more or none. */
  readonly password?: string;
}

const STATES: ReadonlySet<number> = new Set(Object.values(ReinitializeState));

/**
 * Encodes the service payload. EncodeError for a state that the standard does not have (what a device
 * makes of it nobody knows), and for a password that is empty or longer than 20 characters.
 */
export function encodeReinitializeDeviceRequest(request: ReinitializeDeviceRequest): Uint8Array {
  if (!STATES.has(request.state)) throw new EncodeError(`ReinitializeDevice has no state ${request.state}`);
  if (request.password !== undefined) requirePassword(request.password);
  return encodeWith((writer) => {
    writeContext(writer, 0, ENUMERATED, request.state);
    writeOptional(writer, 1, TEXT, request.password);
  });
}

function requirePassword(password: string): void {
  const characters = characterCount(password);
  if (characters === 0 || characters > PASSWORD_CHARACTERS_MAX) {
    // The password itself must not get into a message.
    throw new EncodeError(
      `a password of ${characters} characters is not one of 1..${PASSWORD_CHARACTERS_MAX}`,
    );
  }
}

/**
 * Decodes the service payload; DecodeError when it is not exactly one request. States and password
 * lengths out of range pass: a server has errors of its own for them.
 */
export function decodeReinitializeDeviceRequest(payload: Uint8Array): ReinitializeDeviceRequest {
  return decodeAll(payload, 'ReinitializeDevice request', (reader) => {
    const state = readContext(reader, 0, ENUMERATED, 'reinitialized state of device');
    const password = readOptional(reader, 1, TEXT, 'password');
    return { state, ...(password !== undefined && { password }) };
  });
}
