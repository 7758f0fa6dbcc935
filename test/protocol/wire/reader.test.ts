// The bounded cursor that reads.

import { expect } from 'chai';
import { DecodeError } from '../../../protocol/index.js';
import { decodeAll, Reader } from '../../../protocol/wire/reader.js';

const OCTETS = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]);

describe('reader', () => {
  it('reads most significant octets first, from a view into a larger buffer too', () => {
    const reader = new Reader(new Uint8Array([0, 0, ...OCTETS]).subarray(2), 'test');
    expect(reader.uint8('a')).to.equal(1);
    expect(reader.uint16('b')).to.equal(0x0203);
    expect(reader.uint32('c')).to.equal(0x04050607);
    expect([reader.position, reader.remaining, reader.atEnd]).to.deep.equal([7, 2, false]);
    expect(reader.peek()).to.equal(8);
    expect(Array.from(reader.rest())).to.deep.equal([8, 9]);
    expect(reader.atEnd).to.equal(true);
    expect(reader.peek()).to.equal(undefined);
  });

  it('never reads past its end, and takes nothing when it fails', () => {
    const reader = new Reader(OCTETS.subarray(0, 3), 'test');
    for (const attempt of [
      () => reader.uint32('number'),
      () => reader.float32('number'),
      () => reader.float64('number'),
      () => reader.octets(4, 'number'),
      () => reader.view(4_294_967_295, 'number'),
    ]) {
      expect(attempt).to.throw(DecodeError, /^test: number needs \d+ octets, 3 left \(at octet 0\)$/);
    }
    expect(reader.position).to.equal(0);
  });

  it('gives copies of octets to keep, and views of octets to decode next', () => {
    const source = Uint8Array.from(OCTETS);
    const reader = new Reader(source, 'test');
    const copy = reader.octets(2, 'copy');
    const view = reader.view(2, 'view');
    source.fill(0);
    expect(Array.from(copy)).to.deep.equal([1, 2]);
    expect(Array.from(view)).to.deep.equal([0, 0]);
  });

  it('copies out of a Buffer too, whose own slice would be a view', () => {
    const buffer = Buffer.from(OCTETS);
    const copy = new Reader(buffer, 'test').octets(3, 'copy');
    buffer.fill(0);
    expect(copy).to.deep.equal(new Uint8Array([1, 2, 3]));
    expect(Object.getPrototypeOf(copy)).to.equal(Uint8Array.prototype);
  });

  it('goes back, and never forward, for a look ahead', () => {
    const reader = new Reader(OCTETS, 'test');
    reader.uint32('a');
    reader.rewind(1);
    expect(reader.uint8('b')).to.equal(2);
    expect(() => reader.rewind(3)).to.throw(RangeError);
    expect(() => reader.rewind(-1)).to.throw(RangeError);
  });

  it('says what it was decoding, what was wrong, and where', () => {
    expect(() => new Reader(OCTETS, 'ReadFile').fail('is wrong', 5))
      .to.throw(DecodeError, 'ReadFile: is wrong (at octet 5)')
      .with.property('offset', 5);
  });

  it('refuses octets that nobody took', () => {
    expect(() => decodeAll(OCTETS, 'test', (reader) => reader.uint16('a'))).to.throw(
      DecodeError,
      'test: 7 octets too many (at octet 2)',
    );
    expect(decodeAll(OCTETS.subarray(0, 2), 'test', (reader) => reader.uint16('a'))).to.equal(0x0102);
  });
});
