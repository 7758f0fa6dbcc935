// Times as text. JavaScript's own calendar is the judge here; the product may not use it.

import { expect } from 'chai';
import fc from 'fast-check';
import { parseUtcText, utcText } from '../../../src/repository/index.js';
import { utcInName } from '../../../src/repository/utc.js';

const LAST = Date.parse('9999-12-31T23:59:59.999Z');

describe('utcText and parseUtcText', () => {
  it('agree with the calendar for every time from 1970 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LAST }), (ms) => {
        expect(utcText(ms)).to.equal(new Date(ms).toISOString());
        expect(parseUtcText(utcText(ms))).to.equal(ms);
      }),
      { numRuns: 2000 },
    );
  });

  it('agree with the calendar on every day of 400 years and around leap seconds and year ends', () => {
    for (let day = 0; day < 146_097; day += 1) {
      const ms = day * 86_400_000;
      if (utcText(ms) !== new Date(ms).toISOString()) throw new Error(`day ${day}: ${utcText(ms)}`);
      if (parseUtcText(utcText(ms)) !== ms) throw new Error(`day ${day} does not come back`);
    }
    for (const text of [
      '2016-12-31T23:59:59.999Z',
      '2000-02-29T00:00:00.000Z',
      '2100-02-28T23:59:59.999Z',
      utcText(LAST),
    ])
      expect(utcText(Date.parse(text))).to.equal(text);
  });

  it('cuts fractions of a millisecond off, and refuses what has no four-digit year', () => {
    expect(utcText(1.9)).to.equal('1970-01-01T00:00:00.001Z');
    for (const bad of [-1, LAST + 1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => utcText(bad)).to.throw(RangeError);
  });

  it('reads 0 to 9 digits of fraction, and times before 1970', () => {
    expect(parseUtcText('1970-01-01T00:00:01Z')).to.equal(1000);
    expect(parseUtcText('1970-01-01T00:00:01.5Z')).to.equal(1500);
    expect(parseUtcText('1970-01-01T00:00:01.123456789Z')).to.equal(1123);
    expect(parseUtcText('1969-12-31T23:59:59.999Z')).to.equal(-1);
  });

  for (const text of [
    ...['', 'now', '2026-03-01', '2026-03-01T02:15:00', '2026-03-01T02:15:00+01:00', '2026-03-01 02:15:00Z'],
    ...['2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-10T00:00:00Z', '2026-04-31T00:00:00Z'],
    ...['2026-03-00T00:00:00Z', '2026-03-01T24:00:00Z', '2026-03-01T00:60:00Z', '2026-03-01T00:00:60Z'],
    ...[
      '2026-03-01T00:00:00.Z',
      '2026-03-01T00:00:00.0123456789Z',
      ' 2026-03-01T00:00:00Z',
      '26-03-01T00:00:00Z',
    ],
  ]) {
    it(`does not take ${JSON.stringify(text)} for a time`, () => {
      expect(parseUtcText(text)).to.equal(undefined);
    });
  }
});

describe('utcInName', () => {
  it('has no fraction and no colon, which Windows does not allow', () => {
    expect(utcInName('2026-03-01T02:15:07.042Z')).to.equal('2026-03-01T021507Z');
    expect(utcInName('2026-03-01T02:15:07Z')).to.equal('2026-03-01T021507Z');
  });
});
