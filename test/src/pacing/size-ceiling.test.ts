// The promise: what was too much is tried again soon, and the later the more often it failed; what has borne enough is
// free again, and what failed for long is remembered.

import { expect } from 'chai';
import { SizeCeiling } from '../../../src/pacing/size-ceiling.js';

function send(ceiling: SizeCeiling, reads: number): void {
  for (let i = 0; i < reads; i += 1) ceiling.sent();
}

/** Reads until more may be tried. */
function readsUntilTried(ceiling: SizeCeiling): number {
  const before = ceiling.most;
  let reads = 0;
  for (; ceiling.most === before; reads += 1) {
    send(ceiling, 1);
    ceiling.borne(before);
  }
  return reads;
}

describe('the ceiling of a size', () => {
  it('is not there at first', () => {
    expect(new SizeCeiling().most).to.equal(Infinity);
    expect(new SizeCeiling().learnt).to.equal(undefined);
  });

  it('is tried again after a while, and each time it fails after four times as long', () => {
    const ceiling = new SizeCeiling();
    ceiling.tooMuch(4);
    expect(ceiling.most).to.equal(3);
    const waits = [16, 64, 256, 1024];
    for (const wait of waits) {
      expect(readsUntilTried(ceiling)).to.equal(wait);
      expect(ceiling.most).to.equal(4);
      expect(ceiling.learnt).to.equal(wait >= 256 ? 3 : undefined);
      ceiling.tooMuch(4);
    }
    expect(ceiling.learnt).to.equal(3);
  });

  it('is gone when what failed has borne enough', () => {
    const ceiling = new SizeCeiling();
    ceiling.tooMuch(4);
    readsUntilTried(ceiling);
    send(ceiling, 16);
    ceiling.borne(4);
    expect(ceiling.most, 'what failed is not leapt over').to.equal(8);
    send(ceiling, 16);
    ceiling.borne(8);
    expect(ceiling.most).to.equal(Infinity);
  });

  it('is not raised by what stayed below it', () => {
    const ceiling = new SizeCeiling();
    ceiling.tooMuch(8);
    readsUntilTried(ceiling);
    send(ceiling, 1000);
    ceiling.borne(4);
    expect(ceiling.most).to.equal(8);
  });

  it('comes down to what failed since, and keeps in mind what failed first', () => {
    const ceiling = new SizeCeiling();
    ceiling.tooMuch(32);
    ceiling.tooMuch(2);
    const most: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      most.push(ceiling.most);
      send(ceiling, 16);
      ceiling.borne(ceiling.most);
    }
    expect(most).to.deep.equal([1, 2, 4, 8, 16, 32, 64, Infinity]);
  });

  it('is known from an earlier run, and tried late', () => {
    const ceiling = new SizeCeiling(1);
    expect(ceiling.most).to.equal(1);
    expect(ceiling.learnt).to.equal(1);
    expect(readsUntilTried(ceiling)).to.equal(256);
  });
});
