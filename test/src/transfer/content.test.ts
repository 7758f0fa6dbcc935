// feeder, ranges, fingerprint and outgoing: content in portions, differences as a short list.

import { expect } from 'chai';
import fc from 'fast-check';
import { ChunkSizes } from '../../../src/pacing/index.js';
import { OctetFeeder, RecordFeeder } from '../../../src/transfer/feeder.js';
import { Fingerprint } from '../../../src/transfer/fingerprint.js';
import { openOutgoing } from '../../../src/transfer/outgoing.js';
import {
  addOctetDifferences,
  NEAR_OCTETS,
  RangeList,
  RANGES_MAX,
  sameOctets,
} from '../../../src/transfer/ranges.js';
import { chunked, each, FILE } from '../../support/file-port.js';
import { failure, octetsOf } from '../../support/world.js';

describe('an octet feeder', () => {
  it('gives the content in portions of any size, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 1, max: 70 })),
        async (content, chunk, portions) => {
          const feeder = new OctetFeeder(chunked(content, chunk));
          let at = 0;
          for (const size of portions) {
            const portion = await feeder.take(size);
            expect([...portion]).to.deep.equal([...content.subarray(at, at + size)]);
            at += portion.length;
          }
          expect(await feeder.skip(Infinity)).to.equal(content.length - at);
        },
      ),
    );
  });

  it('passes over octets without giving them', async () => {
    const feeder = new OctetFeeder(chunked(octetsOf(100), 7));
    expect(await feeder.skip(33)).to.equal(33);
    expect([...(await feeder.take(2))]).to.deep.equal([...octetsOf(100).subarray(33, 35)]);
    expect(await feeder.skip(1000)).to.equal(65);
  });

  it('lets its source go when it is closed early', async () => {
    let closed = false;
    const source = (async function* () {
      try {
        yield await Promise.resolve(new Uint8Array(10));
        yield new Uint8Array(10);
      } finally {
        closed = true;
      }
    })();
    const feeder = new OctetFeeder(source);
    await feeder.take(1);
    await feeder.close();
    expect(closed).to.equal(true);
    expect((await feeder.take(20)).length).to.be.below(20);
  });
});

describe('a record feeder', () => {
  it('looks ahead without taking, within its limits, and never splits or joins', async () => {
    const records = [3, 0, 5, 9].map((length) => octetsOf(length, length));
    const feeder = new RecordFeeder(each(records));
    expect((await feeder.peek(10, 4)).map((record) => record.length)).to.deep.equal([3, 0, 5]);
    expect((await feeder.peek(2, Infinity)).map((record) => record.length)).to.deep.equal([3, 0]);
    expect((await feeder.take(3)).map((record) => record.length)).to.deep.equal([3, 0, 5]);
    expect((await feeder.take(3)).map((record) => record.length)).to.deep.equal([9]);
    expect(await feeder.take(1)).to.deep.equal([]);
  });
});

describe('outgoing content', () => {
  const limits = { maxApdu: 50, segmentation: 'none' } as const;
  const narrow = (): ChunkSizes => new ChunkSizes(limits, limits);

  it('gives the same octets again until they are accepted, and fewer when fewer fit', async () => {
    const content = octetsOf(100);
    const sizes = narrow();
    const outgoing = await openOutgoing(FILE, 'stream', chunked(content, 9), sizes, 0);
    const first = await outgoing.portion(0, 100);
    expect(first.count).to.equal(35);
    expect((await outgoing.portion(0, 100)).parts).to.deep.equal(first.parts);
    sizes.aborted('write', 'octets', 35);
    expect([...(await outgoing.portion(0, 100)).parts[0]!]).to.deep.equal([...content.subarray(0, 17)]);
    await outgoing.accept(17);
    expect([...(await outgoing.portion(17, 30)).parts[0]!]).to.deep.equal([...content.subarray(17, 30)]);
  });

  it('begins where it is told, in octets or records', async () => {
    const octets = await openOutgoing(FILE, 'stream', chunked(octetsOf(100), 9), narrow(), 40);
    expect([...(await octets.portion(40, 44)).parts[0]!]).to.deep.equal([...octetsOf(100).subarray(40, 44)]);
    const records = await openOutgoing(FILE, 'record', each([1, 2, 3].map((n) => octetsOf(n))), narrow(), 2);
    expect((await records.portion(2, 3)).parts.map((record) => record.length)).to.deep.equal([3]);
  });

  it('says that the image is corrupt when it holds less than it should, and that a record is too large', async () => {
    const short = await openOutgoing(FILE, 'stream', chunked(octetsOf(10), 9), narrow(), 0);
    expect((await failure(short.portion(0, 20))).code).to.equal('repository-corrupt');
    expect(
      (await failure(openOutgoing(FILE, 'stream', chunked(octetsOf(10), 9), narrow(), 11))).code,
    ).to.equal('repository-corrupt');
    const wide = await openOutgoing(FILE, 'record', each([octetsOf(60)]), narrow(), 0);
    expect((await failure(wide.portion(0, 1))).code).to.equal('transfer-unreadable');
  });
});

