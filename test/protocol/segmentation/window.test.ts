// Arithmetic of sequence numbers (clause 5.4.2): checked against counting on the whole circle of 256.

import { expect } from 'chai';
import fc from 'fast-check';
import {
  distance,
  duplicateInWindow,
  inWindow,
  isWindowSize,
  sequenceOf,
} from '../../../protocol/segmentation/window.js';

const octet = fc.integer({ min: 0, max: 255 });
const windowSize = fc.integer({ min: 1, max: 127 });

/** Walks up from a number, so as not to repeat the subtraction that is to be proven. */
function walk(from: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => (from + i) % 256);
}

describe('window', () => {
  it('numbers segments modulo 256', () => {
    expect([0, 1, 255, 256, 257, 511, 512, 70_000].map(sequenceOf)).to.deep.equal([
      0, 1, 255, 0, 1, 255, 0, 112,
    ]);
  });

  it('measures the way up from one number to another, over the wrap too', () => {
    expect([distance(3, 3), distance(3, 5), distance(250, 4), distance(4, 3)]).to.deep.equal([0, 2, 10, 255]);
  });

  it('finds a number in a window exactly when walking up the window meets it', () => {
    fc.assert(
      fc.property(octet, octet, windowSize, (sequence, initial, window) => {
        expect(inWindow(sequence, initial, window)).to.equal(walk(initial, window).includes(sequence));
      }),
    );
  });

  it('knows every segment of the window being filled that was received for a duplicate', () => {
    fc.assert(
      fc.property(octet, windowSize, fc.nat(126), (first, window, received) => {
        fc.pre(received <= window);
        const last = (first + received) % 256;
        for (const sequence of walk(first, received + 1)) {
          expect(duplicateInWindow(sequence, first, last, window)).to.equal(true);
        }
        // The next one is new, however full the window is.
        expect(duplicateInWindow((last + 1) % 256, first, last, window)).to.equal(false);
      }),
    );
  });

  it('knows the segments of the window before for duplicates while the new one has only its first', () => {
    const [first, window] = [2, 5];
    const duplicates = walk(0, 256).filter((sequence) => duplicateInWindow(sequence, first, first, window));
    expect(duplicates).to.deep.equal([0, 1, 2, 253, 254, 255]);
  });

  it('calls nothing a duplicate when the window has just been acknowledged', () => {
    // The first number of the new window follows the last one received: nothing of it is there.
    const found = walk(0, 256).filter((sequence) => duplicateInWindow(sequence, 8, 7, 4));
    expect(found).to.deep.equal([]);
  });

  it('accepts window sizes 1..127 only', () => {
    expect([-1, 0, 1, 127, 128, 255].map(isWindowSize)).to.deep.equal([
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});
