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

  it('brings one more copy long after, at its rate and within its time', () => {
    const late = send({ lateDuplicateRate: 0.1, lateDuplicateMs: 900 }).filter((a) => a.length === 2);
    expect(late.length).to.be.within(140, 260);
    for (const [first, second] of late) expect(second! - first!).to.be.within(1, 900);
  });

  it('loses what is sent into a partition, in this direction alone', () => {
    const arrivals = send({ partitions: [{ fromMs: 2, untilMs: 4 }] }, 6);
    expect(arrivals).to.deep.equal([[1], [2], [], [], [5], [6]]);
  });

  it('keeps what is sent into a clog, and brings it in order at the end', () => {
    const arrivals = send({ clogs: [{ fromMs: 1, untilMs: 4 }] }, 6);
    expect(arrivals).to.deep.equal([[1], [5], [5], [5], [5], [6]]);
  });

  it('cuts copies off at its rate, and leaves the octets of the sender alone', () => {
    const used = link({ truncateRate: 0.1 });
    const sent = Uint8Array.from({ length: 20 }, (_, i) => i);
    const copies = Array.from({ length: 2000 }, () => used.copied(sent));
    expect(copies.filter((copy) => copy.length < 20).length).to.be.within(140, 260);
    for (const copy of copies) expect([...copy]).to.deep.equal([...sent].slice(0, copy.length));
  });

  it('flips one bit of a copy at its rate, within the octets that it may, never of the sender', () => {
    const used = link({ corruptRate: 0.1, corruptOctets: 6 });
    const sent = new Uint8Array(20);
    const flipped = Array.from({ length: 2000 }, () => used.copied(sent)).filter((c) => c.some((o) => o > 0));
    expect(flipped.length).to.be.within(140, 260);
    for (const copy of flipped) {
      expect(copy.filter((octet) => octet > 0)).to.have.length(1);
      expect(copy.findIndex((octet) => octet > 0)).to.be.lessThan(6);
      expect([1, 2, 4, 8, 16, 32, 64, 128]).to.include(Math.max(...copy));
    }
    expect([...sent]).to.deep.equal(new Array(20).fill(0));
  });

  it('does the same again from the same seed', () => {
    const bad = { jitterMs: 9, lossRate: 0.2, duplicateRate: 0.2, reorderRate: 0.2 };
    expect(send(bad)).to.deep.equal(send(bad));
  });
});
