// Values of any property (ABSTRACT-SYNTAX.&Type): a row of tagged values whose types the tags tell, and
// whose context tags only the property could explain. Lossless: what has no safe JavaScript value keeps
// its octets, so that a value read from one device can be written to another unchanged.

import { EncodeError } from '../errors.js';
import { NESTING_MAX } from '../limits.js';
import { writeBoolean, writeConstructed, writeTagged } from './fields.js';
import * as primitive from './primitives.js';
import type { DateOctets, ObjectId, Primitive, TimeOctets } from './primitives.js';
import { decodeAll } from './reader.js';
import type { Reader } from './reader.js';
import { readTag, writeTag } from './tags.js';
import type { Tag } from './tags.js';
import type { Charset } from './text.js';
import { encodeWith } from './writer.js';
import type { Writer } from './writer.js';

/** One tagged value. */
export type BacnetValue =
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'unsigned' | 'integer' | 'real' | 'double' | 'enumerated'; readonly value: number }
  | { readonly type: 'octet-string'; readonly octets: Uint8Array }
  /** Text; `charset` is there only when it is not UTF-8, so that it goes back as it came. */
  | {
      readonly type: 'character-string';
      readonly text: string;
      readonly charset?: typeof Charset.ucs2 | typeof Charset.iso8859;
    }
  /** A string in a character set that we do not turn into text, or that is not text in its set. */
  | { readonly type: 'foreign-string'; readonly charset: number; readonly octets: Uint8Array }
  | { readonly type: 'bit-string'; readonly bits: readonly boolean[] }
  | ({ readonly type: 'date' } & DateOctets)
  | ({ readonly type: 'time' } & TimeOctets)
  | { readonly type: 'object-identifier'; readonly object: ObjectId }
  /** Application-tagged octets without a safe value: reserved tags, numbers beyond 2^53, odd NaNs, strings without a set. */
  | { readonly type: 'opaque'; readonly tag: number; readonly octets: Uint8Array }
  /** A context-tagged primitive. */
  | { readonly type: 'context'; readonly tag: number; readonly octets: Uint8Array }
  /** Values between opening and closing tag. */
  | { readonly type: 'constructed'; readonly tag: number; readonly values: readonly BacnetValue[] };

/** Encodes a row of values. EncodeError for a value out of its range or nested too deep. */
export function encodeValues(values: readonly BacnetValue[]): Uint8Array {
  return encodeWith((writer) => writeValues(writer, values));
}

/** Decodes a row of values to the last octet. DecodeError when they are not such a row. */
export function decodeValues(octets: Uint8Array): BacnetValue[] {
  return decodeAll(octets, 'values', (reader) => readValues(reader, 'value'));
}

/** Takes values until a closing tag that is not theirs, which it leaves, or the end. */
export function readValues(reader: Reader, what: string, depth = 0): BacnetValue[] {
  const values: BacnetValue[] = [];
  while (!reader.atEnd) {
    const start = reader.position;
    const tag = readTag(reader, what);
    if (tag.kind === 'closing') {
      reader.rewind(start);
      break;
    }
    values.push(readValue(reader, tag, what, depth, start));
  }
  return values;
}

type ValueTag = Exclude<Tag, { readonly kind: 'closing' }>;

/** Takes what follows a tag that began at `start`. */
function readValue(reader: Reader, tag: ValueTag, what: string, depth: number, start: number): BacnetValue {
  switch (tag.kind) {
    case 'application':
      return readApplicationValue(reader, tag.number, tag.value, what, start);
    case 'context':
      return { type: 'context', tag: tag.number, octets: reader.octets(tag.value, what) };
    case 'opening': {
      if (depth >= NESTING_MAX) reader.fail(`${what} nests deeper than ${NESTING_MAX}`, start);
      const values = readValues(reader, what, depth + 1);
      const end = reader.atEnd ? undefined : readTag(reader, what);
      if (end?.kind !== 'closing' || end.number !== tag.number) {
        reader.fail(`${what} opens tag ${tag.number} and does not close it`, start);
      }
      return { type: 'constructed', tag: tag.number, values };
    }
  }
}

function readApplicationValue(
  reader: Reader,
  number: number,
  length: number,
  what: string,
  start: number,
): BacnetValue {
  const take = <T>(type: Primitive<T>): T => type.decode(reader, length, what);
  switch (number) {
    case primitive.ApplicationTag.null:
      if (length !== 0) reader.fail(`${what} is a NULL of ${length} octets`, start);
      return { type: 'null' };
    case primitive.ApplicationTag.boolean:
      if (length > 1) reader.fail(`${what} is a BOOLEAN of value ${length}`, start);
      return { type: 'boolean', value: length === 1 };
    case primitive.ApplicationTag.unsigned:
      return readNumber(reader, 'unsigned', length, what);
    case primitive.ApplicationTag.integer:
      return readNumber(reader, 'integer', length, what);
    case primitive.ApplicationTag.real:
      return readFloat(reader, 'real', length, what);
    case primitive.ApplicationTag.double:
      return readFloat(reader, 'double', length, what);
    case primitive.ApplicationTag.octetString:
      return { type: 'octet-string', octets: take(primitive.OCTET_STRING) };
    case primitive.ApplicationTag.characterString:
      return readString(reader, length, what);
    case primitive.ApplicationTag.bitString:
      return { type: 'bit-string', bits: take(primitive.BIT_STRING) };
    case primitive.ApplicationTag.enumerated:
      return readNumber(reader, 'enumerated', length, what);
    case primitive.ApplicationTag.date:
      return { type: 'date', ...take(primitive.DATE) };
    case primitive.ApplicationTag.time:
      return { type: 'time', ...take(primitive.TIME) };
    case primitive.ApplicationTag.objectIdentifier:
      return { type: 'object-identifier', object: take(primitive.OBJECT_ID) };
    default:
      return { type: 'opaque', tag: number, octets: reader.octets(length, what) };
  }
}

