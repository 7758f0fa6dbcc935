// The primitive types (clauses 20.2.2-20.2.14), each as one object that turns content octets into a
// value and back. Content only: tag and length around it belong to fields.ts and values.ts. BOOLEAN and
// NULL are not here, since under application tags they have no content.

import { EncodeError } from '../errors.js';
import { INSTANCE_MAX, OBJECT_TYPE_MAX } from '../limits.js';
import type { Reader } from './reader.js';
import { Charset, iso8859FromText, textFromIso8859, textFromUcs2, textFromUtf8 } from './text.js';
import { ucs2FromText, utf8FromText } from './text.js';
import { encodeWith, requireWhole } from './writer.js';

/** An object identifier: type 0..1023, instance 0..4194303. */
export interface ObjectId {
  readonly type: number;
  readonly instance: number;
}

/** A date as on the wire, but the year in full: 1900..2154. 255 stands for "any" in every field. */
export interface DateOctets {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

/** A time as on the wire; 255 stands for "any". */
export interface TimeOctets {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly hundredths: number;
}

/** A CharacterString in any character set. Text has `charset` only when it did not come as UTF-8. */
export type CharacterContent =
  | { readonly text: string; readonly charset?: typeof Charset.ucs2 | typeof Charset.iso8859 }
  | { readonly foreignCharset: number; readonly octets: Uint8Array };

/** One primitive type. */
export interface Primitive<T> {
  /** Application tag number (clause 20.2.1.4). */
  readonly tag: number;
  /** Name of the type, for messages. */
  readonly name: string;
  /** Content octets of a value; EncodeError when it has none. */
  encode(value: T): Uint8Array;
  /** Takes exactly `length` content octets; DecodeError when they are no such value. */
  decode(reader: Reader, length: number, what: string): T;
}

/** Numbers of the application tags (clause 20.2.1.4). */
export const ApplicationTag = {
  null: 0,
  boolean: 1,
  unsigned: 2,
  integer: 3,
  real: 4,
  double: 5,
  octetString: 6,
  characterString: 7,
  bitString: 8,
  enumerated: 9,
  date: 10,
  time: 11,
  objectIdentifier: 12,
} as const;

/** The least number, either way, that a JavaScript number cannot tell from its neighbours. */
export const NUMBER_BEYOND = 2 ** 53;

function unsignedContent(value: number): Uint8Array {
  requireWhole(value, Number.MAX_SAFE_INTEGER, 'Unsigned');
  let count = 1;
  for (let rest = value; rest >= 256; rest = Math.floor(rest / 256)) count += 1;
  return numberContent(value, count);
}

/** The lowest `count` octets of a whole number, two's complement. */
function numberContent(value: number, count: number): Uint8Array {
  const octets = new Uint8Array(count);
  let rest = value;
  for (let at = count - 1; at >= 0; at -= 1) {
    octets[at] = ((rest % 256) + 256) % 256;
    rest = Math.floor(rest / 256);
  }
  return octets;
}

/** Value of an Unsigned's octets; exact when the result is below 2^53, and never below it otherwise. */
export function unsignedOf(octets: Uint8Array): number {
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}

/** Value of an INTEGER's octets, two's complement; exact when its size is below 2^53, as above. */
export function integerOf(octets: Uint8Array): number {
  const first = octets[0] ?? 0;
  return octets.subarray(1).reduce((value, octet) => value * 256 + octet, first >= 128 ? first - 256 : first);
}

function decodeNumber(
  reader: Reader,
  length: number,
  what: string,
  of: (octets: Uint8Array) => number,
): number {
  const start = reader.position;
  if (length === 0) reader.fail(`${what} is a number without octets`);
  const value = of(reader.view(length, what));
  if (Math.abs(value) >= NUMBER_BEYOND) reader.fail(`${what} is a number beyond 2^53`, start);
  return value;
}

function decodeUnsigned(reader: Reader, length: number, what: string): number {
  return decodeNumber(reader, length, what, unsignedOf);
}

/** Unsigned INTEGER (clause 20.2.4), up to 2^53 - 1; leading zeros are understood, not written. */
export const UNSIGNED: Primitive<number> = {
  tag: ApplicationTag.unsigned,
  name: 'Unsigned',
  encode: unsignedContent,
  decode: decodeUnsigned,
};

/** ENUMERATED (clause 20.2.11): the same content as Unsigned. */
export const ENUMERATED: Primitive<number> = {
  tag: ApplicationTag.enumerated,
  name: 'ENUMERATED',
  encode: unsignedContent,
  decode: decodeUnsigned,
};

/** INTEGER (clause 20.2.5): two's complement in the fewest octets; longer forms are understood. */
export const INTEGER: Primitive<number> = {
  tag: ApplicationTag.integer,
  name: 'INTEGER',
  encode(value) {
    if (!Number.isSafeInteger(value))
      throw new EncodeError(`INTEGER ${value} is not a whole number below 2^53`);
    let count = 1;
    // Done when all that is left above 7 bits is the sign.
    for (let rest = value; rest < -128 || rest >= 128; rest = Math.floor(rest / 256)) count += 1;
    return numberContent(value, count);
  },
  decode: (reader, length, what) => decodeNumber(reader, length, what, integerOf),
};

/** REAL (clause 20.2.6). */
export const REAL: Primitive<number> = {
  tag: ApplicationTag.real,
  name: 'REAL',
  encode(value) {
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
      throw new EncodeError(`${value} is beyond the range of REAL`);
    }
    return floatContent(4, (view) => view.setFloat32(0, value));
  },
  decode(reader, length, what) {
    requireLength(reader, length, 4, what);
    return reader.float32(what);
  },
};

