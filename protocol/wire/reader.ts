// A bounded cursor over octets that somebody else wrote. It never reads past its end, never believes a
// length, and fails only with a DecodeError that says what was being decoded and where.

import { DecodeError } from '../errors.js';

/** Reads octets from left to right, most significant octet first (clause 20.2). */
export class Reader {
  readonly #octets: Uint8Array;
  readonly #subject: string;
  #position = 0;

  /** `subject` opens every error message: "ReadFile acknowledgement". */
  constructor(octets: Uint8Array, subject: string) {
    this.#octets = octets;
    this.#subject = subject;
  }

  /** Octets read so far. */
  get position(): number {
    return this.#position;
  }

  /** Octets left. */
  get remaining(): number {
    return this.#octets.length - this.#position;
  }

  get atEnd(): boolean {
    return this.remaining === 0;
  }

  /** The next octet without taking it; undefined at the end. */
  peek(): number | undefined {
    return this.#octets[this.#position];
  }

  /** Takes one octet. `what` names it for the error. */
  uint8(what: string): number {
    return this.#number(1, what);
  }

  uint16(what: string): number {
    return this.#number(2, what);
  }

  uint32(what: string): number {
    return this.#number(4, what);
  }

  float32(what: string): number {
    return this.#dataView(4, what).getFloat32(0);
  }

  float64(what: string): number {
    return this.#dataView(8, what).getFloat64(0);
  }

  /** Takes `count` octets as a copy: what is kept must not change with the datagram's buffer. */
  octets(count: number, what: string): Uint8Array {
    return new Uint8Array(this.view(count, what));
  }

  /** Takes `count` octets as a window on the same memory, for a payload that is decoded next. */
  view(count: number, what: string): Uint8Array {
    const start = this.#take(count, what);
    return new Uint8Array(this.#octets.buffer, this.#octets.byteOffset + start, count);
  }

  /** Everything that is left, as a window on the same memory. */
  rest(): Uint8Array {
    return this.view(this.remaining, 'rest');
  }

  /** Goes back to an earlier position, for a look ahead. */
  rewind(position: number): void {
    if (position < 0 || position > this.#position) throw new RangeError('a reader only goes back');
    this.#position = position;
  }

  /** Fails when octets are left: a message that says more than its production is not understood. */
  expectEnd(): void {
    if (!this.atEnd) this.fail(`${this.remaining} octets too many`);
  }

  /** Fails at the current position, or at `offset`. */
  fail(message: string, offset = this.#position): never {
    throw new DecodeError(`${this.#subject}: ${message}`, offset);
  }

  #number(count: number, what: string): number {
    const start = this.#take(count, what);
    let value = 0;
    for (let at = start; at < start + count; at += 1) value = value * 256 + (this.#octets[at] ?? 0);
    return value;
  }

  // Not one for the whole reader: most read no such number, and would pay for it.
  #dataView(count: number, what: string): DataView {
    const { buffer, byteOffset } = this.#octets;
    return new DataView(buffer, byteOffset + this.#take(count, what), count);
  }

  #take(count: number, what: string): number {
    if (count > this.remaining) {
      this.fail(`${what} needs ${count} ${count === 1 ? 'octet' : 'octets'}, ${this.remaining} left`);
    }
    const start = this.#position;
    this.#position = start + count;
    return start;
  }
}

/** Decodes all of `octets` with `body`; octets that it leaves are a DecodeError. */
export function decodeAll<T>(octets: Uint8Array, subject: string, body: (reader: Reader) => T): T {
  const reader = new Reader(octets, subject);
  const value = body(reader);
  reader.expectEnd();
  return value;
}
