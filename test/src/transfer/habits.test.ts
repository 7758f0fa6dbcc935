// What is known of a device's habits, and the words for an end that comes too early.

import { expect } from 'chai';
import { earlyEndWords, type EndOfFile, habitsOf } from '../../../src/transfer/habits.js';

describe('the habits of a device', () => {
  it('are those of the standard until something else is known', () => {
    expect(habitsOf()).to.deep.equal({
      accessSwapped: false,
      endOfFile: undefined,
      sizingRefused: undefined,
      avoidsSizing: undefined,
      readsPastEndOfFile: false,
    });
    expect(habitsOf({ accessSwapped: true }).accessSwapped).to.equal(true);
  });

  it('have a word for each way in which a file may end too early', () => {
    const ends: readonly EndOfFile[] = ['with-last', 'late', 'refused', 'never'];
    const words = ends.map((end) => earlyEndWords(end, 7));
    expect(new Set(words).size).to.equal(ends.length);
    for (const text of words) expect(text).to.contain(' 7');
  });
});