/** Double (clause 20.2.7). */
export const DOUBLE: Primitive<number> = {
  tag: ApplicationTag.double,
  name: 'Double',
  encode: (value) => floatContent(8, (view) => view.setFloat64(0, value)),
  decode(reader, length, what) {
    requireLength(reader, length, 8, what);
    return reader.float64(what);
  },
};

function floatContent(size: number, set: (view: DataView) => void): Uint8Array {
  const octets = new Uint8Array(size);
  set(new DataView(octets.buffer));
  return octets;
}

/** OCTET STRING (clause 20.2.8), of any length. Encoding does not copy. */
export const OCTET_STRING: Primitive<Uint8Array> = {
  tag: ApplicationTag.octetString,
  name: 'OCTET STRING',
  encode: (value) => value,
  decode: (reader, length, what) => reader.octets(length, what),
};

/** OCTET STRING as a window on the octets that are decoded, for whoever knows that those stay as they are. */
export const OCTET_WINDOW: Primitive<Uint8Array> = {
  ...OCTET_STRING,
  decode: (reader, length, what) => reader.view(length, what),
};

/** CharacterString (clause 20.2.9) with whatever character set it has. */
export const CHARACTER_STRING: Primitive<CharacterContent> = {
  tag: ApplicationTag.characterString,
  name: 'CharacterString',
  encode(value) {
    const [charset, octets] = charsetAndOctets(value);
    return encodeWith((writer) => writer.uint8(charset, 'character set').octets(octets));
  },
  decode(reader, length, what) {
    if (length === 0) reader.fail(`${what} is a string without a character set`);
    const charset = reader.uint8(what);
    const octets = reader.octets(length - 1, what);
    const text = textOf(charset, octets);
    if (text === undefined) return { foreignCharset: charset, octets };
    return charset === Charset.ucs2 || charset === Charset.iso8859 ? { text, charset } : { text };
  },
};

function charsetAndOctets(value: CharacterContent): [number, Uint8Array] {
  if ('foreignCharset' in value) return [value.foreignCharset, value.octets];
  if (value.charset === Charset.ucs2) return [value.charset, ucs2FromText(value.text)];
  if (value.charset === Charset.iso8859) return [value.charset, iso8859FromText(value.text)];
  return [Charset.utf8, utf8FromText(value.text)];
}

function textOf(charset: number, octets: Uint8Array): string | undefined {
  if (charset === Charset.utf8) return textFromUtf8(octets);
  if (charset === Charset.ucs2) return textFromUcs2(octets);
  if (charset === Charset.iso8859) return textFromIso8859(octets);
  return undefined;
}

