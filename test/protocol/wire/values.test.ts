// Rows of values of any property.

import { expect } from 'chai';
import { decodeValues, EncodeError, encodeValues } from '../../../protocol/index.js';
import type { BacnetValue } from '../../../protocol/index.js';
import { values } from '../../support/arbitraries.js';
import { octetsOf } from '../../support/frames.js';
import { roundTrips, survives, takesItsOctetsExactly } from '../../support/properties.js';

describe('values', () => {
  it('come back as they were, of every type and nested', () => {
    roundTrips(values, encodeValues, decodeValues);
  });

  it('take exactly their octets', () => {
    takesItsOctetsExactly(values, encodeValues, decodeValues);
  });

  it('are made of arbitrary octets or refused', () => {
    survives(decodeValues);
  });

  it('do not change when the datagram they came in is used again', () => {
    const datagram = octetsOf('62 AABB 2A CCDD D2 EEFF 73 01 1122');
    const decoded = decodeValues(datagram);
    const before = JSON.stringify(decoded);
    datagram.fill(0);
    expect(JSON.stringify(decoded)).to.equal(before);
  });

  it('refuse to be written when what is read would be something else', () => {
    const wrong: BacnetValue[] = [
      { type: 'unsigned', value: -1 },
      { type: 'integer', value: 2 ** 53 },
      { type: 'context', tag: 255, octets: new Uint8Array(0) },
      { type: 'constructed', tag: -1, values: [] },
      { type: 'opaque', tag: 0, octets: new Uint8Array(1) },
      { type: 'opaque', tag: 1, octets: new Uint8Array(1) },
      { type: 'opaque', tag: 255, octets: new Uint8Array(1) },
    ];
    for (const value of wrong)
      expect(() => encodeValues([value]), JSON.stringify(value)).to.throw(EncodeError);
  });

  it('nest no deeper on the way out than they may on the way in', () => {
    const nested = (depth: number): BacnetValue =>
      depth === 0 ? { type: 'null' } : { type: 'constructed', tag: 0, values: [nested(depth - 1)] };
    expect(decodeValues(encodeValues([nested(32)]))).to.deep.equal([nested(32)]);
    expect(() => encodeValues([nested(33)])).to.throw(EncodeError, 'deeper than 32');
  });
});
