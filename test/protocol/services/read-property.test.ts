// ReadProperty, request and acknowledgement.

import { expect } from 'chai';
import {
  decodeReadPropertyAck,
  decodeReadPropertyRequest,
  encodeReadPropertyAck,
  encodeReadPropertyRequest,
  EncodeError,
} from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips, survives, takesItsOctetsExactly } from '../../support/properties.js';

describe('ReadProperty', () => {
  it('comes back as it was, request and acknowledgement', () => {
    roundTrips(services.readPropertyRequest, encodeReadPropertyRequest, decodeReadPropertyRequest);
    roundTrips(services.readPropertyAck, encodeReadPropertyAck, decodeReadPropertyAck);
  });

  it('takes exactly its octets', () => {
    takesItsOctetsExactly(services.readPropertyRequest, encodeReadPropertyRequest, decodeReadPropertyRequest);
    takesItsOctetsExactly(services.readPropertyAck, encodeReadPropertyAck, decodeReadPropertyAck);
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeReadPropertyRequest);
    survives(decodeReadPropertyAck);
  });

  it('tells index 0 from no index: the one is the size of the array, the other the whole of it', () => {
    const whole = { object: { type: 8, instance: 1 }, property: 154 };
    expect(decodeReadPropertyRequest(encodeReadPropertyRequest(whole))).to.not.have.property('index');
    const size = decodeReadPropertyRequest(encodeReadPropertyRequest({ ...whole, index: 0 }));
    expect(size).to.have.property('index', 0);
  });

  it('refuses identifiers that cannot be', () => {
    const object = { type: 8, instance: 1 };
    expect(() => encodeReadPropertyRequest({ object: { type: 1024, instance: 0 }, property: 1 })).to.throw(
      EncodeError,
    );
    expect(() => encodeReadPropertyRequest({ object, property: -1 })).to.throw(EncodeError);
    expect(() => encodeReadPropertyRequest({ object, property: 76, index: -1 })).to.throw(EncodeError);
  });
});