/** A CharacterString that must be text: written in UTF-8, read from UTF-8, UCS-2 and ISO 8859-1. */
export const TEXT: Primitive<string> = {
  tag: ApplicationTag.characterString,
  name: 'CharacterString',
  encode: (text) => CHARACTER_STRING.encode({ text }),
  decode(reader, length, what) {
    const start = reader.position;
    const content = CHARACTER_STRING.decode(reader, length, what);
    if ('text' in content) return content.text;
    return reader.fail(`${what} is not text (character set ${content.foreignCharset})`, start);
  },
};

/** BIT STRING (clause 20.2.10), bit 0 first. */
export const BIT_STRING: Primitive<readonly boolean[]> = {
  tag: ApplicationTag.bitString,
  name: 'BIT STRING',
  encode(bits) {
    const octets = new Uint8Array(1 + Math.ceil(bits.length / 8));
    octets[0] = (8 - (bits.length % 8)) % 8;
    bits.forEach((bit, index) => {
      if (bit) octets[1 + (index >> 3)] = (octets[1 + (index >> 3)] ?? 0) | (0x80 >> (index & 7));
    });
    return octets;
  },
  decode(reader, length, what) {
    const start = reader.position;
    if (length === 0) reader.fail(`${what} is a bit string without its count of unused bits`);
    const unused = reader.uint8(what);
    if (unused > 7 || (length === 1 && unused > 0)) reader.fail(`${what} has ${unused} unused bits`, start);
    const octets = reader.view(length - 1, what);
    return Array.from(
      { length: octets.length * 8 - unused },
      (_, index) => ((octets[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0,
    );
  },
};

/** What an octet of a date or time says when any will do. */
const ANY = 255;
const YEAR_ZERO = 1900;

/** Date (clause 20.2.12). */
export const DATE: Primitive<DateOctets> = {
  tag: ApplicationTag.date,
  name: 'Date',
  encode: ({ year, month, day, weekday }) =>
    encodeWith((writer) => {
      if (year !== ANY && (year < YEAR_ZERO || year >= YEAR_ZERO + ANY)) {
        throw new EncodeError(`year ${year} is not in 1900..2154, nor 255 for any`);
      }
      writer.uint8(year === ANY ? ANY : year - YEAR_ZERO, 'year').uint8(month, 'month');
      writer.uint8(day, 'day').uint8(weekday, 'weekday');
    }),
  decode(reader, length, what) {
    requireLength(reader, length, 4, what);
    const year = reader.uint8(what);
    return {
      year: year === ANY ? ANY : year + YEAR_ZERO,
      month: reader.uint8(what),
      day: reader.uint8(what),
      weekday: reader.uint8(what),
    };
  },
};

/** Time (clause 20.2.13). */
export const TIME: Primitive<TimeOctets> = {
  tag: ApplicationTag.time,
  name: 'Time',
  encode: ({ hour, minute, second, hundredths }) =>
    encodeWith((writer) => {
      writer.uint8(hour, 'hour').uint8(minute, 'minute');
      writer.uint8(second, 'second').uint8(hundredths, 'hundredths');
    }),
  decode(reader, length, what) {
    requireLength(reader, length, 4, what);
    return {
      hour: reader.uint8(what),
      minute: reader.uint8(what),
      second: reader.uint8(what),
      hundredths: reader.uint8(what),
    };
  },
};

/** BACnetObjectIdentifier (clause 20.2.14): 10 bits of type, 22 bits of instance. */
export const OBJECT_ID: Primitive<ObjectId> = {
  tag: ApplicationTag.objectIdentifier,
  name: 'BACnetObjectIdentifier',
  encode({ type, instance }) {
    requireWhole(type, OBJECT_TYPE_MAX, 'object type');
    requireWhole(instance, INSTANCE_MAX, 'object instance');
    return encodeWith((writer) => writer.uint32(type * 2 ** 22 + instance, 'object identifier'));
  },
  decode(reader, length, what) {
    requireLength(reader, length, 4, what);
    const octets = reader.uint32(what);
    return { type: octets >>> 22, instance: octets & INSTANCE_MAX };
  },
};

function requireLength(reader: Reader, length: number, expected: number, what: string): void {
  if (length !== expected) reader.fail(`${what} has ${length} octets instead of ${expected}`);
}
