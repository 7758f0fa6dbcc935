// SHA-256 of octets and of streams of octets. Hashing is synchronous, so that it takes no turn of the
// event loop and a simulated world stays the same from run to run.

import { createHash } from 'node:crypto';
import type { Sha256 } from './types.js';

/** What a stream of octets came to. */
export interface Digest {
  readonly sha256: Sha256;
  readonly octets: number;
}

/** Counts and hashes octets as they pass. */
export class Hasher {
  readonly #hash = createHash('sha256');
  #octets = 0;

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#octets += chunk.length;
  }

  /** The end: call once. */
  digest(): Digest {
    return { sha256: this.#hash.digest('hex'), octets: this.#octets };
  }
}

export function sha256Of(octets: Uint8Array): Sha256 {
  return createHash('sha256').update(octets).digest('hex');
}

/** Passes chunks on unchanged, and through every hasher. */
export async function* hashing(
  content: AsyncIterable<Uint8Array>,
  ...hashers: readonly Hasher[]
): AsyncIterable<Uint8Array> {
  for await (const chunk of content) {
    for (const hasher of hashers) hasher.update(chunk);
    yield chunk;
  }
}

/** Reads to the end without keeping anything. `between` is called before each chunk, and may throw to stop. */
export async function digestOf(content: AsyncIterable<Uint8Array>, between?: () => void): Promise<Digest> {
  const hasher = new Hasher();
  for await (const chunk of content) {
    between?.();
    hasher.update(chunk);
  }
  return hasher.digest();
}

/** The same without a digest, for content that proves itself. Gives the number of octets. */
export async function readThrough(content: AsyncIterable<Uint8Array>, between?: () => void): Promise<number> {
  let octets = 0;
  for await (const chunk of content) {
    between?.();
    octets += chunk.length;
  }
  return octets;
}
