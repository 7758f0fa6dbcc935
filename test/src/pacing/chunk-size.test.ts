// The sizes of chunks: the table of protocol facts as a test, proof by encoding that nothing is ever one
// octet too long, and what Aborts and silence do to them.

import { expect } from 'chai';
import fc from 'fast-check';
import { encodeReadFileAck, encodeWriteFileRequest, type ApduLimits } from '../../../protocol/index.js';
import {
  ChunkSizes,
  longestOctetString,
  octetStringOctets,
  positionOctets,
  type SizeHints,
  streamOctets,
  WIDE_OCTETS_MAX,
} from '../../../src/pacing/index.js';

const limits = (
  maxApdu: number,
  segmentation: ApduLimits['segmentation'] = 'none',
  maxSegments?: number,
): ApduLimits => ({
  maxApdu,
  segmentation,
  ...(maxSegments === undefined ? {} : { maxSegments }),
});

const OURS = limits(1476, 'both', 64);
const POSITIONS = [0, 0x80, 0x8000, 0x800000];

describe('chunk sizes', () => {
  it('are those of the table of protocol facts for unsegmented answers and requests', () => {
    const table: [number, number[], number[]][] = [
      [50, [40, 39, 38, 37], [35, 34, 33, 32]],
      [128, [118, 117, 116, 115], [113, 112, 111, 110]],
      [206, [196, 195, 194, 193], [191, 190, 189, 188]],
      [480, [468, 467, 466, 465], [463, 462, 461, 460]],
      [1024, [1012, 1011, 1010, 1009], [1007, 1006, 1005, 1004]],
      [1476, [1464, 1463, 1462, 1461], [1459, 1458, 1457, 1456]],
    ];
    for (const [apdu, read, write] of table) {
      expect(
        POSITIONS.map((p) => streamOctets('read', apdu, 1, p)),
        `read ${apdu}`,
      ).to.deep.equal(read);
      expect(
        POSITIONS.map((p) => streamOctets('write', apdu, 1, p)),
        `write ${apdu}`,
      ).to.deep.equal(write);
    }
  });

  it('are those of the table of protocol facts for 2, 4, 16 and 64 segments', () => {
    const table: [number, number[], number[]][] = [
      [50, [80, 170, 708, 2868], [74, 162, 688, 2800]],
      [128, [236, 480, 1956, 7860], [230, 472, 1936, 7792]],
      [206, [390, 792, 3204, 12852], [384, 784, 3184, 12784]],
      [480, [938, 1888, 7588, 30388], [932, 1880, 7568, 30320]],
      [1024, [2026, 4064, 16292, 65204], [2020, 4056, 16272, 65136]],
      [1476, [2930, 5872, 23524, 94130], [2924, 5864, 23504, 94062]],
    ];
    const at = 0x800000;
    for (const [apdu, read, write] of table) {
      expect(
        [2, 4, 16, 64].map((n) => streamOctets('read', apdu, n, at)),
        `read ${apdu}`,
      ).to.deep.equal(read);
      expect(
        [2, 4, 16, 64].map((n) => streamOctets('write', apdu, n, at)),
        `write ${apdu}`,
      ).to.deep.equal(write);
    }
  });

  it('fill the APDU to the last octet that fits, as the encoder counts, at every size and position', () => {
    const file = { type: 10, instance: 4194302 };
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 1476 }),
        fc.oneof(
          fc.constantFrom(0, 127, 128, 32767, 32768, 8388607, 8388608, 2147483647),
          fc.nat(0x7fffffff),
        ),
        (apdu, start) => {
          const read = streamOctets('read', apdu, 1, start);
          const ack = (n: number): number =>
            3 +
            encodeReadFileAck({ access: 'stream', endOfFile: false, start, octets: new Uint8Array(n) })
              .length;
          expect(ack(read)).to.be.at.most(apdu);
          expect(ack(read + 1)).to.be.above(apdu);
          const write = streamOctets('write', apdu, 1, start);
          const request = (n: number): number =>
            4 + encodeWriteFileRequest({ file, access: 'stream', start, octets: new Uint8Array(n) }).length;
          expect(request(write)).to.be.at.most(apdu);
          expect(request(write + 1)).to.be.above(apdu);
        },
      ),
    );
  });

  it('count the octets of positions and octet strings as the encoder does', () => {
    expect([0, 127, 128, 32767, 32768, 8388607, 8388608, 2147483647].map(positionOctets)).to.deep.equal([
      1, 1, 2, 2, 3, 3, 4, 4,
    ]);
    for (const length of [0, 1, 4, 5, 253, 254, 255, 65535, 65536]) {
      expect(longestOctetString(octetStringOctets(length))).to.equal(length);
      expect(longestOctetString(octetStringOctets(length) - 1)).to.be.below(Math.max(length, 1));
    }
  });

  it('need segmentation only when both sides can do it in the direction that is needed', () => {
    const read = (peer: ApduLimits['segmentation'], own: ApduLimits['segmentation']): boolean =>
      new ChunkSizes(limits(480, peer, 4), limits(480, own, 4)).octets('read', 0) > 480;
    const write = (peer: ApduLimits['segmentation'], own: ApduLimits['segmentation']): boolean =>
      new ChunkSizes(limits(480, peer, 4), limits(480, own, 4)).octets('write', 0) > 480;
    const all = ['both', 'transmit', 'receive', 'none'] as const;
    for (const peer of all) {
      for (const own of all) {
        const sends = (s: string): boolean => s === 'both' || s === 'transmit';
        const receives = (s: string): boolean => s === 'both' || s === 'receive';
        expect(read(peer, own), `read ${peer}/${own}`).to.equal(sends(peer) && receives(own));
        expect(write(peer, own), `write ${peer}/${own}`).to.equal(sends(own) && receives(peer));
      }
    }
  });

  it("take the lesser APDU for answers, the device's for requests, and two segments where none are told", () => {
    const sizes = new ChunkSizes(limits(1024, 'both'), limits(480, 'both'));
    expect(sizes.octets('read', 0)).to.equal(streamOctets('read', 480, 2, 0));
    expect(sizes.octets('write', 0)).to.equal(streamOctets('write', 1024, 2, 0));
    const bounded = new ChunkSizes(limits(1476, 'both', 65), OURS);
    expect(bounded.octets('read', 0)).to.equal(streamOctets('read', 1476, 16, 0));
    expect(bounded.octets('write', 0)).to.equal(streamOctets('write', 1476, 16, 0));
  });

  it('of writes grow beyond one window where that is allowed, never beyond what the device says it takes', () => {
    const most = (peer: ApduLimits, hints: SizeHints): number => {
      const sizes = new ChunkSizes(peer, OURS, hints);
      let octets = sizes.octets('write', 0x800000);
      for (let pace = 1000; pace > 1e-6; pace /= 2) {
        for (let i = 0; i < 4; i += 1) sizes.answered('write', { octets: 1000, ms: pace });
        octets = Math.max(octets, sizes.octets('write', 0x800000));
      }
      for (let i = 0; i < 200; i += 1) sizes.answered('read', { octets: 1000, ms: 200 - i });
      expect(sizes.octets('read', 0), 'reads stay').to.equal(new ChunkSizes(peer, OURS).octets('read', 0));
      return octets;
    };
    const wide = { wide: true };
    for (const [apdu, told, segments] of [
      [1476, 64, 44],
      [1476, 65, 44],
      [1476, 20, 20],
      [1476, 16, 16],
      [1476, 4, 4],
      [480, 65, 64],
      [50, 32, 32],
    ] as const) {
      const octets = most(limits(apdu, 'both', told), wide);
      expect(octets, `${told} segments of ${apdu}`).to.equal(streamOctets('write', apdu, segments, 0x800000));
      expect(octets).to.be.at.most(WIDE_OCTETS_MAX);
      const usual = streamOctets('write', apdu, Math.min(told, 16), 0x800000);
      expect(most(limits(apdu, 'both', told), {})).to.equal(usual);
    }
    expect(most(limits(1476, 'both'), wide), 'who does not say takes two').to.equal(2924);
    expect(most(limits(1476, 'transmit', 64), wide)).to.equal(1456);
    expect(most(limits(1476, 'both', 64), { wide: true, write: { octetsMax: 5000 } })).to.equal(5000);
  });

  it('of writes begin beyond one window where an earlier run found that much to work, and more not', () => {
    const hints = (octets: number): SizeHints => ({ wide: true, write: { octets } });
    const first = (octets: number): number =>
      new ChunkSizes(limits(1476, 'both', 64), OURS, hints(octets)).octets('write', 0x800000);
    expect([500, 23_504, 47_024, 50_000].map(first)).to.deep.equal([500, 23_504, 47_024, 47_024]);
    expect(new ChunkSizes(limits(1476, 'both', 64), OURS, hints(47_024)).learnt('write')).to.equal(47_024);
  });

  it('fall to one APDU at the first Abort, then halve down to 16 octets, each direction for itself', () => {
    const sizes = new ChunkSizes(limits(1476, 'both', 16), OURS);
    const seen: number[] = [];
    for (;;) {
      const octets = sizes.octets('read', 0);
      seen.push(octets);
      if (!sizes.aborted('read', 'octets', octets)) break;
    }
    expect(seen).to.deep.equal([23527, 1464, 732, 366, 183, 91, 45, 22, 16]);
    expect(sizes.octets('write', 0)).to.equal(23507);
  });

  it('give up segments at the first silence and the APDU from the second on, down to 206', () => {
    const sizes = new ChunkSizes(limits(1476, 'both', 16), OURS);
    const seen = [1, 2, 3, 4, 5, 6].map(() => {
      sizes.silent('write');
      return sizes.octets('write', 0);
    });
    expect(seen).to.deep.equal([1459, 1007, 463, 191, 191, 191]);
    const plain = new ChunkSizes(limits(1476), OURS);
    plain.silent('read');
    expect(plain.octets('read', 0), 'one silence is a lost answer').to.equal(1464);
    plain.answered('read');
    plain.silent('read');
    expect(plain.octets('read', 0), 'and so is another after an answer').to.equal(1464);
    plain.silent('read');
    expect(plain.octets('read', 0)).to.equal(1012);
  });

  it('begin with one record and grow to as many of the longest seen as fit, twice at a time', () => {
    const sizes = new ChunkSizes(limits(480), OURS);
    sizes.beginRecords();
    const seen: number[] = [];
    let position = 0;
    for (let i = 0; i < 6; i += 1) {
      const asked = sizes.recordsToRead(position);
      seen.push(asked);
      sizes.sawRecords(asked, new Array<number>(asked).fill(20));
      position += asked;
      const answer = encodeReadFileAck({
        access: 'record',
        endOfFile: false,
        start: position,
        records: Array.from({ length: sizes.recordsToRead(position) }, () => new Uint8Array(20)),
      });
      expect(3 + answer.length).to.be.at.most(480);
    }
    expect(seen).to.deep.equal([1, 2, 4, 8, 16, 21]);
    sizes.sawRecords(21, [400]);
    expect(sizes.recordsToRead(position)).to.equal(1);
    sizes.beginRecords();
    expect(sizes.recordsToRead(0)).to.equal(1);
  });

  it('never ask for more than 255 records, and for half as many after an Abort', () => {
    const sizes = new ChunkSizes(limits(1476), OURS);
    sizes.beginRecords();
    sizes.sawRecords(1000, [0]);
    expect(sizes.recordsToRead(0)).to.equal(255);
    expect(sizes.aborted('read', 'records', 255)).to.equal(true);
    expect(sizes.recordsToRead(0)).to.equal(127);
    expect(sizes.aborted('read', 'records', 1)).to.equal(false);
  });

  it('pack records into a request to the last octet, and never split one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(50, 128, 480, 1476),
        fc.nat(0x7fffff),
        fc.array(fc.nat(300), { minLength: 1, maxLength: 40 }),
        (apdu, start, lengths) => {
          const sizes = new ChunkSizes(limits(apdu), limits(1476));
          const count = sizes.recordsToWrite(start, lengths);
          const octets = (n: number): number =>
            4 +
            encodeWriteFileRequest({
              file: { type: 10, instance: 1 },
              access: 'record',
              start,
              records: lengths.slice(0, n).map((length) => new Uint8Array(length)),
            }).length;
          if (count > 0) expect(octets(count)).to.be.at.most(apdu);
          if (count < lengths.length) expect(octets(count + 1)).to.be.above(apdu);
        },
      ),
    );
  });

  it('let a long record use segments even after chunks have fallen to one APDU', () => {
    const sizes = new ChunkSizes(limits(128, 'both', 4), limits(128, 'both', 4));
    sizes.silent('write');
    expect(sizes.recordsToWrite(0, [300])).to.equal(1);
    expect(sizes.recordsToWrite(0, [500])).to.equal(0);
    expect(new ChunkSizes(limits(128), OURS).recordsToWrite(0, [300])).to.equal(0);
  });
});
