// The growing row of octets that is written.

import { expect } from 'chai';
import { EncodeError } from '../../../protocol/index.js';
import { encodeWith, requireWhole, Writer } from '../../../protocol/wire/writer.js';

describe('writer', () => {
  it('writes most significant octets first', () => {
    const octets = encodeWith((writer) =>
      writer
        .uint8(1, 'a')
        .uint16(0x0203, 'b')
        .uint32(0x04050607, 'c')
        .octets(new Uint8Array([8, 9])),
    );
    expect(Array.from(octets)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('grows without losing an octet, whatever is written at once', () => {
    const writer = new Writer(1);
    const expected: number[] = [];
    for (let length = 0; length < 300; length += 7) {
      writer.octets(new Uint8Array(length).fill(length % 256));
      expected.push(...new Array<number>(length).fill(length % 256));
    }
    expect(writer.length).to.equal(expected.length);
    expect(Array.from(writer.finish())).to.deep.equal(expected);
  });

  it('gives octets that later writing does not change', () => {
    const writer = new Writer();
    writer.uint8(1, 'a');
    const first = writer.finish();
    writer.uint8(2, 'b');
    expect(Array.from(first)).to.deep.equal([1]);
    expect(Array.from(writer.finish())).to.deep.equal([1, 2]);
  });

  it('never cuts a number down to its field', () => {
    const writer = new Writer();
    for (const wrong of [-1, 256, 1.5, Number.NaN, Infinity]) {
      expect(() => writer.uint8(wrong, 'window')).to.throw(
        EncodeError,
        `window ${wrong} is not a whole number`,
      );
    }
    expect(() => writer.uint16(65536, 'network')).to.throw(EncodeError);
    expect(() => writer.uint32(2 ** 32, 'limit')).to.throw(EncodeError);
    expect(requireWhole(255, 255, 'octet')).to.equal(255);
  });
});
