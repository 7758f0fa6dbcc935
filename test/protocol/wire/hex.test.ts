// Octets as hex.

import { expect } from 'chai';
import fc from 'fast-check';
import { EncodeError, hexFromOctets, octetsFromHex } from '../../../protocol/index.js';
import { roundTrips } from '../../support/properties.js';

describe('hex', () => {
  it('is two lower-case digits an octet, and comes back', () => {
    expect(hexFromOctets(new Uint8Array([0, 10, 255]))).to.equal('000aff');
    roundTrips(
      fc.uint8Array() as fc.Arbitrary<Uint8Array>,
      (octets): Uint8Array => new Uint8Array(Buffer.from(hexFromOctets(octets))),
      (text) => octetsFromHex(Buffer.from(text).toString(), 'MAC'),
    );
  });

  it('is read in either case, and refused when it is none', () => {
    expect(Array.from(octetsFromHex('0aFF', 'MAC'))).to.deep.equal([10, 255]);
    expect(octetsFromHex('', 'MAC')).to.have.length(0);
    for (const wrong of ['0', '0g', '0x0a', ' 0a', '0a\n', '00 11']) {
      expect(() => octetsFromHex(wrong, 'MAC'), JSON.stringify(wrong)).to.throw(EncodeError, 'MAC');
    }
  });
});
