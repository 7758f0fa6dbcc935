// Values as text: readable, and never the same for two that differ.

import { expect } from 'chai';
import fc from 'fast-check';
import { encodeValues, hexFromOctets } from '../../../../protocol/index.js';
import { valueText } from '../../../../src/diff/views/bacnet-values.js';
import { value as bacnetValue } from '../../../support/arbitraries.js';

describe('the text of a BACnet value', () => {
  it('says what the value is', () => {
    expect(valueText({ type: 'real', value: Math.fround(21.3) })).to.equal('21.3');
    expect(valueText({ type: 'real', value: 5 })).to.equal('5.0');
    expect(valueText({ type: 'real', value: -0 })).to.equal('-0.0');
    expect(valueText({ type: 'unsigned', value: 5 })).to.equal('5');
    expect(valueText({ type: 'character-string', text: 'AHU "3"\n' })).to.equal('"AHU \\"3\\"\\n"');
    expect(valueText({ type: 'date', year: 2026, month: 3, day: 255, weekday: 7 })).to.equal(
      '2026-03-* weekday 7',
    );
    expect(valueText({ type: 'time', hour: 7, minute: 5, second: 255, hundredths: 255 })).to.equal(
      '07:05:*.*',
    );
    const object = { type: 'object-identifier', object: { type: 0, instance: 7 } } as const;
    expect(valueText({ type: 'constructed', tag: 2, values: [object, { type: 'null' }] })).to.equal(
      '[2] {analog-input,7, null}',
    );
  });

  it('is another for every value that is encoded in another way', () => {
    fc.assert(
      fc.property(bacnetValue, bacnetValue, (one, other) => {
        const same = hexFromOctets(encodeValues([one])) === hexFromOctets(encodeValues([other]));
        expect(valueText(one) === valueText(other)).to.equal(same);
      }),
      { numRuns: 3000 },
    );
  });

  it('tells REALs apart that are neighbours', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (real) => {
        const octets = new DataView(new ArrayBuffer(4));
        octets.setFloat32(0, real);
        octets.setInt32(0, octets.getInt32(0) ^ 1);
        const neighbour = octets.getFloat32(0);
        fc.pre(Number.isFinite(neighbour));
        expect(valueText({ type: 'real', value: real })).to.not.equal(
          valueText({ type: 'real', value: neighbour }),
        );
      }),
    );
  });
});
