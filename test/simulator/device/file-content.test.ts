// StreamContent and RecordContent: they hold exactly what was written, however it got there.

import { expect } from 'chai';
import fc from 'fast-check';
import { joined, RecordContent, StreamContent } from '../../../simulator/device/file-content.js';
import { octets, ramp } from '../support.js';

type Step = ['write', number, Uint8Array] | ['resize', number];

const steps = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('write' as const), fc.nat(300), fc.uint8Array({ maxLength: 200 })),
    fc.tuple(fc.constant('resize' as const), fc.nat(400)),
  ),
  { maxLength: 12 },
) as fc.Arbitrary<Step[]>;

describe('file content', () => {
  describe('of a stream file', () => {
    it('is what a plain array would be after any writes and sizings', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), steps, (start, moves) => {
          const content = new StreamContent(start);
          let model = [...start];
          const fill = (size: number): void => {
            while (model.length < size) model.push(0);
          };
          for (const move of moves) {
            if (move[0] === 'write') {
              content.write(move[1], move[2]);
              if (move[2].length > 0) fill(move[1]);
              move[2].forEach((octet, i) => (model[move[1] + i] = octet));
            } else {
              content.resize(move[1]);
              model = model.slice(0, move[1]);
              fill(move[1]);
            }
            expect(content.size).to.equal(model.length);
            expect([...joined(content)]).to.deep.equal(model);
          }
        }),
      );
    });

    it('never shows again what a truncation removed', () => {
      const content = new StreamContent(octets(1, 2, 3, 4));
      content.resize(0);
      content.resize(4);
      expect(joined(content)).to.deep.equal(octets(0, 0, 0, 0));
      content.write(0, octets(9, 9, 9, 9));
      content.resize(1);
      content.write(3, octets(7));
      expect(joined(content)).to.deep.equal(octets(9, 0, 0, 7));
    });

    it('leaves the array that it was given as it was', () => {
      const given = ramp(10);
      const content = new StreamContent(given);
      content.write(0, octets(99));
      content.resize(3);
      expect(given).to.deep.equal(ramp(10));
    });

    it('gives copies', () => {
      const content = new StreamContent(ramp(4));
      content.read(0, 4).fill(9);
      joined(content).fill(9);
      expect(joined(content)).to.deep.equal(ramp(4));
    });

    it('reads no further than its end', () => {
      const content = new StreamContent(ramp(10));
      expect(content.read(8, 100)).to.deep.equal(octets(8, 9));
      expect(content.read(10, 5)).to.have.length(0);
    });

    it('grows to 100 MiB chunk by chunk without copying everything each time', () => {
      const content = new StreamContent(new Uint8Array(0));
      const chunk = new Uint8Array(64 * 1024).fill(0x5a);
      const begun = process.hrtime.bigint();
      for (let start = 0; start < 100 * 1024 * 1024; start += chunk.length) content.write(start, chunk);
      const ms = Number(process.hrtime.bigint() - begun) / 1e6;
      expect(content.size).to.equal(100 * 1024 * 1024);
      expect(content.read(content.size - 1, 9)).to.deep.equal(octets(0x5a));
      // Quadratic copying would move 80 GB here; 15 s is far from both.
      expect(ms).to.be.lessThan(15_000);
    });
  });

  describe('of a record file', () => {
    it('keeps boundaries, also of empty records', () => {
      const content = new RecordContent([ramp(3), octets(), ramp(2)]);
      expect(content.size).to.equal(3);
      expect(content.octetCount).to.equal(5);
      expect(content.read(1, 9)).to.deep.equal([octets(), ramp(2)]);
      expect(joined(content)).to.deep.equal(octets(0, 1, 2, 0, 1));
    });

    it('overwrites, extends, and fills a gap with empty records', () => {
      const content = new RecordContent([ramp(3)]);
      content.write(0, [ramp(1)]);
      content.write(3, [ramp(2)]);
      expect(content.read(0, 9)).to.deep.equal([ramp(1), octets(), octets(), ramp(2)]);
      expect(content.octetCount).to.equal(3);
    });

    it('truncates and extends', () => {
      const content = new RecordContent([ramp(3), ramp(4)]);
      content.resize(1);
      expect([content.size, content.octetCount]).to.deep.equal([1, 3]);
      content.resize(3);
      expect(content.read(0, 9)).to.deep.equal([ramp(3), octets(), octets()]);
      content.resize(0);
      expect([content.size, content.octetCount]).to.deep.equal([0, 0]);
    });

    it('keeps its own copies of records', () => {
      const given = ramp(3);
      const content = new RecordContent([]);
      content.write(0, [given]);
      given.fill(9);
      content.read(0, 1)[0]!.fill(9);
      expect(content.read(0, 1)).to.deep.equal([ramp(3)]);
    });
  });
});
