// A growing row of octets that we write. Numbers that do not fit their field are an EncodeError, never
// cut down: a wrong octet on the wire is worse than none.

import { EncodeError } from '../errors.js';

/** Writes octets from left to right, most significant octet first (clause 20.2). */
export class Writer {
  #octets: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 64) {
    this.#octets = new Uint8Array(capacity);
    this.#view = new DataView(this.#octets.buffer);
  }

  /** Octets written so far. */
  get length(): number {
    return this.#length;
  }

  /** One octet. `what` names it for the error. */
  uint8(value: number, what: string): this {
    const at = this.#claim(1);
    this.#view.setUint8(at, requireWhole(value, 0xff, what));
    return this;
  }

  uint16(value: number, what: string): this {
    const at = this.#claim(2);
    this.#view.setUint16(at, requireWhole(value, 0xffff, what));
    return this;
  }

  uint32(value: number, what: string): this {
    const at = this.#claim(4);
    this.#view.setUint32(at, requireWhole(value, 0xffffffff, what));
    return this;
  }

  octets(octets: Uint8Array): this {
    const start = this.#claim(octets.length);
    this.#octets.set(octets, start);
    return this;
  }

  /** What was written, as a copy of exactly its length. */
  finish(): Uint8Array {
    return this.#octets.slice(0, this.#length);
  }

  #claim(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#octets.length) {
      const grown = new Uint8Array(Math.max(needed, this.#octets.length * 2));
      grown.set(this.#octets.subarray(0, start));
      this.#octets = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = needed;
    return start;
  }
}

/** Encodes with `body` into a row of octets of its own. */
export function encodeWith(body: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  body(writer);
  return writer.finish();
}

/** The value itself when it is a whole number in 0..max; else an EncodeError that names it. */
export function requireWhole(value: number, max: number, what: string): number {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new EncodeError(`${what} ${value} is not a whole number in 0..${max}`);
  }
  return value;
}
