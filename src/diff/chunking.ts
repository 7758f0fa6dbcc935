// Cuts octets into chunks where the octets themselves say so, so that an insertion moves the cuts with it:
// a chunk that both contents have gets the same name in both, wherever it stands. The names only propose what
// belongs together; whoever uses them compares the octets.

/** Names for chunks and records: the same content has the same number, shared by both sides of a comparison. */
export class TokenNames {
  readonly #names = new Map<string, number>();

  nameOf(content: Fingerprint): number {
    const key = content.key();
    let name = this.#names.get(key);
    if (name === undefined) {
      name = this.#names.size;
      this.#names.set(key, name);
    }
    return name;
  }
}

/** A quick, weak hash of octets as they pass, with their number. Not proof of anything. */
export class Fingerprint {
  #one = 0x811c9dc5;
  #other = 0x9747b28c;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(octets: Uint8Array): void {
    for (const octet of octets) this.octet(octet);
  }

  octet(octet: number): void {
    this.#one = Math.imul(this.#one ^ octet, 0x01000193);
    this.#other = Math.imul((this.#other << 5) ^ (this.#other >>> 27) ^ octet, 0x85ebca6b);
    this.#length += 1;
  }

  key(): string {
    return `${this.#length}.${this.#one >>> 0}.${this.#other >>> 0}`;
  }
}

/** One side, cut: the name and the length of each chunk. */
export interface Chunks {
  readonly names: readonly number[];
  readonly lengths: readonly number[];
}

/** Chunks that a content of any size is cut into, about. */
const CHUNKS_WANTED = 16_384;
const AVERAGE_MIN = 64;

/** Average length of a chunk for contents of this size; a power of two. */
export function averageChunk(octets: number): number {
  let average = AVERAGE_MIN;
  while (average * CHUNKS_WANTED < octets) average *= 2;
  return average;
}

/** A number for each octet value, mixed well and always the same. */
const GEAR = Uint32Array.from({ length: 256 }, (_, octet) => {
  let mixed = Math.imul(octet + 1, 0x9e3779b1);
  for (const shift of [16, 13, 16]) mixed = Math.imul(mixed ^ (mixed >>> shift), 0x85ebca6b);
  return mixed >>> 0;
});

/** Cuts one content as it streams past. */
export class Chunker {
  readonly #names: TokenNames;
  readonly #shift: number;
  readonly #least: number;
  readonly #most: number;
  readonly #found: { readonly names: number[]; readonly lengths: number[] } = { names: [], lengths: [] };
  #gear = 0;
  #chunk = new Fingerprint();

  constructor(names: TokenNames, average: number) {
    this.#names = names;
    this.#shift = 32 - Math.log2(average);
    this.#least = average / 4;
    this.#most = average * 4;
  }

  push(octets: Uint8Array): void {
    for (const octet of octets) {
      this.#gear = ((this.#gear << 1) + (GEAR[octet] ?? 0)) >>> 0;
      this.#chunk.octet(octet);
      const { length } = this.#chunk;
      if (length >= this.#most || (length >= this.#least && this.#gear >>> this.#shift === 0)) this.#cut();
    }
  }

  /** The end: call once. */
  finish(): Chunks {
    if (this.#chunk.length > 0) this.#cut();
    return this.#found;
  }

  #cut(): void {
    this.#found.names.push(this.#names.nameOf(this.#chunk));
    this.#found.lengths.push(this.#chunk.length);
    this.#chunk = new Fingerprint();
    this.#gear = 0;
  }
}