function readNumber(
  reader: Reader,
  type: 'unsigned' | 'integer' | 'enumerated',
  length: number,
  what: string,
): BacnetValue {
  if (length === 0) reader.fail(`${what} is a number without octets`);
  const octets = reader.octets(length, what);
  const value = type === 'integer' ? primitive.integerOf(octets) : primitive.unsignedOf(octets);
  if (Math.abs(value) >= primitive.NUMBER_BEYOND) return { type: 'opaque', tag: NUMBERS[type].tag, octets };
  return { type, value };
}

/** REAL and Double. A NaN that is not the usual one says more than a number can keep. */
function readFloat(reader: Reader, type: 'real' | 'double', length: number, what: string): BacnetValue {
  const codec = NUMBERS[type];
  const start = reader.position;
  const value = codec.decode(reader, length, what);
  if (Number.isNaN(value)) {
    reader.rewind(start);
    const octets = reader.octets(length, what);
    const usual = codec.encode(Number.NaN);
    if (octets.some((octet, index) => octet !== usual[index]))
      return { type: 'opaque', tag: codec.tag, octets };
  }
  return { type, value };
}

function readString(reader: Reader, length: number, what: string): BacnetValue {
  // A string without even a character set is wrong, but it is one value's wrong, and its frame is
  // whole: the other properties of the answer stay readable.
  if (length === 0) return { type: 'opaque', tag: primitive.CHARACTER_STRING.tag, octets: new Uint8Array(0) };
  const content = primitive.CHARACTER_STRING.decode(reader, length, what);
  return 'text' in content
    ? { type: 'character-string', ...content }
    : { type: 'foreign-string', charset: content.foreignCharset, octets: content.octets };
}

/** Writes a row of values. */
export function writeValues(writer: Writer, values: readonly BacnetValue[], depth = 0): void {
  for (const value of values) writeValue(writer, value, depth);
}

function writeValue(writer: Writer, value: BacnetValue, depth: number): void {
  switch (value.type) {
    case 'null':
      writeTag(writer, NULL_TAG);
      break;
    case 'boolean':
      writeBoolean(writer, value.value);
      break;
    case 'opaque':
      writeOpaque(writer, value.tag, value.octets);
      break;
    case 'context':
      writeTagged(writer, 'context', value.tag, value.octets);
      break;
    case 'constructed':
      if (depth >= NESTING_MAX) throw new EncodeError(`values nest deeper than ${NESTING_MAX}`);
      writeConstructed(writer, value.tag, () => writeValues(writer, value.values, depth + 1));
      break;
    default:
      writeTagged(writer, 'application', ...tagAndContent(value));
  }
}

type PlainValue = Exclude<
  BacnetValue,
  { readonly type: 'null' | 'boolean' | 'opaque' | 'context' | 'constructed' }
>;

function tagAndContent(value: PlainValue): readonly [tag: number, content: Uint8Array] {
  switch (value.type) {
    case 'unsigned':
    case 'integer':
    case 'real':
    case 'double':
    case 'enumerated':
      return encoded(NUMBERS[value.type], value.value);
    case 'octet-string':
      return encoded(primitive.OCTET_STRING, value.octets);
    case 'character-string':
      return encoded(primitive.CHARACTER_STRING, value);
    case 'foreign-string':
      return encoded(primitive.CHARACTER_STRING, { foreignCharset: value.charset, octets: value.octets });
    case 'bit-string':
      return encoded(primitive.BIT_STRING, value.bits);
    case 'date':
      return encoded(primitive.DATE, value);
    case 'time':
      return encoded(primitive.TIME, value);
    case 'object-identifier':
      return encoded(primitive.OBJECT_ID, value.object);
  }
}

function encoded<T>(type: Primitive<T>, value: T): readonly [number, Uint8Array] {
  return [type.tag, type.encode(value)];
}

const NUMBERS = {
  unsigned: primitive.UNSIGNED,
  integer: primitive.INTEGER,
  enumerated: primitive.ENUMERATED,
  real: primitive.REAL,
  double: primitive.DOUBLE,
} as const;

const NULL_TAG: Tag = { kind: 'application', number: primitive.ApplicationTag.null, value: 0 };

function writeOpaque(writer: Writer, tag: number, octets: Uint8Array): void {
  // Under these two tags the length says something else, so octets after them would be read as tags.
  if (tag === primitive.ApplicationTag.null || tag === primitive.ApplicationTag.boolean) {
    throw new EncodeError(`opaque octets cannot stand under application tag ${tag}`);
  }
  writeTagged(writer, 'application', tag, octets);
}
