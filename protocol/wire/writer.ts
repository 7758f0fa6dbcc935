// A growing row of octets that we write. Numbers that do not fit their field are an EncodeError, never
// cut down: a wrong octet on the wire is worse than none.

import { EncodeError } from '../errors.js';

/** Writes octets from left to right, most significant octet first (clause 20.2). */
export class Writer {
  // No DataView on it: that would take its octets out of the heap, at several times the price of so short a row.
  #octets: Uint8Array;
  #length = 0;

  constructor(capacity = 64) {
    this.#octets = new Uint8Array(capacity);
  }

  /** Octets written so far. */
  get length(): number {
    return this.#length;
  }

  /** One octet. `what` names it for the error. */
  uint8(value: number, what: string): this {
    return this.#number(requireWhole(value, 0xff, what), 1);
  }

  uint16(value: number, what: string): this {
    return this.#number(requireWhole(value, 0xffff, what), 2);
  }

  uint32(value: number, what: string): this {
    return this.#number(requireWhole(value, 0xffffffff, what), 4);
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

  #number(value: number, count: number): this {
    const start = this.#claim(count);
    for (let at = 0; at < count; at += 1) this.#octets[start + at] = value >>> (8 * (count - 1 - at));
    return this;
  }

  #claim(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#octets.length) {
      const grown = new Uint8Array(Math.max(needed, this.#octets.length * 2));
      grown.set(this.#octets.subarray(0, start));
      this.#octets = grown;
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
