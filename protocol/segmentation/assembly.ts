// The octets of a message that comes in segments, in one row: each segment is copied once, to its place. Knows
// neither order nor limits; whoever adds has checked both.

export class Assembly {
  #octets: Uint8Array = new Uint8Array(0);
  /** Where each segment ends. */
  readonly #ends: number[] = [];

  /** Segments so far. */
  get count(): number {
    return this.#ends.length;
  }

  /** Copies the next segment; `window`: how many of this length may well come together. */
  add(segment: Uint8Array, window: number): void {
    const start = this.#ends.at(-1) ?? 0;
    const end = start + segment.length;
    if (end > this.#octets.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#octets.length, segment.length * window));
      grown.set(this.#octets.subarray(0, start));
      this.#octets = grown;
    }
    this.#octets.set(segment, start);
    this.#ends.push(end);
  }

  /** A window on one segment; undefined when there is none of this index. */
  segment(index: number): Uint8Array | undefined {
    const end = this.#ends[index];
    return end === undefined ? undefined : this.#octets.subarray(this.#ends[index - 1] ?? 0, end);
  }

  /** A window on all of it. */
  whole(): Uint8Array {
    return this.#octets.subarray(0, this.#ends.at(-1) ?? 0);
  }
}
