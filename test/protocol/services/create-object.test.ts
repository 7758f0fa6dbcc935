// CreateObject, request and acknowledgement. Its error is in error.test.ts.

import { expect } from 'chai';
import {
  decodeCreateObjectAck,
  decodeCreateObjectRequest,
  encodeCreateObjectAck,
  EncodeError,
  encodeCreateObjectRequest,
} from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips, survives, takesItsOctetsExactly } from '../../support/properties.js';

describe('CreateObject', () => {
  it('comes back as it was, by identifier and by type, with and without initial values', () => {
    roundTrips(services.createObjectRequest, encodeCreateObjectRequest, decodeCreateObjectRequest);
    roundTrips(services.createObjectAck, encodeCreateObjectAck, decodeCreateObjectAck);
  });

  it('takes exactly its octets', () => {
    takesItsOctetsExactly(services.createObjectAck, encodeCreateObjectAck, decodeCreateObjectAck);
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeCreateObjectRequest);
    survives(decodeCreateObjectAck);
  });

  it('tells an empty list of initial values from none', () => {
    const object = { type: 10, instance: 5 };
    expect(decodeCreateObjectRequest(encodeCreateObjectRequest({ object }))).to.deep.equal({ object });
    const empty = { object, initialValues: [] };
    expect(decodeCreateObjectRequest(encodeCreateObjectRequest(empty))).to.deep.equal(empty);
  });

  it('refuses a type that no identifier could have', () => {
    expect(() => encodeCreateObjectRequest({ objectType: 1024 })).to.throw(EncodeError, 'object type 1024');
  });
});
