// APDU headers of every PDU type, both ways, and the limits that a request tells. The frames themselves
// are in fixtures/frames.

import { expect } from 'chai';
import { decodeApdu, encodeApdu, EncodeError } from '../../protocol/index.js';
import type { Apdu, ConfirmedRequest } from '../../protocol/index.js';
import { apdu } from '../support/arbitraries.js';
import { roundTrips, survives } from '../support/properties.js';

const REQUEST: ConfirmedRequest = {
  type: 'confirmed-request',
  invokeId: 1,
  service: 12,
  segmentedAnswerAccepted: true,
  maxApdu: 1476,
  payload: new Uint8Array(0),
};

function limitsOctet(request: Partial<ConfirmedRequest>): number {
  return encodeApdu({ ...REQUEST, ...request })[1]!;
}

describe('APDU', () => {
  it('comes back as it was, of every type', () => {
    roundTrips(apdu, encodeApdu, decodeApdu);
  });

  it('made of arbitrary octets is an APDU or a DecodeError', () => {
    survives(decodeApdu);
  });

  it('never promises more octets than we take: a size in between is told as the next lower one', () => {
    expect(limitsOctet({ maxApdu: 50 })).to.equal(0x00);
    expect(limitsOctet({ maxApdu: 127 })).to.equal(0x00);
    expect(limitsOctet({ maxApdu: 128 })).to.equal(0x01);
    expect(limitsOctet({ maxApdu: 1475 })).to.equal(0x04);
    expect(limitsOctet({ maxApdu: 1497 })).to.equal(0x05);
  });

  it('never promises more segments than we take', () => {
    expect(limitsOctet({ maxSegments: 2 }) >> 4).to.equal(1);
    expect(limitsOctet({ maxSegments: 3 }) >> 4).to.equal(1);
    expect(limitsOctet({ maxSegments: 63 }) >> 4).to.equal(5);
    expect(limitsOctet({ maxSegments: 64 }) >> 4).to.equal(6);
    expect(limitsOctet({ maxSegments: 65 }) >> 4).to.equal(7);
    expect(limitsOctet({ maxSegments: 1000 }) >> 4).to.equal(7);
    expect(limitsOctet({}) >> 4).to.equal(0);
  });

  it('refuses to encode limits that no code can tell', () => {
    expect(() => limitsOctet({ maxApdu: 49 })).to.throw(EncodeError, 'max APDU 49');
    expect(() => limitsOctet({ maxSegments: 1 })).to.throw(EncodeError, 'max segments 1');
  });

  it('refuses to encode numbers that do not fit an octet', () => {
    const wrong: Apdu[] = [
      { ...REQUEST, invokeId: 256 },
      { ...REQUEST, service: -1 },
      { ...REQUEST, segment: { sequence: 256, window: 1, moreFollows: true } },
      { type: 'simple-ack', invokeId: 1.5, service: 20 },
      { type: 'segment-ack', negative: false, server: true, invokeId: 1, sequence: 0, window: Number.NaN },
      { type: 'reject', invokeId: 1, reason: 300 },
      { type: 'abort', server: true, invokeId: 1, reason: 300 },
    ];
    for (const each of wrong) expect(() => encodeApdu(each), each.type).to.throw(EncodeError);
  });

  it('keeps a payload readable when the octets behind it are a view into a larger buffer', () => {
    const buffer = new Uint8Array([9, 9, 0x30, 0x01, 0x07, 0x09, 0x1e, 9]);
    const decoded = decodeApdu(buffer.subarray(2, 7));
    expect(decoded).to.deep.equal({
      type: 'complex-ack',
      invokeId: 1,
      service: 7,
      payload: new Uint8Array([0x09, 0x1e]),
    });
  });

  it('gives plain octets and not a Buffer, also when it was given a Buffer', () => {
    const decoded = decodeApdu(Buffer.from('300107091e', 'hex'));
    expect(decoded)
      .to.have.property('payload')
      .that.satisfies((octets: object) => {
        return Object.getPrototypeOf(octets) === Uint8Array.prototype;
      });
  });
});
