// The combinators that services are built from.

import { expect } from 'chai';
import { DecodeError } from '../../../protocol/index.js';
import * as fields from '../../../protocol/wire/fields.js';
import { ENUMERATED, OCTET_STRING, UNSIGNED } from '../../../protocol/wire/primitives.js';
import { decodeAll } from '../../../protocol/wire/reader.js';
import type { Reader } from '../../../protocol/wire/reader.js';
import { encodeWith } from '../../../protocol/wire/writer.js';
import type { Writer } from '../../../protocol/wire/writer.js';
import { octetsOf } from '../../support/frames.js';

function written(body: (writer: Writer) => void): string {
  return Buffer.from(encodeWith(body)).toString('hex');
}

function read<T>(hex: string, body: (reader: Reader) => T): T {
  return decodeAll(octetsOf(hex), 'test', body);
}

describe('fields', () => {
  it('stand under application and context tags, both ways', () => {
    expect(written((writer) => fields.writeApplication(writer, UNSIGNED, 300))).to.equal('22012c');
    expect(written((writer) => fields.writeContext(writer, 3, ENUMERATED, 5))).to.equal('3905');
    expect(written((writer) => fields.writeBoolean(writer, true))).to.equal('11');
    expect(read('22012c', (reader) => fields.readApplication(reader, UNSIGNED, 'count'))).to.equal(300);
    expect(read('3905', (reader) => fields.readContext(reader, 3, ENUMERATED, 'state'))).to.equal(5);
    expect(read('10', (reader) => fields.readBoolean(reader, 'flag'))).to.equal(false);
  });

  it('may be missing where the production says so', () => {
    const body = (reader: Reader) => [
      fields.readOptional(reader, 1, UNSIGNED, 'a'),
      fields.readOptional(reader, 2, UNSIGNED, 'b'),
    ];
    expect(read('1901 2902', body)).to.deep.equal([1, 2]);
    expect(read('2902', body)).to.deep.equal([undefined, 2]);
    expect(read('', body)).to.deep.equal([undefined, undefined]);
    expect(written((writer) => fields.writeOptional(writer, 1, UNSIGNED, undefined))).to.equal('');
    // An opening tag of the same number is not the primitive.
    expect(() => read('1e 1f', body)).to.throw(DecodeError, '2 octets too many');
  });

  it('say what was expected and what came', () => {
    expect(() => read('22012c', (reader) => fields.readContext(reader, 3, UNSIGNED, 'array index'))).to.throw(
      DecodeError,
      'test: array index: expected context tag 3, found application tag 2 (at octet 0)',
    );
    expect(() => read('', (reader) => fields.readApplication(reader, OCTET_STRING, 'file octets'))).to.throw(
      DecodeError,
      'test: file octets: expected application tag 6, found the end',
    );
  });

  it('stand between opening and closing tags, in lists of any length', () => {
    const list = (reader: Reader) =>
      fields.readConstructed(reader, 1, 'list', () =>
        fields.readListUntilClosing(reader, 1, 'list', () =>
          fields.readApplication(reader, UNSIGNED, 'element'),
        ),
      );
    expect(read('1e 2101 2102 1f', list)).to.deep.equal([1, 2]);
    expect(read('1e 1f', list)).to.deep.equal([]);
    expect(() => read('1e 2101', list)).to.throw(
      DecodeError,
      'element: expected application tag 2, found the end',
    );
    expect(() => read('1e 2101 0f', list)).to.throw(DecodeError, 'found closing tag 0');
    expect(written((writer) => fields.writeConstructed(writer, 20, () => writer.uint8(0, 'null')))).to.equal(
      'fe1400ff14',
    );
  });
});
