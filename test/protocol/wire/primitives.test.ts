// The primitive types, content only, at the edges of their ranges.

import { expect } from 'chai';
import fc from 'fast-check';
import { EncodeError } from '../../../protocol/index.js';
import * as primitive from '../../../protocol/wire/primitives.js';
import type { Primitive } from '../../../protocol/wire/primitives.js';
import { decodeAll } from '../../../protocol/wire/reader.js';
import { roundTrips, survives } from '../../support/properties.js';

function decoder<T>(type: Primitive<T>): (octets: Uint8Array) => T {
  return (octets) => decodeAll(octets, 'test', (reader) => type.decode(reader, octets.length, type.name));
}

function fails<T>(type: Primitive<T>, ...wrong: T[]): void {
  for (const value of wrong) expect(() => type.encode(value), JSON.stringify(value)).to.throw(EncodeError);
}

const big = 2 ** 53 - 1;

describe('primitive types', () => {
  it('keep every Unsigned of up to 53 bits, in the fewest octets', () => {
    roundTrips(fc.maxSafeNat(), (value) => primitive.UNSIGNED.encode(value), decoder(primitive.UNSIGNED));
    for (let octets = 1; octets <= 6; octets += 1) {
      expect(primitive.UNSIGNED.encode(256 ** octets - 1)).to.have.length(octets);
      expect(primitive.UNSIGNED.encode(256 ** octets)).to.have.length(octets + 1);
    }
  });

  it("keep every INTEGER of up to 53 bits, in the fewest octets of two's complement", () => {
    roundTrips(fc.maxSafeInteger(), (value) => primitive.INTEGER.encode(value), decoder(primitive.INTEGER));
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const octets = primitive.INTEGER.encode(value);
        const reference = octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
        expect(BigInt.asIntN(octets.length * 8, reference)).to.equal(BigInt(value));
        const first = ((octets[0]! << 8) | (octets[1] ?? 0)) >> 7;
        if (octets.length > 1) expect([0, 0x1ff], `${value} is minimal`).to.not.include(first);
      }),
    );
  });

  it('understand INTEGERs that are longer than they need to be', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 8 }), (value, more) => {
        const octets = primitive.INTEGER.encode(value);
        const padding = new Array<number>(more).fill(value < 0 ? 0xff : 0);
        expect(decoder(primitive.INTEGER)(new Uint8Array([...padding, ...octets]))).to.equal(value);
      }),
    );
  });

  it('refuse numbers that have no encoding', () => {
    fails(primitive.UNSIGNED, -1, 0.5, Number.NaN, Infinity, big + 1);
    fails(primitive.ENUMERATED, -1, 0.5, Number.NaN);
    fails(primitive.INTEGER, 0.5, Number.NaN, Infinity, big + 1, -big - 1);
    fails(primitive.REAL, 1e39, -1e39);
  });

  it('round REAL to the nearest that there is, and keep its infinities', () => {
    const decode = decoder(primitive.REAL);
    expect(decode(primitive.REAL.encode(0.1))).to.equal(Math.fround(0.1));
    expect(decode(primitive.REAL.encode(-Infinity))).to.equal(-Infinity);
    expect(Object.is(decode(primitive.REAL.encode(-0)), -0)).to.equal(true);
  });

  it('refuse dates, times and identifiers out of their range', () => {
    const date = { year: 2024, month: 1, day: 1, weekday: 1 };
    fails(primitive.DATE, { ...date, year: 1899 }, { ...date, year: 2155 }, { ...date, year: 256 });
    fails(primitive.DATE, { ...date, month: 256 }, { ...date, day: -1 }, { ...date, weekday: 0.5 });
    fails(primitive.TIME, { hour: 256, minute: 0, second: 0, hundredths: 0 });
    fails(primitive.OBJECT_ID, { type: 1024, instance: 0 }, { type: 0, instance: 4194304 });
    fails(primitive.OBJECT_ID, { type: -1, instance: 0 }, { type: 8, instance: Number.NaN });
  });

  it('keep every object identifier apart', () => {
    const encode = (id: { type: number; instance: number }) =>
      Buffer.from(primitive.OBJECT_ID.encode(id)).toString('hex');
    expect(encode({ type: 1023, instance: 4194303 })).to.equal('ffffffff');
    expect(encode({ type: 512, instance: 0 })).to.equal('80000000');
    expect(encode({ type: 0, instance: 4194303 })).to.equal('003fffff');
  });

  it('refuse text that its character set cannot say', () => {
    fails(
      primitive.CHARACTER_STRING,
      { text: '€', charset: 5 },
      { text: '\ud800' },
      { text: '\ud800', charset: 4 },
    );
    fails(primitive.CHARACTER_STRING, { foreignCharset: 256, octets: new Uint8Array(1) });
  });

  it('read text from the character sets that become text, and no other', () => {
    const decode = decoder(primitive.TEXT);
    expect(decode(new Uint8Array([0, 0xc3, 0xbc]))).to.equal('ü');
    expect(decode(new Uint8Array([5, 0xfc]))).to.equal('ü');
    expect(decode(new Uint8Array([4, 0, 0xfc]))).to.equal('ü');
    expect(() => decode(new Uint8Array([3, 0, 0, 0, 0xfc]))).to.throw('not text (character set 3)');
  });

  it('are made of arbitrary octets or refused', () => {
    for (const type of [
      primitive.UNSIGNED,
      primitive.INTEGER,
      primitive.REAL,
      primitive.DOUBLE,
      primitive.OCTET_STRING,
      primitive.CHARACTER_STRING,
      primitive.TEXT,
      primitive.BIT_STRING,
      primitive.DATE,
      primitive.TIME,
      primitive.OBJECT_ID,
    ] as Primitive<unknown>[]) {
      survives(decoder(type));
    }
  });
});
