// A message in one row of octets: every segment at its place, and nobody else's buffer kept.

import { expect } from 'chai';
import fc from 'fast-check';
import { Assembly } from '../../../protocol/segmentation/assembly.js';

const segments = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });

describe('the octets of a segmented message', () => {
  it('are those of its segments, in order, whatever their lengths and the window', () => {
    fc.assert(
      fc.property(segments, fc.integer({ min: 1, max: 127 }), (parts, window) => {
        const message = new Assembly();
        for (const part of parts) message.add(part, window);
        expect(message.count).to.equal(parts.length);
        expect([...message.whole()]).to.deep.equal(parts.flatMap((part) => [...part]));
        for (const [index, part] of parts.entries()) expect(message.segment(index)).to.deep.equal(part);
        expect(message.segment(-1)).to.equal(undefined);
        expect(message.segment(parts.length)).to.equal(undefined);
      }),
    );
  });

  it('do not change with the buffer that a segment came in', () => {
    const message = new Assembly();
    const buffer = Uint8Array.of(1, 2);
    message.add(buffer, 2);
    buffer.fill(9);
    message.add(buffer, 2);
    expect([...message.whole()]).to.deep.equal([1, 2, 9, 9]);
  });
});
