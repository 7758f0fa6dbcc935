// Link: each knob does what it says, and nothing else.

import { expect } from 'chai';
import { Link, type LinkQuality, perfectLink } from '../../../simulator/network/link.js';
import { SeededRandom } from '../../../simulator/world/random.js';

const link = (quality: Partial<LinkQuality>): Link =>
  new Link({ ...perfectLink, ...quality }, new SeededRandom('link'));

/** Arrivals of `count` datagrams sent one a millisecond. */
const send = (quality: Partial<LinkQuality>, count = 2000): number[][] => {
  const used = link(quality);
  return Array.from({ length: count }, (_, now) => used.arrivals(now));
};

describe('link', () => {
  it('delivers everything once, in order, 1 ms later, unless told otherwise', () => {
    expect(send({}, 5)).to.deep.equal([[1], [2], [3], [4], [5]]);
  });

  it('adds its delay', () => {
    expect(send({ delayMs: 250 }, 2)).to.deep.equal([[250], [251]]);
  });

  it('jitters within its bounds and never lets one overtake another', () => {
    const arrivals = send({ delayMs: 10, jitterMs: 40 }).flat();
    expect(arrivals).to.deep.equal([...arrivals].sort((a, b) => a - b));
    arrivals.forEach((timeMs, now) => expect(timeMs - now).to.be.within(10, 50));
    expect(new Set(arrivals.map((timeMs, now) => timeMs - now)).size).to.be.greaterThan(10);
  });

  it('loses at its rate', () => {
    expect(send({ lossRate: 0.1 }).filter((a) => a.length === 0).length).to.be.within(140, 260);
    expect(send({ lossRate: 1 }).flat()).to.deep.equal([]);
  });

  it('duplicates at its rate', () => {
    expect(send({ duplicateRate: 0.1 }).filter((a) => a.length === 2).length).to.be.within(140, 260);
  });

  it('lets later datagrams overtake at its rate, by no more than its time', () => {
    const arrivals = send({ reorderRate: 0.1, reorderMs: 15 }).map(([timeMs]) => timeMs!);
    const late = arrivals.filter((timeMs, now) => timeMs - now > 1);
    expect(late.length).to.be.within(140, 260);
    arrivals.forEach((timeMs, now) => expect(timeMs - now).to.be.within(1, 17));
    expect(arrivals).to.not.deep.equal([...arrivals].sort((a, b) => a - b));
  });

  it('does the same again from the same seed', () => {
    const bad = { jitterMs: 9, lossRate: 0.2, duplicateRate: 0.2, reorderRate: 0.2 };
    expect(send(bad)).to.deep.equal(send(bad));
  });
});
