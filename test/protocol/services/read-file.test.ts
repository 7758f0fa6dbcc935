// AtomicReadFile, request and acknowledgement.

import { expect } from 'chai';
import {
  decodeReadFileAck,
  decodeReadFileRequest,
  encodeReadFileAck,
  EncodeError,
  encodeReadFileRequest,
} from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips, survives, takesItsOctetsExactly } from '../../support/properties.js';

describe('AtomicReadFile', () => {
  it('comes back as it was, request and acknowledgement, octets and records', () => {
    roundTrips(services.readFileRequest, encodeReadFileRequest, decodeReadFileRequest);
    roundTrips(services.readFileAck, encodeReadFileAck, decodeReadFileAck);
  });

  it('takes exactly its octets', () => {
    takesItsOctetsExactly(services.readFileRequest, encodeReadFileRequest, decodeReadFileRequest);
    takesItsOctetsExactly(services.readFileAck, encodeReadFileAck, decodeReadFileAck);
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeReadFileRequest);
    survives(decodeReadFileAck);
  });

  it('keeps file octets when the datagram they came in is used again', () => {
    const payload = encodeReadFileAck({
      access: 'stream',
      endOfFile: true,
      start: 0,
      octets: new Uint8Array([1, 2, 3]),
    });
    const ack = decodeReadFileAck(payload);
    payload.fill(0xee);
    expect(ack).to.have.deep.property('octets', new Uint8Array([1, 2, 3]));
  });

  it('copies no octets of a stream file out of a payload that it was told to own', () => {
    const said = {
      access: 'stream',
      endOfFile: false,
      start: 7,
      octets: new Uint8Array(300).fill(5),
    } as const;
    const payload = encodeReadFileAck(said);
    const ack = decodeReadFileAck(payload, true);
    expect(ack).to.deep.equal(said);
    expect(ack.access === 'stream' && ack.octets.buffer).to.equal(payload.buffer);
  });

  it('refuses a position or a count that is no whole number', () => {
    const request = { file: { type: 10, instance: 1 }, access: 'stream', start: 0, count: 1 } as const;
    expect(() => encodeReadFileRequest({ ...request, count: -1 })).to.throw(EncodeError);
    expect(() => encodeReadFileRequest({ ...request, start: 0.5 })).to.throw(EncodeError);
  });
});
