// Ranges of differences: joined, cut at volatile parts, counted to the last.

import { expect } from 'chai';
import fc from 'fast-check';
import { RangeCollector } from '../../../src/diff/ranges.js';

const none = { a: [], b: [] };
const span = (start: number, end: number): { start: number; end: number } => ({ start, end });

describe('a range collector', () => {
  it('joins differences that touch, and keeps those apart that do not', () => {
    const found = new RangeCollector(none, 10);
    found.add(span(0, 2), span(0, 2));
    found.add(span(2, 5), span(2, 5));
    found.add(span(6, 7), span(6, 7));
    expect(found.finish().ranges).to.deep.equal([
      { a: span(0, 5), b: span(0, 5), volatile: false },
      { a: span(6, 7), b: span(6, 7), volatile: false },
    ]);
  });

  it('cuts a difference where a volatile part of either side begins or ends', () => {
    const found = new RangeCollector({ a: [span(12, 14)], b: [span(17, 30)] }, 10);
    found.add(span(10, 20), span(10, 20));
    expect(found.finish().ranges.map(({ a, volatile }) => [a.start, a.end, volatile])).to.deep.equal([
      [10, 12, false],
      [12, 14, true],
      [14, 17, false],
      [17, 20, true],
    ]);
  });

  it('calls what has another length volatile only when all of it is known to be, on both sides', () => {
    const judged = (a: [number, number], b: [number, number]): boolean => {
      const found = new RangeCollector({ a: [span(10, 20)], b: [span(10, 40)] }, 10);
      found.add(span(...a), span(...b));
      return found.finish().volatileTotal === 1;
    };
    expect(judged([10, 20], [10, 40]), 'a part that grew').to.equal(true);
    expect(judged([15, 15], [15, 20]), 'put in').to.equal(true);
    expect(judged([15, 18], [15, 15]), 'taken out').to.equal(true);
    expect(judged([10, 21], [10, 40]), 'one octet more').to.equal(false);
    expect(judged([12, 13], [35, 41]), 'more than was known').to.equal(false);
    expect(judged([50, 50], [15, 41]), 'put in, partly elsewhere').to.equal(false);
  });

  it('counts what it does not keep, and leaves room for what is not volatile', () => {
    const found = new RangeCollector({ a: [span(0, 1000)], b: [] }, 4);
    for (let at = 0; at < 1000; at += 2) found.add(span(at, at + 1), span(at, at + 1));
    for (let at = 1000; at < 2000; at += 2) found.add(span(at, at + 1), span(at, at + 1));
    const tally = found.finish();
    expect(tally.ranges.map((range) => range.volatile)).to.deep.equal([true, true, false, false]);
    expect(tally).to.include({ total: 1000, volatileTotal: 500, units: 1000, volatileUnits: 500 });
  });

  it('marks every unit in place as volatile exactly when a volatile part of either side has it', () => {
    const parts = fc.array(
      fc.tuple(fc.nat(40), fc.nat(6)).map(([start, length]) => span(start, start + length)),
      { maxLength: 6 },
    );
    const has = (ranges: readonly { start: number; end: number }[], unit: number): boolean =>
      ranges.some(({ start, end }) => start <= unit && unit < end);
    fc.assert(
      fc.property(parts, parts, fc.nat(20), fc.nat(20), fc.nat(20), (a, b, atA, atB, length) => {
        const found = new RangeCollector({ a, b }, 1000);
        const whole = [span(atA, atA + length), span(atB, atB + length)] as const;
        const all = found.isVolatile(...whole);
        found.add(...whole);
        const { ranges } = found.finish();
        const marks = ranges.flatMap((range) =>
          Array.from({ length: range.a.end - range.a.start }, (_, at) => [
            range.a.start + at,
            range.volatile,
          ]),
        );
        const wanted = Array.from({ length }, (_, at) => [atA + at, has(a, atA + at) || has(b, atB + at)]);
        expect(marks).to.deep.equal(wanted);
        if (length > 0) expect(all).to.equal(wanted.every(([, volatile]) => volatile === true));
      }),
    );
  });
});
