// Content from a repository in the portions that a transfer wants: so many octets, or the next records.
// Holds one chunk of the source at a time; what was given is gone.

/** Takes a stream of chunks apart and gives it back in portions of any size. */
export class OctetFeeder {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next `count` octets; fewer only at the end of the content. */
  async take(count: number): Promise<Uint8Array> {
    const portion = new Uint8Array(count);
    let filled = 0;
    while (filled < count && (await this.#fill())) {
      const part = this.#rest.subarray(0, count - filled);
      portion.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return filled === count ? portion : portion.subarray(0, filled);
  }

  /** Passes over `count` octets without keeping them; returns how many there were. */
  async skip(count: number): Promise<number> {
    let skipped = 0;
    while (skipped < count && (await this.#fill())) {
      const part = Math.min(this.#rest.length, count - skipped);
      this.#rest = this.#rest.subarray(part);
      skipped += part;
    }
    return skipped;
  }

  /** Lets the source go; needed when not everything was taken. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#source.return?.();
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.#ended) {
      const next = await this.#source.next();
      if (next.done === true) this.#ended = true;
      else this.#rest = next.value;
    }
    return this.#rest.length > 0;
  }
}

/** Gives records one by one or a few ahead, never splitting or joining them. */
export class RecordFeeder {
  readonly #source: AsyncIterator<Uint8Array>;
  #ahead: Uint8Array[] = [];
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next records without taking them: at most `count`, and no more octets than `octetsMax` after the first. */
  async peek(count: number, octetsMax: number): Promise<readonly Uint8Array[]> {
    let octets = this.#ahead.reduce((sum, record) => sum + record.length, 0);
    while (this.#ahead.length < count && (this.#ahead.length === 0 || octets < octetsMax) && !this.#ended) {
      const next = await this.#source.next();
      if (next.done === true) {
        this.#ended = true;
      } else {
        this.#ahead.push(next.value);
        octets += next.value.length;
      }
    }
    return this.#ahead.slice(0, count);
  }

  /** The next `count` records; fewer only at the end. */
  async take(count: number): Promise<readonly Uint8Array[]> {
    await this.peek(count, Infinity);
    return this.#ahead.splice(0, count);
  }

  /** Lets the source go; needed when not everything was taken. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#ahead = [];
    await this.#source.return?.();
  }
}
