// Reads and writes the fields that services are made of: a primitive under an application or a context
// tag, a part between opening and closing tags, a part that may be missing. Every service codec is
// built from these and from nothing lower.

import { ApplicationTag } from './primitives.js';
import type { Primitive } from './primitives.js';
import type { Reader } from './reader.js';
import { peekTag, readTag, tagWords, writeTag } from './tags.js';
import type { Tag } from './tags.js';
import type { Writer } from './writer.js';

/** Takes a value under its own application tag. */
export function readApplication<T>(reader: Reader, type: Primitive<T>, what: string): T {
  return type.decode(reader, expectTag(reader, 'application', type.tag, what), what);
}

/** Takes a value under context tag `number`. */
export function readContext<T>(reader: Reader, number: number, type: Primitive<T>, what: string): T {
  return type.decode(reader, expectTag(reader, 'context', number, what), what);
}

/** Takes a value under context tag `number`, when that is what comes next. */
export function readOptional<T>(
  reader: Reader,
  number: number,
  type: Primitive<T>,
  what: string,
): T | undefined {
  const next = peekTag(reader, what);
  return next?.kind === 'context' && next.number === number
    ? readContext(reader, number, type, what)
    : undefined;
}

/** Takes a BOOLEAN under its application tag, where the tag itself holds the value (clause 20.2.3). */
export function readBoolean(reader: Reader, what: string): boolean {
  const start = reader.position;
  const value = expectTag(reader, 'application', ApplicationTag.boolean, what);
  if (value > 1) reader.fail(`${what} is a BOOLEAN of value ${value}`, start);
  return value === 1;
}

/** Takes what is between opening and closing tag `number`; `body` reads the inside. */
export function readConstructed<T>(
  reader: Reader,
  number: number,
  what: string,
  body: (reader: Reader) => T,
): T {
  expectTag(reader, 'opening', number, what);
  const value = body(reader);
  expectTag(reader, 'closing', number, what);
  return value;
}

/** Takes the elements of a list until the closing tag `number` or the end, which it leaves. */
export function readListUntilClosing<T>(
  reader: Reader,
  number: number,
  what: string,
  element: (reader: Reader) => T,
): T[] {
  const list: T[] = [];
  while (!nextIs(reader, 'closing', number, what)) list.push(element(reader));
  return list;
}

/** Whether such a tag comes next; false at the end. */
export function nextIs(reader: Reader, kind: Tag['kind'], number: number, what: string): boolean {
  const next = peekTag(reader, what);
  return next?.kind === kind && next.number === number;
}

/** Fails, naming what came instead of `expected`. */
export function failUnexpected(reader: Reader, expected: string, what: string): never {
  return reader.fail(`${what}: expected ${expected}, found ${tagWords(peekTag(reader, what))}`);
}

/** Takes the tag; returns its length or BOOLEAN value, 0 for opening and closing tags. */
function expectTag(reader: Reader, kind: Tag['kind'], number: number, what: string): number {
  const start = reader.position;
  const tag = reader.atEnd ? undefined : readTag(reader, what);
  if (tag?.kind !== kind || tag.number !== number) {
    reader.fail(`${what}: expected ${kind} tag ${number}, found ${tagWords(tag)}`, start);
  }
  return 'value' in tag ? tag.value : 0;
}

export function writeApplication<T>(writer: Writer, type: Primitive<T>, value: T): void {
  writeTagged(writer, 'application', type.tag, type.encode(value));
}

export function writeContext<T>(writer: Writer, number: number, type: Primitive<T>, value: T): void {
  writeTagged(writer, 'context', number, type.encode(value));
}

/** Writes nothing for undefined. */
export function writeOptional<T>(
  writer: Writer,
  number: number,
  type: Primitive<T>,
  value: T | undefined,
): void {
  if (value !== undefined) writeContext(writer, number, type, value);
}

export function writeBoolean(writer: Writer, value: boolean): void {
  writeTag(writer, { kind: 'application', number: ApplicationTag.boolean, value: value ? 1 : 0 });
}

/** Writes opening tag, inside, closing tag. */
export function writeConstructed(writer: Writer, number: number, body: (writer: Writer) => void): void {
  writeTag(writer, { kind: 'opening', number });
  body(writer);
  writeTag(writer, { kind: 'closing', number });
}

/** Writes a tag with the length of its content, and the content. */
export function writeTagged(
  writer: Writer,
  kind: 'application' | 'context',
  number: number,
  content: Uint8Array,
): void {
  writeTag(writer, { kind, number, value: content.length });
  writer.octets(content);
}
