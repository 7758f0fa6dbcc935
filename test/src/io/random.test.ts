// Chance from the operating system.

import { expect } from 'chai';

import { systemRandom } from '../../../src/io/random.js';

describe('the random numbers of the system', () => {
  it('are whole, of 32 bits, and not all the same', () => {
    const random = systemRandom();
    const numbers = Array.from({ length: 64 }, () => random.uint32());
    for (const number of numbers) {
      expect(Number.isInteger(number)).to.equal(true);
      expect(number).to.be.within(0, 2 ** 32 - 1);
    }
    expect(new Set(numbers).size).to.be.greaterThan(60);
    expect(Math.max(...numbers)).to.be.greaterThan(2 ** 31);
  });
});
