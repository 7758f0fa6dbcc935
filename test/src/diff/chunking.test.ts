// Chunks: the same octets are cut the same way wherever they stand, and pieces do not matter.

import { expect } from 'chai';
import fc from 'fast-check';
import { averageChunk, Chunker, type Chunks, Fingerprint, TokenNames } from '../../../src/diff/chunking.js';
import { noise } from '../repository/samples.js';

function cut(octets: Uint8Array, names: TokenNames, average = 64, piece = 1000): Chunks {
  const chunker = new Chunker(names, average);
  for (let at = 0; at < octets.length; at += piece) chunker.push(octets.subarray(at, at + piece));
  return chunker.finish();
}

describe('a chunker', () => {
  it('cuts all of a content, into chunks within its bounds, whatever pieces it comes in', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 1, max: 700 }), (length, piece) => {
        const names = new TokenNames();
        const octets = noise(length, length);
        const whole = cut(octets, names);
        expect(whole.lengths.reduce((sum, some) => sum + some, 0)).to.equal(length);
        expect(Math.max(0, ...whole.lengths)).to.be.at.most(256);
        expect(whole.lengths.slice(0, -1).every((some) => some >= 16)).to.equal(true);
        expect(cut(octets, names, 64, piece)).to.deep.equal(whole);
      }),
    );
  });

  it('finds its cuts again behind an insertion', () => {
    const names = new TokenNames();
    const before = noise(20_000, 7);
    const after = Uint8Array.of(...before.subarray(0, 5000), 1, 2, 3, ...before.subarray(5000));
    const [a, b] = [cut(before, names), cut(after, names)];
    const known = new Set(a.names);
    expect(b.names.filter((name) => !known.has(name)).length).to.be.at.most(6);
  });

  it('cuts what has no variety by length alone', () => {
    expect(new Set(cut(new Uint8Array(2560), new TokenNames()).lengths)).to.deep.equal(new Set([256]));
  });

  it('has chunks that grow with the content, so that their number does not', () => {
    expect(averageChunk(10)).to.equal(64);
    expect(averageChunk(2 ** 20)).to.equal(64);
    expect(averageChunk(2 ** 30)).to.equal(2 ** 16);
  });

  it('names contents by what they are', () => {
    const names = new TokenNames();
    const name = (...octets: number[]): number => {
      const fingerprint = new Fingerprint();
      fingerprint.add(Uint8Array.from(octets));
      return names.nameOf(fingerprint);
    };
    expect(name(1, 2)).to.equal(name(1, 2));
    expect(new Set([name(), name(0), name(0, 0), name(1), name(1, 0)]).size).to.equal(5);
  });
});
