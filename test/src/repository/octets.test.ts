// Octets put together, and random digits.

import { expect } from 'chai';
import { joined, randomDigits } from '../../../src/repository/octets.js';
import { noise, random } from './samples.js';

describe('octets', () => {
  it('are put together in their order', () => {
    expect(joined([])).to.deep.equal(new Uint8Array(0));
    expect(joined([noise(3), noise(0), noise(2, 2)])).to.deep.equal(
      new Uint8Array([...noise(3), ...noise(2, 2)]),
    );
  });

  it('are told apart by digits of the length that is asked for, leading zeros too', () => {
    for (const digits of [8, 16, 32] as const)
      expect(randomDigits(random(), digits))
        .to.match(/^[0-9a-f]+$/)
        .and.have.length(digits);
    expect(randomDigits({ uint32: () => -1 }, 8)).to.equal('ffffffff');
    expect(randomDigits({ uint32: () => 7 }, 16)).to.equal('0000000700000007');
  });
});
