// How true a twin is, in words: what is as recorded, what is not, and what is only assumed.

import { expect } from 'chai';
import { likenessLines, likenessOf } from '../../../../src/cli/twin/render.js';

describe('the likeness of a twin', () => {
  it('tells apart what was recorded, asked for, not simulated and assumed; no control character gets through', () => {
    const profile = {
      device: {},
      quirks: [{ quirk: 'eof-never', because: 'file 1: gave \u001b[31m nothing' }],
      notSimulated: ['file 2: odd'],
      assumed: ['answers at once'],
      answerMs: undefined,
    };
    expect(likenessLines(likenessOf(profile, ['write-dropped=1']))).to.deep.equal([
      '  as recorded: file 1: gave \\x1b[31m nothing (quirk eof-never)',
      '  as asked for: quirk write-dropped=1',
      '  recorded, NOT SIMULATED: file 2: odd',
      '  assumed: answers at once',
    ]);
  });
});
