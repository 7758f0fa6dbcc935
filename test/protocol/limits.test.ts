// The caps and defaults, against what our encoder really writes and the tables of protocol.md 3.4.

import { expect } from 'chai';
import {
  APDU_OCTETS_MAX,
  APDU_OCTETS_MIN,
  APDU_SIZES,
  BIP_NPDU_OCTETS_MAX,
  BIP_PORT,
  COMPLEX_ACK_HEADER_OCTETS,
  COMPLEX_ACK_SEGMENT_HEADER_OCTETS,
  CONFIRMED_REQUEST_HEADER_OCTETS,
  CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS,
  encodeApdu,
  encodeReadFileAck,
  encodeWriteFileRequest,
  SEGMENT_COUNTS,
} from '../../protocol/index.js';

// protocol.md 3.4: octets of file data that fit one APDU, by size of the position (1, 2, 3, 4 octets).
const STARTS = [127, 32767, 8388607, 2147483647];
const UNSEGMENTED = [
  { apdu: 50, read: [40, 39, 38, 37], write: [35, 34, 33, 32] },
  { apdu: 128, read: [118, 117, 116, 115], write: [113, 112, 111, 110] },
  { apdu: 206, read: [196, 195, 194, 193], write: [191, 190, 189, 188] },
  { apdu: 480, read: [468, 467, 466, 465], write: [463, 462, 461, 460] },
  { apdu: 1024, read: [1012, 1011, 1010, 1009], write: [1007, 1006, 1005, 1004] },
  { apdu: 1476, read: [1464, 1463, 1462, 1461], write: [1459, 1458, 1457, 1456] },
];

// The same over several segments, with a position of 4 octets.
const SEGMENTS = [2, 4, 16, 64];
const SEGMENTED = [
  { apdu: 50, read: [80, 170, 708, 2868], write: [74, 162, 688, 2800] },
  { apdu: 128, read: [236, 480, 1956, 7860], write: [230, 472, 1936, 7792] },
  { apdu: 206, read: [390, 792, 3204, 12852], write: [384, 784, 3184, 12784] },
  { apdu: 480, read: [938, 1888, 7588, 30388], write: [932, 1880, 7568, 30320] },
  { apdu: 1024, read: [2026, 4064, 16292, 65204], write: [2020, 4056, 16272, 65136] },
  { apdu: 1476, read: [2930, 5872, 23524, 94130], write: [2924, 5864, 23504, 94062] },
];

function readPayload(start: number, count: number): Uint8Array {
  return encodeReadFileAck({ access: 'stream', endOfFile: false, start, octets: new Uint8Array(count) });
}

function writePayload(start: number, count: number): Uint8Array {
  return encodeWriteFileRequest({
    file: { type: 10, instance: 1 },
    access: 'stream',
    start,
    octets: new Uint8Array(count),
  });
}

function ackOctets(payload: Uint8Array): number {
  return encodeApdu({ type: 'complex-ack', invokeId: 1, service: 6, payload }).length;
}

function requestOctets(payload: Uint8Array): number {
  return encodeApdu({
    type: 'confirmed-request',
    invokeId: 1,
    service: 7,
    segmentedAnswerAccepted: false,
    maxApdu: 1476,
    payload,
  }).length;
}

describe('limits', () => {
  it('are the header octets that our encoder really writes', () => {
    const payload = new Uint8Array(0);
    const segment = { sequence: 0, window: 1, moreFollows: true };
    const request = {
      type: 'confirmed-request',
      invokeId: 1,
      service: 7,
      segmentedAnswerAccepted: false,
      maxApdu: 50,
      payload,
    } as const;
    const ack = { type: 'complex-ack', invokeId: 1, service: 6, payload } as const;
    expect(encodeApdu(request)).to.have.length(CONFIRMED_REQUEST_HEADER_OCTETS);
    expect(encodeApdu({ ...request, segment })).to.have.length(CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS);
    expect(encodeApdu(ack)).to.have.length(COMPLEX_ACK_HEADER_OCTETS);
    expect(encodeApdu({ ...ack, segment })).to.have.length(COMPLEX_ACK_SEGMENT_HEADER_OCTETS);
  });

  it('have their ends in order', () => {
    expect(APDU_SIZES[0]).to.equal(APDU_OCTETS_MIN);
    expect(APDU_SIZES.at(-1)).to.equal(APDU_OCTETS_MAX);
    expect(BIP_NPDU_OCTETS_MAX).to.equal(APDU_OCTETS_MAX + 21);
    expect([...SEGMENT_COUNTS]).to.deep.equal([2, 4, 8, 16, 32, 64]);
    expect(BIP_PORT).to.equal(0xbac0);
  });

  for (const { apdu, read, write } of UNSEGMENTED) {
    it(`fill an APDU of ${apdu} octets to the last one, and not one more (protocol.md 3.4)`, () => {
      STARTS.forEach((start, index) => {
        expect(ackOctets(readPayload(start, read[index]!)), `read at ${start}`).to.equal(apdu);
        expect(ackOctets(readPayload(start, read[index]! + 1))).to.be.greaterThan(apdu);
        expect(requestOctets(writePayload(start, write[index]!)), `write at ${start}`).to.equal(apdu);
        expect(requestOctets(writePayload(start, write[index]! + 1))).to.be.greaterThan(apdu);
      });
    });
  }

  for (const { apdu, read, write } of SEGMENTED) {
    it(`fill segments of ${apdu} octets, and not one more (protocol.md 3.4)`, () => {
      const start = STARTS[3]!;
      SEGMENTS.forEach((segments, index) => {
        const ackRoom = segments * (apdu - COMPLEX_ACK_SEGMENT_HEADER_OCTETS);
        expect(readPayload(start, read[index]!)).to.have.length.at.most(ackRoom);
        expect(readPayload(start, read[index]! + 1)).to.have.length.greaterThan(ackRoom);
        const requestRoom = segments * (apdu - CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS);
        expect(writePayload(start, write[index]!)).to.have.length.at.most(requestRoom);
        expect(writePayload(start, write[index]! + 1)).to.have.length.greaterThan(requestRoom);
      });
    });
  }
});
