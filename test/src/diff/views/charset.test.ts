// What is a text and what is not: strictly.

import { expect } from 'chai';
import fc from 'fast-check';
import { decodeText } from '../../../../src/diff/views/charset.js';
import { octets } from '../../repository/samples.js';

describe('decoding text', () => {
  it('reads UTF-8, with a byte order mark and without', () => {
    expect(decodeText(octets('Zulufttemperatur 21,5 °C\r\n'))).to.deep.equal({
      text: 'Zulufttemperatur 21,5 °C\r\n',
      charset: 'utf-8',
    });
    expect(decodeText(octets('\ufeffa'))).to.deep.equal({ text: 'a', charset: 'utf-8' });
    expect(decodeText(octets(''))).to.deep.equal({ text: '', charset: 'utf-8' });
  });

  it('reads UTF-16 with its mark', () => {
    expect(decodeText(Uint8Array.of(0xff, 0xfe, 0x61, 0, 0xfc, 0))).to.deep.equal({
      text: 'aü',
      charset: 'utf-16le',
    });
    expect(decodeText(Uint8Array.of(0xfe, 0xff, 0, 0x61))).to.deep.equal({ text: 'a', charset: 'utf-16be' });
  });

  it('reads ISO 8859-1 that is mostly plain', () => {
    const latin = Uint8Array.from('Lüftung, Zuluft, Abluft', (character) => character.charCodeAt(0));
    expect(decodeText(latin)).to.deep.equal({ text: 'Lüftung, Zuluft, Abluft', charset: 'iso-8859-1' });
  });

  it('takes nothing for a text that has octets no text has', () => {
    for (const none of [
      [0],
      [0x61, 0x00],
      [0x1b, 0x5b, 0x41],
      [0xff, 0xff],
      [0xff, 0xfe, 0x61],
      [0x80, 0x61],
    ])
      expect(decodeText(Uint8Array.from(none)), none.join()).to.equal(undefined);
  });

  it('never gives a control character but white space and the mark of an end, whatever the octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (some) => {
        const text = decodeText(some)?.text ?? '';
        // eslint-disable-next-line no-control-regex -- these are the ones that must not be there
        expect(text).to.not.match(/[\u0000-\u0008\u000b\u000e-\u0019\u001b-\u001f\u007f]/);
      }),
      { numRuns: 2000 },
    );
  });
});
