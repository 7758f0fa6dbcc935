// Which part of the objects a check reads: no state, and yet every object has its turn.

import { expect } from 'chai';
import { EVERYTHING, isInPart, type Part, partToRead } from '../../../src/repository/check-part.js';
import { sha256Of } from '../../../src/repository/digest.js';
import { octets, rejection } from './samples.js';

const DAY_MS = 86_400_000;
const hashes = Array.from({ length: 2000 }, (_, at) => sha256Of(octets(`${at}`)));

/** The slices of a part. */
const slices = ({ first, count, of }: Part): number[] =>
  Array.from({ length: count }, (_, at) => (first + at) % of);

describe('the part of the objects that is read', () => {
  it('is all, none, or the one that is named', () => {
    expect(partToRead(false, 0)).to.equal(undefined);
    for (const all of [true, { percent: 100 }, { part: 1, of: 1 }]) {
      expect(partToRead(all, 0)).to.deep.equal(EVERYTHING);
      for (const hash of hashes) expect(isInPart(hash, EVERYTHING)).to.equal(true);
    }
    expect(partToRead({ part: 3, of: 7 }, 0)).to.deep.equal({ first: 2, count: 1, of: 7 });
  });

  it('puts each object into exactly one of several parts, and parts are about equal', () => {
    for (const of of [2, 3, 7, 20, 101]) {
      const counts = new Map<number, number>();
      for (const hash of [...hashes, '0'.repeat(64), 'f'.repeat(64)]) {
        const parts = Array.from({ length: of }, (_, first) => first).filter((first) =>
          isInPart(hash, { first, count: 1, of }),
        );
        expect(parts).to.have.length(1);
        counts.set(parts[0]!, (counts.get(parts[0]!) ?? 0) + 1);
      }
      for (const count of counts.values()) expect(count).to.be.within((0.3 * 2000) / of, (2 * 2000) / of);
    }
  });

  it('goes around: after the last slice comes the first', () => {
    const part = { first: 5, count: 4, of: 7 };
    const inPart = hashes.filter((hash) => isInPart(hash, part));
    const inSlices = hashes.filter((hash) =>
      slices(part).some((first) => isInPart(hash, { first, count: 1, of: 7 })),
    );
    expect(inPart).to.deep.equal(inSlices);
  });

  for (const [percent, nights] of [
    [50, 3],
    [33.3, 4],
    [25, 5],
    [5, 21],
    [1, 101],
    [0.5, 201],
    [0.01, 10_007],
  ] as const)
    it(`of ${percent} % begins each day where it ended the day before: ${nights} nights in a row read all`, () => {
      for (const start of [0, 20_000, 20_011]) {
        const seen = new Set<number>();
        let next: number | undefined;
        let of = 0;
        for (let night = 0; night < nights; night += 1) {
          const part = partToRead({ percent }, (start + night) * DAY_MS + 7_200_000)!;
          expect(part.count / part.of).to.be.within((percent / 100) * 0.9, percent / 100);
          if (next !== undefined) expect(part.first).to.equal(next);
          for (const slice of slices(part)) seen.add(slice);
          next = (part.first + part.count) % part.of;
          ({ of } = part);
        }
        expect(seen.size).to.equal(of);
      }
    });

  it('is the same all day long', () => {
    expect(partToRead({ percent: 5 }, 20_000 * DAY_MS)).to.deep.equal(
      partToRead({ percent: 5 }, 20_001 * DAY_MS - 1),
    );
  });

  it('comes to every object in 101 checks at most, also every second day, weekly, fortnightly or monthly', () => {
    for (const every of [2, 3, 5, 7, 10, 14, 28, 30])
      for (const percent of [50, 25, 20, 14, 10, 7, 5, 2, 1]) {
        const seen = new Set<number>();
        for (let check = 0; check < 101; check += 1)
          for (const slice of slices(partToRead({ percent }, check * every * DAY_MS)!)) seen.add(slice);
        expect(seen.size, `${percent} % every ${every} days`).to.equal(101);
      }
  });

  for (const readData of [
    ...[{ percent: 0 }, { percent: 101 }, { percent: -5 }, { percent: Number.NaN }, { percent: 0.009 }],
    ...[
      { part: 0, of: 7 },
      { part: 8, of: 7 },
      { part: 1.5, of: 7 },
      { part: 1, of: 0 },
      { part: 1, of: 1e9 },
    ],
  ])
    it(`is refused as ${JSON.stringify(readData)}`, async () => {
      await rejection(
        Promise.resolve().then(() => partToRead(readData, 0)),
        'usage',
      );
    });
});
