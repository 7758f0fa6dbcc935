// Excerpts: short, around the difference, and true about what they leave out.

import { expect } from 'chai';
import fc from 'fast-check';
import { excerpt, excerpts, recordSide } from '../../../src/diff/excerpt.js';
import { noise, octets } from '../repository/samples.js';

describe('an excerpt', () => {
  it('is the whole of a short text', () => {
    expect(excerpt('setpoint=21')).to.deep.equal({ text: 'setpoint=21' });
  });

  it('says how much it leaves out before and after', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(4000), (length, from) => {
        const text = Array.from({ length }, (_, at) => String(at % 10)).join('');
        const { text: shown, before = 0, after = 0 } = excerpt(text, from);
        expect(shown.length).to.be.at.most(240);
        expect(text.slice(before, length - after)).to.equal(shown);
        if (from < length) expect(before <= from && from < length - after).to.equal(true);
      }),
    );
  });

  it('shows where two long lines begin to differ', () => {
    const line = 'x'.repeat(100_000);
    const { a, b } = excerpts(`${line}one`, `${line}other`);
    expect(a.text.endsWith('one')).to.equal(true);
    expect(b.text.endsWith('other')).to.equal(true);
  });

  it('shows a record as text where it is text, else in hexadecimal', () => {
    expect(recordSide({ index: 3, octets: octets('12:00,45.6') }, octets('12:00,45.7'))).to.deep.equal({
      index: 3,
      octets: 10,
      from: 0,
      text: '12:00,45.6',
    });
    expect(recordSide({ index: 0, octets: Uint8Array.of(0, 1, 255) }, octets(''))).to.deep.equal({
      index: 0,
      octets: 3,
      from: 0,
      hex: '0001ff',
    });
  });

  it('shows a long record from a little before its difference on', () => {
    const one = noise(5000, 1);
    const other = one.map((octet, at) => (at === 3000 ? octet ^ 0xff : octet));
    const side = recordSide({ index: 0, octets: other }, one);
    expect(side.from).to.equal(3000 - 24);
    expect(side.hex).to.equal(Buffer.from(other.subarray(2976, 3072)).toString('hex'));
  });
});
