// Character sets, against the decoders that Node has and protocol/ may not use.

import { expect } from 'chai';
import fc from 'fast-check';
import { characterCount, EncodeError } from '../../../protocol/index.js';
import { iso8859FromText, textFromIso8859, textFromUcs2 } from '../../../protocol/wire/text.js';
import { textFromUtf8, ucs2FromText, utf8FromText } from '../../../protocol/wire/text.js';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function reference(octets: Uint8Array): string | undefined {
  try {
    return strict.decode(octets);
  } catch {
    return undefined;
  }
}

const text = fc.string({ unit: 'binary', maxLength: 60 });

/** Octets that are nearly UTF-8: what a strict decoder must tell apart. */
const nearlyUtf8 = fc
  .tuple(
    text,
    fc.array(fc.record({ at: fc.nat(), octet: fc.integer({ min: 0, max: 255 }) }), { maxLength: 3 }),
  )
  .map(([whole, changes]) => {
    const octets = new Uint8Array(Buffer.from(whole));
    for (const { at, octet } of changes) if (octets.length > 0) octets[at % octets.length] = octet;
    return octets;
  });

describe('text', () => {
  it('in UTF-8 is written as every other implementation writes it, and comes back', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const octets = utf8FromText(whole);
        expect(octets).to.deep.equal(new Uint8Array(Buffer.from(whole)));
        expect(textFromUtf8(octets)).to.equal(whole);
      }),
    );
  });

  it('in UTF-8 is accepted and refused exactly as by a strict decoder', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyUtf8, fc.uint8Array({ maxLength: 8 })), (octets) => {
        expect(textFromUtf8(octets)).to.equal(reference(octets));
      }),
      { numRuns: 3000 },
    );
  });

  it('in UTF-8 is right at every first octet with every kind of second', () => {
    for (let lead = 0; lead < 256; lead += 1) {
      for (const second of [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff]) {
        for (const rest of [[], [0x80], [0xbf, 0xbf], [0x80, 0x7f]]) {
          const octets = new Uint8Array([lead, second, ...rest]);
          expect(textFromUtf8(octets), octets.join(' ')).to.equal(reference(octets));
        }
      }
    }
  });

  it('may be longer than one call can take arguments', () => {
    const long = 'Ä🔥x'.repeat(50_000);
    expect(textFromUtf8(utf8FromText(long))).to.equal(long);
    expect(textFromIso8859(new Uint8Array(200_000).fill(0xe9))).to.equal('é'.repeat(200_000));
  });

  it('in ISO 8859-1 has a character for every octet, and no other characters', () => {
    const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    expect(textFromIso8859(all)).to.equal(Buffer.from(all).toString('latin1'));
    expect(iso8859FromText(textFromIso8859(all))).to.deep.equal(all);
    expect(() => iso8859FromText('€')).to.throw(EncodeError, 'ISO 8859-1');
  });

  it('in UCS-2 comes back, characters beyond U+FFFF as pairs', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const octets = ucs2FromText(whole);
        expect(octets).to.deep.equal(new Uint8Array(Buffer.from(whole, 'utf16le').swap16()));
        expect(textFromUcs2(octets)).to.equal(whole);
      }),
    );
  });

  it('is none when half a character is missing', () => {
    expect(textFromUcs2(new Uint8Array([0]))).to.equal(undefined);
    expect(textFromUcs2(new Uint8Array([0xd8, 0x3d]))).to.equal(undefined);
    expect(() => utf8FromText('\ud83d')).to.throw(EncodeError, 'half a surrogate pair');
    expect(() => utf8FromText('\udd25x')).to.throw(EncodeError);
    expect(() => ucs2FromText('x\ud83d')).to.throw(EncodeError);
  });

  it('is counted in characters, not in octets or code units', () => {
    expect(characterCount('')).to.equal(0);
    expect(characterCount('Schlüssel')).to.equal(9);
    expect(characterCount('🔥🔥')).to.equal(2);
  });
});
