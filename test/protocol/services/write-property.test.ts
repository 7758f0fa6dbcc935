// WriteProperty.

import { expect } from 'chai';
import {
  decodeWritePropertyRequest,
  EncodeError,
  encodeWritePropertyRequest,
} from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips, survives } from '../../support/properties.js';

describe('WriteProperty', () => {
  it('comes back as it was', () => {
    roundTrips(services.writePropertyRequest, encodeWritePropertyRequest, decodeWritePropertyRequest);
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeWritePropertyRequest);
  });

  it('has priorities 1 to 16 and no others', () => {
    const request = { object: { type: 10, instance: 1 }, property: 42, values: [] };
    for (const priority of [0, 17, 1.5, -1]) {
      expect(() => encodeWritePropertyRequest({ ...request, priority })).to.throw(EncodeError, 'priority');
    }
    for (const priority of [1, 16]) {
      expect(
        decodeWritePropertyRequest(encodeWritePropertyRequest({ ...request, priority })).priority,
      ).to.equal(priority);
    }
  });
});
