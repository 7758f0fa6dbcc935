// Who-Is, of everyone and of a range.

import { expect } from 'chai';
import { decodeWhoIsRequest, EncodeError, encodeWhoIsRequest } from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { octetsOf } from '../../support/frames.js';
import { roundTrips, survives } from '../../support/properties.js';

describe('Who-Is', () => {
  it('comes back as it was, with and without a range', () => {
    roundTrips(services.whoIsRequest, encodeWhoIsRequest, decodeWhoIsRequest);
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeWhoIsRequest);
  });

  it('never asks for half a range: that would be everyone, or nobody', () => {
    expect(() => encodeWhoIsRequest({ low: 1 })).to.throw(EncodeError, 'both limits');
    expect(() => encodeWhoIsRequest({ high: 1 })).to.throw(EncodeError, 'both limits');
  });

  it('never asks for a range that nothing is in', () => {
    expect(() => encodeWhoIsRequest({ low: 2, high: 1 })).to.throw(EncodeError, 'low limit');
    expect(() => encodeWhoIsRequest({ low: 0, high: 4194304 })).to.throw(EncodeError, 'high limit');
    // A peer may: then nobody answers.
    expect(decodeWhoIsRequest(octetsOf('09 02 19 01'))).to.deep.equal({ low: 2, high: 1 });
  });
});
