// SeededRandom: chance that can be replayed, and that is chance all the same.

import { expect } from 'chai';
import { SeededRandom } from '../../../simulator/world/random.js';

const draws = (random: SeededRandom, count: number): number[] =>
  Array.from({ length: count }, () => random.uint32());

describe('seeded random', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    expect(draws(new SeededRandom(7), 20)).to.deep.equal(draws(new SeededRandom(7), 20));
    expect(draws(new SeededRandom(7), 20)).to.not.deep.equal(draws(new SeededRandom(8), 20));
  });

  it('gives a named part its own numbers, whatever the whole has drawn before', () => {
    const fresh = new SeededRandom(7);
    const used = new SeededRandom(7);
    draws(used, 100);
    expect(draws(used.split('link'), 20)).to.deep.equal(draws(fresh.split('link'), 20));
    expect(draws(fresh.split('link'), 20)).to.not.deep.equal(draws(fresh.split('device'), 20));
  });

  it('draws unsigned 32-bit integers evenly', () => {
    const random = new SeededRandom('even');
    const buckets = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) {
      const value = random.uint32();
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).to.equal(true);
      buckets[value >>> 28]! += 1;
    }
    for (const count of buckets) expect(count).to.be.within(850, 1150);
  });

  it('keeps below its limit and reaches both ends', () => {
    const random = new SeededRandom(1);
    const seen = new Set(Array.from({ length: 500 }, () => random.below(5)));
    expect([...seen].sort()).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('is true as often as the rate says, never at 0 and always at 1', () => {
    const random = new SeededRandom(1);
    const hits = (rate: number): number =>
      Array.from({ length: 10_000 }, () => random.chance(rate)).filter(Boolean).length;
    expect(hits(0)).to.equal(0);
    expect(hits(1)).to.equal(10_000);
    expect(hits(0.2)).to.be.within(1800, 2200);
  });

  it('fills octets of any count, the same for the same seed', () => {
    for (const count of [0, 1, 3, 4, 5, 1023]) {
      const octets = new SeededRandom(3).octets(count);
      expect(octets).to.have.length(count);
      expect(octets).to.deep.equal(new SeededRandom(3).octets(count));
    }
    expect(new Set(new SeededRandom(3).octets(4096)).size).to.equal(256);
  });
});
