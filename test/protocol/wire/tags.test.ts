// Tags of every class, number and length.

import { expect } from 'chai';
import fc from 'fast-check';
import { DecodeError, EncodeError } from '../../../protocol/index.js';
import { Reader } from '../../../protocol/wire/reader.js';
import { peekTag, readTag, tagWords, writeTag } from '../../../protocol/wire/tags.js';
import type { Tag } from '../../../protocol/wire/tags.js';
import { encodeWith } from '../../../protocol/wire/writer.js';
import { roundTrips, survives } from '../../support/properties.js';

const number = fc.integer({ min: 0, max: 254 });
const tag: fc.Arbitrary<Tag> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('application' as const, 'context' as const),
    number,
    value: fc.oneof(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 250, max: 260 }),
      fc.constantFrom(65535, 65536, 4294967295),
      fc.integer({ min: 0, max: 4294967295 }),
    ),
  }),
  fc.record({ kind: fc.constantFrom('opening' as const, 'closing' as const), number }),
);

const encode = (value: Tag) => encodeWith((writer) => writeTag(writer, value));
const decode = (octets: Uint8Array) => readTag(new Reader(octets, 'test'), 'tag');

describe('tags', () => {
  it('come back as they were, of every class, number and length', () => {
    roundTrips(tag, encode, decode);
  });

  it('are made of arbitrary octets or refused', () => {
    survives(decode);
  });

  it('take the shortest form that there is', () => {
    const length = (value: Tag) => encode(value).length;
    expect(length({ kind: 'context', number: 14, value: 4 })).to.equal(1);
    expect(length({ kind: 'context', number: 15, value: 4 })).to.equal(2);
    expect(length({ kind: 'application', number: 6, value: 5 })).to.equal(2);
    expect(length({ kind: 'application', number: 6, value: 253 })).to.equal(2);
    expect(length({ kind: 'application', number: 6, value: 254 })).to.equal(4);
    expect(length({ kind: 'application', number: 6, value: 65535 })).to.equal(4);
    expect(length({ kind: 'application', number: 6, value: 65536 })).to.equal(6);
    expect(length({ kind: 'opening', number: 14 })).to.equal(1);
    expect(length({ kind: 'closing', number: 15 })).to.equal(2);
  });

  it('cannot have a number or a length that no form can tell', () => {
    expect(() => encode({ kind: 'opening', number: 255 })).to.throw(EncodeError);
    expect(() => encode({ kind: 'context', number: 0, value: 2 ** 32 })).to.throw(EncodeError);
  });

  it('can be looked at without being taken', () => {
    const reader = new Reader(new Uint8Array([0xfe, 0x21]), 'test');
    expect(peekTag(reader, 'tag')).to.deep.equal({ kind: 'opening', number: 33 });
    expect(reader.position).to.equal(0);
    reader.rest();
    expect(peekTag(reader, 'tag')).to.equal(undefined);
  });

  it('are refused where they are cut', () => {
    const whole = encode({ kind: 'context', number: 33, value: 70000 });
    expect(whole).to.have.length(7);
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => decode(whole.subarray(0, length))).to.throw(DecodeError);
    }
  });

  it('have words for messages', () => {
    expect(tagWords({ kind: 'opening', number: 3 })).to.equal('opening tag 3');
    expect(tagWords(undefined)).to.equal('the end');
  });
});
