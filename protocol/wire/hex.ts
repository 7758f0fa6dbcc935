// Octets as lower-case hex, two digits an octet: the text form of a MAC, and of octets in messages.

import { EncodeError } from '../errors.js';

export function hexFromOctets(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** Octets of a hex text. EncodeError, naming `what`, when it is none. */
export function octetsFromHex(hex: string, what: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/i.test(hex)) throw new EncodeError(`${what} "${hex}" is not hex of whole octets`);
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}
