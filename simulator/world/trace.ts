// A short fingerprint of everything that was sent in a world, for "the same seed gives the same run".
// Two FNV-1a lanes of 32 bits; not for secrets.

const PRIME = 0x01000193;

export class Trace {
  #one = 0x811c9dc5 | 0;
  #other = 0x5bd1e995 | 0;

  add(timeMs: number, from: string, to: string, octets: Uint8Array): void {
    this.#text(`${timeMs} ${from} ${to} ${octets.length} `);
    let one = this.#one;
    let other = this.#other;
    for (const octet of octets) {
      one = Math.imul(one ^ octet, PRIME);
      other = Math.imul(other + octet, PRIME) ^ (one >>> 15);
    }
    this.#one = one;
    this.#other = other;
  }

  /** Sixteen hex digits. */
  get hash(): string {
    return [this.#one, this.#other].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #text(text: string): void {
    for (let i = 0; i < text.length; i++) {
      this.#one = Math.imul(this.#one ^ text.charCodeAt(i), PRIME);
      this.#other = Math.imul(this.#other + text.charCodeAt(i), PRIME);
    }
  }
}
