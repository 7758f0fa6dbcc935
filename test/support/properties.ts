// Promises that every codec keeps, each as one property for fast-check.

import { expect } from 'chai';
import fc from 'fast-check';
import { DecodeError } from '../../protocol/index.js';

/** What is encoded decodes to the same value, and that to the same octets. */
export function roundTrips<T>(
  arbitrary: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (octets: Uint8Array) => T,
): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      const octets = encode(value);
      const decoded = decode(octets);
      expect(decoded).to.deep.equal(value);
      expect(encode(decoded)).to.deep.equal(octets);
    }),
    { numRuns: 300 },
  );
}

/** A payload with one octet more, or cut anywhere, is refused or means something else: never the same. */
export function takesItsOctetsExactly<T>(
  arbitrary: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (octets: Uint8Array) => T,
): void {
  fc.assert(
    fc.property(arbitrary, fc.nat(), (value, at) => {
      const octets = encode(value);
      const shorter = octets.subarray(0, octets.length === 0 ? 0 : at % octets.length);
      if (octets.length > 0) expect(decodedOrRefused(decode, shorter)).to.not.deep.equal(value);
      // X'FF' begins a tag of the reserved number 255 or an extended closing tag: nothing can end in it.
      const longer = new Uint8Array([...octets, 0xff]);
      expect(() => decode(longer)).to.throw(DecodeError);
    }),
    { numRuns: 200 },
  );
}

/** The value, or undefined when a DecodeError said no. */
export function decodedOrRefused<T>(decode: (octets: Uint8Array) => T, octets: Uint8Array): T | undefined {
  try {
    return decode(octets);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return undefined;
  }
}

/** Arbitrary octets decode or are refused with a DecodeError; nothing else comes out. */
export function survives(decode: (octets: Uint8Array) => unknown): void {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      decodedOrRefused(decode, octets);
    }),
    { numRuns: 1000 },
  );
}
