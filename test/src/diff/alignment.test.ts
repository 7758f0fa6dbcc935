// What belongs together in two rows: every block is the same on both sides, and nothing is matched twice.

import { expect } from 'chai';
import fc from 'fast-check';
import { commonEnds, matchingBlocks, stretches } from '../../../src/diff/alignment.js';

const row = fc.array(fc.nat(5), { maxLength: 40 });

describe('alignment', () => {
  it('gives ascending blocks of equal tokens, whatever the rows and however little it may work', () => {
    const long = fc.uniqueArray(fc.nat(300), { minLength: 60, maxLength: 200 });
    const rows = fc.oneof(row, long);
    fc.assert(
      fc.property(rows, rows, fc.constantFrom(0, 3, 10, 65, 100), (a, b, edits) => {
        let [atA, atB] = [0, 0];
        for (const block of matchingBlocks(a, b, edits)) {
          expect(block.a).to.be.at.least(atA);
          expect(block.b).to.be.at.least(atB);
          expect(block.length).to.be.at.least(1);
          expect(a.slice(block.a, block.a + block.length)).to.deep.equal(
            b.slice(block.b, block.b + block.length),
          );
          [atA, atB] = [block.a + block.length, block.b + block.length];
        }
      }),
    );
  });

  it('matches all of two equal rows', () => {
    expect(matchingBlocks([1, 2, 3], [1, 2, 3])).to.deep.equal([{ a: 0, b: 0, length: 3 }]);
    expect(matchingBlocks([], [])).to.deep.equal([]);
  });

  it('finds what was put in and what was taken out', () => {
    expect(matchingBlocks(['a', 'b', 'c', 'd'], ['a', 'x', 'b', 'd'])).to.deep.equal([
      { a: 0, b: 0, length: 1 },
      { a: 1, b: 2, length: 1 },
      { a: 3, b: 3, length: 1 },
    ]);
  });

  it('holds rows that differ by more than it may look for together by what each has once', () => {
    const lines = Array.from({ length: 9000 }, (_, index) => `line ${index}`);
    const edited = lines.map((line, index) => (index % 3 === 0 ? `${line}!` : line));
    const blocks = matchingBlocks(lines, edited);
    expect(blocks).to.have.length(3000);
    expect(blocks.every((block) => block.a === block.b && block.length === 2)).to.equal(true);
    const later = matchingBlocks(lines, ['new', ...edited]);
    expect(later.reduce((sum, block) => sum + block.length, 0)).to.equal(6000);
  });

  it('keeps to the ends where nothing else is the same', () => {
    const far = Array.from({ length: 100 }, (_, index) => index);
    const other = [0, 1, ...far.map((value) => value + 1000), 98, 99];
    expect(matchingBlocks(far, other, 5)).to.deep.equal([
      { a: 0, b: 0, length: 2 },
      { a: 98, b: 102, length: 2 },
    ]);
  });

  it('lays both rows out from beginning to end', () => {
    fc.assert(
      fc.property(row, row, (a, b) => {
        let [atA, atB] = [0, 0];
        for (const stretch of stretches(matchingBlocks(a, b), a.length, b.length)) {
          expect([stretch.a, stretch.b]).to.deep.equal([atA, atB]);
          expect(stretch.lengthA + stretch.lengthB).to.be.at.least(1);
          [atA, atB] = [atA + stretch.lengthA, atB + stretch.lengthB];
        }
        expect([atA, atB]).to.deep.equal([a.length, b.length]);
      }),
    );
  });

  it('counts no item to both ends', () => {
    expect(commonEnds('aaa', 'aa')).to.deep.equal({ head: 2, tail: 0 });
    expect(commonEnds('abcd', 'abxcd')).to.deep.equal({ head: 2, tail: 2 });
    expect(commonEnds('', 'x')).to.deep.equal({ head: 0, tail: 0 });
  });
});
