// Chance that can be replayed: one generator (sfc32) per name, all drawn from one seed.
// Must never look at the real world; the same seed and name give the same numbers for ever.

const UINT32 = 2 ** 32;

/** A seeded generator. It serves as the engine's Random port. Not for secrets. */
export class SeededRandom {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number | string) {
    this.#seed = String(seed);
    this.#a = mix(this.#seed, 0x9e3779b9);
    this.#b = mix(this.#seed, 0x243f6a88);
    this.#c = mix(this.#seed, 0xb7e15162);
    // The first draws still show how alike two seeds are.
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** Uniform in 0..2^32-1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in 0..limit-1; `limit` at most 2^32. */
  below(limit: number): number {
    return Math.floor((this.uint32() / UINT32) * limit);
  }

  /** True in `rate` of all cases, 0..1. A rate of 0 or 1 draws nothing. */
  chance(rate: number): boolean {
    if (rate <= 0) return false;
    return rate >= 1 || this.uint32() / UINT32 < rate;
  }

  octets(count: number): Uint8Array {
    const octets = new Uint8Array(count);
    for (let i = 0; i < count; i += 4) {
      const word = this.uint32();
      octets[i] = word;
      octets[i + 1] = word >>> 8;
      octets[i + 2] = word >>> 16;
      octets[i + 3] = word >>> 24;
    }
    return octets;
  }

  /** A generator of its own for one component, so that its draws move nobody else's. */
  split(name: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${name}`);
  }
}

/** FNV-1a over the UTF-16 code units, then a finaliser that spreads every bit. */
function mix(text: string, start: number): number {
  let hash = start | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
