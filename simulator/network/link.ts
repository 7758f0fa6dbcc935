// One direction between two addresses: when, how often, and how whole a datagram sent now arrives. Its
// faults are knobs that default to none, drawn from the link's own seeded generator. A damaged copy is a
// new array: the sender's octets are never touched.

import type { SeededRandom } from '../world/random.js';

/** A stretch of virtual time, half-open. */
export interface LinkPeriod {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The knobs of one direction. Times in ms, rates 0..1. */
export interface LinkQuality {
  readonly delayMs: number;
  /** Up to this much more delay, uniform. Order is kept: a late datagram holds back those behind it. */
  readonly jitterMs: number;
  readonly lossRate: number;
  /** How often a datagram arrives twice. */
  readonly duplicateRate: number;
  /** How often a copy is held back by up to `reorderMs` while later ones overtake it. */
  readonly reorderRate: number;
  readonly reorderMs: number;
  /** How often one more copy comes long after, behind the answer; it holds nothing back. */
  readonly lateDuplicateRate: number;
  /** The late copy comes within this much of the first, uniform. */
  readonly lateDuplicateMs: number;
  /** How often a copy is cut off somewhere. */
  readonly truncateRate: number;
  /** How often one bit of a copy is flipped. */
  readonly corruptRate: number;
  /**
   * Only the first so many octets are flipped. Beyond the headers a flip is what the checksum of UDP and
   * the CRC of MS/TP are for: content that gets past them cannot be told from the true one by anybody.
   */
  readonly corruptOctets: number;
  /** A partition of this direction alone: what is sent then is lost. */
  readonly partitions: readonly LinkPeriod[];
  /** A clogged queue: what is sent then is kept, and arrives all together at the end. */
  readonly clogs: readonly LinkPeriod[];
}

/** Everything arrives once, in order, 1 ms later. */
export const perfectLink: LinkQuality = {
  delayMs: 1,
  jitterMs: 0,
  lossRate: 0,
  duplicateRate: 0,
  reorderRate: 0,
  reorderMs: 20,
  lateDuplicateRate: 0,
  lateDuplicateMs: 1000,
  truncateRate: 0,
  corruptRate: 0,
  corruptOctets: Infinity,
  partitions: [],
  clogs: [],
};

export class Link {
  quality: LinkQuality;
  readonly #random: SeededRandom;
  #latestArrivalMs = 0;

  constructor(quality: LinkQuality, random: SeededRandom) {
    this.quality = quality;
    this.#random = random;
  }

  /** Arrival times of a datagram sent at `now`: one each for every copy that survives. */
  arrivals(now: number): number[] {
    const { partitions, lateDuplicateRate, lateDuplicateMs } = this.quality;
    if (partitions.some((period) => isIn(period, now))) return [];
    const copies = this.#random.chance(this.quality.duplicateRate) ? 2 : 1;
    const times: number[] = [];
    for (let copy = 0; copy < copies; copy++) {
      if (!this.#random.chance(this.quality.lossRate)) times.push(this.#arrival(now));
    }
    if (this.#random.chance(lateDuplicateRate))
      times.push((times[0] ?? now) + 1 + this.#random.below(Math.max(1, lateDuplicateMs)));
    return times;
  }

  /** What is left of one copy: the same octets, or damaged ones in a new array. */
  copied(octets: Uint8Array): Uint8Array {
    const { truncateRate, corruptRate, corruptOctets } = this.quality;
    let copy = octets;
    if (this.#random.chance(truncateRate)) copy = copy.slice(0, this.#random.below(copy.length));
    if (copy.length > 0 && this.#random.chance(corruptRate)) {
      copy = copy.slice();
      const at = this.#random.below(Math.min(copy.length, corruptOctets));
      copy[at] = (copy[at] ?? 0) ^ (1 << this.#random.below(8));
    }
    return copy;
  }

  #arrival(now: number): number {
    const { delayMs, jitterMs, reorderRate, reorderMs, clogs } = this.quality;
    const jitter = jitterMs > 0 ? this.#random.below(jitterMs + 1) : 0;
    const leavesMs = clogs.find((period) => isIn(period, now))?.untilMs ?? now;
    const inOrder = Math.max(leavesMs + delayMs + jitter, this.#latestArrivalMs);
    if (this.#random.chance(reorderRate)) return inOrder + 1 + this.#random.below(Math.max(1, reorderMs));
    this.#latestArrivalMs = inOrder;
    return inOrder;
  }
}

function isIn({ fromMs, untilMs }: LinkPeriod, now: number): boolean {
  return now >= fromMs && now < untilMs;
}
