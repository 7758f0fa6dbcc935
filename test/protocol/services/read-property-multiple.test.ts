// ReadPropertyMultiple, request and acknowledgement.

import { expect } from 'chai';
import {
  decodeReadPropertyMultipleAck,
  decodeReadPropertyMultipleRequest,
  encodeReadPropertyMultipleAck,
  encodeReadPropertyMultipleRequest,
  EncodeError,
} from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips, survives } from '../../support/properties.js';

describe('ReadPropertyMultiple', () => {
  it('comes back as it was, request and acknowledgement, errors inside', () => {
    roundTrips(
      services.readPropertyMultipleRequest,
      encodeReadPropertyMultipleRequest,
      decodeReadPropertyMultipleRequest,
    );
    roundTrips(
      services.readPropertyMultipleAck,
      encodeReadPropertyMultipleAck,
      decodeReadPropertyMultipleAck,
    );
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeReadPropertyMultipleRequest);
    survives(decodeReadPropertyMultipleAck);
  });

  it('never asks for nothing', () => {
    expect(() => encodeReadPropertyMultipleRequest({ specs: [] })).to.throw(EncodeError, 'no property');
    const empty = { object: { type: 8, instance: 1 }, properties: [] };
    expect(() => encodeReadPropertyMultipleRequest({ specs: [empty] })).to.throw(EncodeError, 'no property');
  });

  it('keeps one unreadable property from hiding the others', () => {
    const results = [
      {
        object: { type: 8, instance: 1 },
        properties: [
          { property: 338, errorClass: 2, errorCode: 32 },
          { property: 112, values: [{ type: 'enumerated' as const, value: 5 }] },
        ],
      },
    ];
    expect(decodeReadPropertyMultipleAck(encodeReadPropertyMultipleAck({ results }))).to.deep.equal({
      results,
    });
  });
});
