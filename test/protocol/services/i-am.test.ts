// I-Am.

import { expect } from 'chai';
import {
  decodeIAmRequest,
  EncodeError,
  encodeIAmRequest,
  segmentationWord,
} from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips, survives, takesItsOctetsExactly } from '../../support/properties.js';

describe('I-Am', () => {
  it('comes back as it was', () => {
    roundTrips(services.iAmRequest, encodeIAmRequest, decodeIAmRequest);
  });

  it('takes exactly its octets', () => {
    takesItsOctetsExactly(services.iAmRequest, encodeIAmRequest, decodeIAmRequest);
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeIAmRequest);
  });

  it('refuses numbers that cannot be', () => {
    const iAm = { device: 1, maxApdu: 480, segmentation: 'none', vendorId: 1 } as const;
    expect(() => encodeIAmRequest({ ...iAm, device: 4194304 })).to.throw(EncodeError);
    expect(() => encodeIAmRequest({ ...iAm, maxApdu: 0 })).to.throw(EncodeError);
    expect(() => encodeIAmRequest({ ...iAm, vendorId: 65536 })).to.throw(EncodeError, 'vendor id');
  });

  it('has a word for each segmentation and none for other numbers', () => {
    expect([0, 1, 2, 3, 4, -1].map(segmentationWord)).to.deep.equal([
      'both',
      'transmit',
      'receive',
      'none',
      undefined,
      undefined,
    ]);
  });
});
