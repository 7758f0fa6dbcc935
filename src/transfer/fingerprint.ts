// Whether two readings of one file gave the same content, without keeping either. Not a hash for storage
// and no defence against anybody: it tells a device's own readings apart, and repositories hash by SHA-256.

const FNV_PRIME = 0x01000193;

/** Sums up octets, or records with their boundaries, as they pass. */
export class Fingerprint {
  #low = 0x811c9dc5;
  #high = 0x050c5d1f;
  #octets = 0;

  /** Octets of a stream file, in portions of any size. */
  addOctets(octets: Uint8Array): void {
    let low = this.#low;
    let high = this.#high;
    for (const octet of octets) {
      low = Math.imul(low ^ octet, FNV_PRIME);
      high = Math.imul(high ^ (octet + 0x9e), FNV_PRIME) ^ (low >>> 15);
    }
    this.#low = low;
    this.#high = high;
    this.#octets += octets.length;
  }

  /** One record: its length counts too. */
  addRecord(record: Uint8Array): void {
    const { length } = record;
    this.addOctets(Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length));
    this.addOctets(record);
  }

  /** Equal for equal content. */
  get text(): string {
    return `${this.#octets}-${this.#low >>> 0}-${this.#high >>> 0}`;
  }
}