describe('a list of different ranges', () => {
  it('joins neighbours, keeps others apart, and ignores empty ranges', () => {
    const list = new RangeList(NEAR_OCTETS);
    list.add(5, 5);
    list.add(10, 12);
    list.add(12 + NEAR_OCTETS - 1, 40);
    list.add(40 + NEAR_OCTETS, 60);
    expect(list.ranges).to.deep.equal([
      { start: 10, end: 40 },
      { start: 56, end: 60 },
    ]);
  });

  it('stays short: the ranges that are nearest to one another become one, and a far one stays apart', () => {
    const list = new RangeList(1);
    const places = Array.from({ length: 1000 }, (_, i) => i * 10 + (i > 990 ? 5000 : 0));
    for (const at of places) list.add(at, at + 1);
    const { ranges } = list;
    expect(ranges).to.have.length(RANGES_MAX);
    expect(places.every((at) => ranges.some(({ start, end }) => start <= at && at < end))).to.equal(true);
    expect(
      ranges.every(({ start, end }) => end <= 9901 || start >= 14_910),
      'the gap is no range',
    ).to.equal(true);
  });

  it('covers exactly the octets that differ when nothing is near', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.array(fc.nat(59)), (content, places) => {
        const other = content.slice();
        for (const place of places) if (place < other.length) other[place] = (other[place] ?? 0) ^ 1;
        const list = new RangeList(1);
        addOctetDifferences(list, 100, content, other);
        const found = new Set(
          list.ranges.flatMap(({ start, end }) =>
            Array.from({ length: end - start }, (_, i) => start + i - 100),
          ),
        );
        for (let i = 0; i < content.length; i += 1) expect(found.has(i)).to.equal(content[i] !== other[i]);
        expect(sameOctets(content, other)).to.equal(list.ranges.length === 0);
      }),
    );
  });
});

describe('a fingerprint', () => {
  const of = (...portions: readonly Uint8Array[]): string => {
    const fingerprint = new Fingerprint();
    for (const portion of portions) fingerprint.addOctets(portion);
    return fingerprint.text;
  };

  it('is the same however a stream is cut, and another for any other octet or length', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 80 }),
        fc.nat(79),
        fc.nat(79),
        (content, cut, place) => {
          expect(of(content.subarray(0, cut), content.subarray(cut))).to.equal(of(content));
          const other = content.slice();
          const at = place % other.length;
          other[at] = (other[at] ?? 0) ^ 1;
          expect(of(other)).to.not.equal(of(content));
          expect(of(content, Uint8Array.of(0))).to.not.equal(of(content));
        },
      ),
    );
  });

  it('tells where records begin', () => {
    const records = (...lengths: readonly number[]): string => {
      const fingerprint = new Fingerprint();
      for (const length of lengths) fingerprint.addRecord(new Uint8Array(length));
      return fingerprint.text;
    };
    expect(records(2, 3)).to.not.equal(records(3, 2));
    expect(records(0, 5)).to.not.equal(records(5, 0));
  });
});
