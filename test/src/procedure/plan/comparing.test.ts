// Two values side by side: what is missing is never "ok".

import { expect } from 'chai';
import { compared, listed, numeral } from '../../../../src/procedure/plan/comparing.js';

const words = {
  same: 'the same',
  differ: ['block', 'another'],
  oneUnknown: 'block',
  bothUnknown: 'warn',
} as const;

describe('compared', () => {
  it('passes equal values and judges different ones', () => {
    expect(compared('a', 'a', words)).to.deep.equal({
      severity: 'ok',
      image: 'a',
      device: 'a',
      text: 'the same',
    });
    expect(compared('a', 'b', words)).to.include({ severity: 'block', text: 'another' });
  });

  it('calls a missing value unknown, and says whose; an empty text is a missing one', () => {
    const unknown = [
      [undefined, 'b', 'block', 'the image does not say'],
      ['', 'b', 'block', 'the image does not say'],
      ['a', undefined, 'block', 'the device does not say'],
      [undefined, '', 'warn', 'neither the image nor the device says'],
      ['', '', 'warn', 'neither the image nor the device says'],
    ] as const;
    for (const [image, device, severity, text] of unknown) {
      const judgement = compared(image, device, words);
      expect(judgement).to.include({ severity, unknown: true });
      expect(judgement.text).to.equal(`unknown: ${text}`);
    }
  });
});

describe('words of a check', () => {
  it('name some and count the rest', () => {
    expect(listed(['a', 'b', 'c', 'd'])).to.equal('a, b, c, d');
    expect(listed(['a', 'b', 'c', 'd', 'e', 'f'])).to.equal('a, b, c, d and 2 more');
  });

  it('take no number for no word', () => {
    expect(numeral(0)).to.equal('0');
    expect(numeral(undefined)).to.equal(undefined);
  });
});
