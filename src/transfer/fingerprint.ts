// Whether two readings of one file gave the same content, without keeping either. Not a hash for storage
// and no defence against anybody: it tells a device's own readings apart, and repositories hash by SHA-256.

/** Mixes four octets at a time (MurmurHash3, x86, 32 bit): one at a time it cost as much as the octets' way here. */
function mixed(sum: number, word: number): number {
  const part = Math.imul(word, 0xcc9e2d51);
  const turned = sum ^ Math.imul((part << 15) | (part >>> 17), 0x1b873593);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}

/** Sums up octets, or records with their boundaries, as they pass. */
export class Fingerprint {
  #low = 0x811c9dc5;
  #high = 0x050c5d1f;
  /** The octets that do not make four yet, the first of them lowest. */
  #rest = 0;
  #octets = 0;

  /** Octets of a stream file, in portions of any size. */
  addOctets(octets: Uint8Array): void {
    let at = 0;
    while (at < octets.length && this.#octets % 4 !== 0) this.#addOctet(octets[at++] ?? 0);
    const words = (octets.length - at) >> 2;
    let low = this.#low;
    let high = this.#high;
    for (const end = at + 4 * words; at < end; at += 4) {
      const word = wordAt(octets, at);
      low = mixed(low, word);
      high = mixed(high, ~word);
    }
    this.#low = low;
    this.#high = high;
    this.#octets += 4 * words;
    while (at < octets.length) this.#addOctet(octets[at++] ?? 0);
  }

  /** One record: its length counts too. */
  addRecord(record: Uint8Array): void {
    const { length } = record;
    this.addOctets(Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length));
    this.addOctets(record);
  }

  /** Equal for equal content. */
  get text(): string {
    return [this.#octets, this.#low >>> 0, this.#high >>> 0, this.#rest >>> 0].join('-');
  }

  #addOctet(octet: number): void {
    this.#rest |= octet << (8 * (this.#octets % 4));
    this.#octets += 1;
    if (this.#octets % 4 !== 0) return;
    this.#low = mixed(this.#low, this.#rest);
    this.#high = mixed(this.#high, ~this.#rest);
    this.#rest = 0;
  }
}

function wordAt(octets: Uint8Array, at: number): number {
  return (
    (octets[at] ?? 0) |
    ((octets[at + 1] ?? 0) << 8) |
    ((octets[at + 2] ?? 0) << 16) |
    ((octets[at + 3] ?? 0) << 24)
  );
}
