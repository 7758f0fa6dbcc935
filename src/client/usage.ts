// What has no encoding was asked for by the caller: a usage error, in the words of the codec.

import { EncodeError } from '../../protocol/index.js';
import { EngineError } from '../errors.js';

/** The octets; an EncodeError of `encode` becomes EngineError `usage`. */
export function encoded(encode: () => Uint8Array): Uint8Array {
  try {
    return encode();
  } catch (error) {
    throw asUsage(error);
  }
}

/** EngineError `usage` for an EncodeError; anything else as it is. */
export function asUsage(error: unknown): unknown {
  if (!(error instanceof EncodeError)) return error;
  return new EngineError('usage', `The request cannot be sent: ${error.message}.`, { cause: error });
}
