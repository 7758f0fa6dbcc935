// Tags (clause 20.2.1): number, class, and length, or an opening or closing mark. The shortest form is
// written; longer forms of the same tag are understood. A length is only reported here, and checked by
// whoever takes the content: nothing may be allocated by it.

import { EncodeError } from '../errors.js';
import type { Reader } from './reader.js';
import { requireWhole } from './writer.js';
import type { Writer } from './writer.js';

/** `value` is the length of the content in octets, or, for an application BOOLEAN, the value itself. */
export type Tag =
  | { readonly kind: 'application' | 'context'; readonly number: number; readonly value: number }
  | { readonly kind: 'opening'; readonly number: number }
  | { readonly kind: 'closing'; readonly number: number };

/** Largest tag number (clause 20.2.1.2); 255 is reserved. */
export const TAG_NUMBER_MAX = 254;

const CONTEXT_BIT = 0x08;
const EXTENDED_NUMBER = 0x0f;
const EXTENDED_LENGTH = 5;
const OPENING = 6;
const CLOSING = 7;
const LENGTH_16_BIT = 254;
const LENGTH_32_BIT = 255;

/** Reads one tag. */
export function readTag(reader: Reader, what: string): Tag {
  const start = reader.position;
  const initial = reader.uint8(`tag of ${what}`);
  const context = (initial & CONTEXT_BIT) !== 0;
  let number = initial >> 4;
  if (number === EXTENDED_NUMBER) number = reader.uint8(`tag number of ${what}`);
  if (number > TAG_NUMBER_MAX) reader.fail(`${what} has the reserved tag number 255`, start);
  const low = initial & 0x07;
  if (low < EXTENDED_LENGTH) return { kind: context ? 'context' : 'application', number, value: low };
  if (low === EXTENDED_LENGTH) {
    return { kind: context ? 'context' : 'application', number, value: readLength(reader, what) };
  }
  if (!context) reader.fail(`${what} is an opening or closing tag without context class`, start);
  return { kind: low === OPENING ? 'opening' : 'closing', number };
}

function readLength(reader: Reader, what: string): number {
  const length = reader.uint8(`length of ${what}`);
  if (length === LENGTH_16_BIT) return reader.uint16(`length of ${what}`);
  if (length === LENGTH_32_BIT) return reader.uint32(`length of ${what}`);
  return length;
}

/** Looks at the next tag without taking it; undefined at the end of the octets. */
export function peekTag(reader: Reader, what: string): Tag | undefined {
  if (reader.atEnd) return undefined;
  const start = reader.position;
  const tag = readTag(reader, what);
  reader.rewind(start);
  return tag;
}

/** Writes one tag in its shortest form. */
export function writeTag(writer: Writer, tag: Tag): void {
  requireWhole(tag.number, TAG_NUMBER_MAX, 'tag number');
  const extended = tag.number >= EXTENDED_NUMBER;
  const high = (extended ? EXTENDED_NUMBER : tag.number) << 4;
  writer.uint8(high | lowBits(tag), 'tag');
  if (extended) writer.uint8(tag.number, 'tag number');
  if ('value' in tag && tag.value >= EXTENDED_LENGTH) writeLength(writer, tag.value);
}

function lowBits(tag: Tag): number {
  switch (tag.kind) {
    case 'opening':
      return CONTEXT_BIT | OPENING;
    case 'closing':
      return CONTEXT_BIT | CLOSING;
    case 'application':
      return Math.min(tag.value, EXTENDED_LENGTH);
    case 'context':
      return CONTEXT_BIT | Math.min(tag.value, EXTENDED_LENGTH);
  }
}

function writeLength(writer: Writer, length: number): void {
  if (length < LENGTH_16_BIT) writer.uint8(length, 'length');
  else if (length <= 0xffff) writer.uint8(LENGTH_16_BIT, 'length').uint16(length, 'length');
  else if (length <= 0xffffffff) writer.uint8(LENGTH_32_BIT, 'length').uint32(length, 'length');
  else throw new EncodeError(`no tag can say a length of ${length} octets`);
}

/** A tag in words for an error message: "context tag 1", "opening tag 0", "the end". */
export function tagWords(tag: Tag | undefined): string {
  return tag === undefined ? 'the end' : `${tag.kind} tag ${tag.number}`;
}
