// Reads a content once, from its first octet to its last, without holding more than the chunk at hand. Two
// cursors side by side are how contents of any size are compared.

import { EngineError } from '../errors.js';

export class Cursor {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk = new Uint8Array(0);
  #done = false;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#source = content[Symbol.asyncIterator]();
  }

  /** The octets at hand, not taken yet; empty only at the end. */
  async peek(): Promise<Uint8Array> {
    while (this.#chunk.length === 0 && !this.#done) {
      const next = await this.#source.next();
      if (next.done === true) this.#done = true;
      else this.#chunk = new Uint8Array(next.value);
    }
    return this.#chunk;
  }

  /** Takes the first `count` of the octets at hand. */
  advance(count: number): void {
    this.#chunk = this.#chunk.subarray(count);
  }

  /** Takes `count` octets. */
  async take(count: number): Promise<Uint8Array> {
    const taken = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const part = (await this.#some()).subarray(0, count - at);
      taken.set(part, at);
      at += part.length;
      this.advance(part.length);
    }
    return taken;
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const { length } = (await this.#some()).subarray(0, left);
      left -= length;
      this.advance(length);
    }
  }

  /** Runs to the end, where a content that is not what it should be rejects. */
  async finish(): Promise<void> {
    for (;;) {
      const { length } = await this.peek();
      if (length === 0) return;
      this.advance(length);
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #some(): Promise<Uint8Array> {
    const octets = await this.peek();
    if (octets.length === 0)
      throw new EngineError('repository-corrupt', 'a content is shorter than its image says');
    return octets;
  }
}

/** Two cursors for the time of some work; closed whatever happens. */
export async function withCursors<T>(
  a: AsyncIterable<Uint8Array>,
  b: AsyncIterable<Uint8Array>,
  work: (a: Cursor, b: Cursor) => Promise<T>,
): Promise<T> {
  const [one, other] = [new Cursor(a), new Cursor(b)];
  try {
    const result = await work(one, other);
    await one.finish();
    await other.finish();
    return result;
  } finally {
    await one.close();
    await other.close();
  }
}

/**
 * Takes `length` octets of both and calls `differ` for each run of octets that differ, as offsets from where
 * the two stand now.
 */
export async function compareRun(
  a: Cursor,
  b: Cursor,
  length: number,
  differ: (start: number, end: number) => void,
): Promise<void> {
  for (let done = 0; done < length;) {
    const [one, other] = [await a.peek(), await b.peek()];
    const count = Math.min(one.length, other.length, length - done);
    if (count === 0) throw new EngineError('repository-corrupt', 'a content is shorter than its image says');
    let from = -1;
    for (let at = 0; at < count; at += 1) {
      if (one[at] !== other[at]) {
        if (from < 0) from = at;
      } else if (from >= 0) {
        differ(done + from, done + at);
        from = -1;
      }
    }
    if (from >= 0) differ(done + from, done + count);
    a.advance(count);
    b.advance(count);
    done += count;
  }
}
