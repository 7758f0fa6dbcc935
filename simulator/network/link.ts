// One direction between two addresses: when, and how often, a datagram sent now arrives. Its faults are
// knobs that default to none, drawn from the link's own seeded generator. It never touches the octets.

import type { SeededRandom } from '../world/random.js';

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
}

/** Everything arrives once, in order, 1 ms later. */
export const perfectLink: LinkQuality = {
  delayMs: 1,
  jitterMs: 0,
  lossRate: 0,
  duplicateRate: 0,
  reorderRate: 0,
  reorderMs: 20,
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
    const copies = this.#random.chance(this.quality.duplicateRate) ? 2 : 1;
    const times: number[] = [];
    for (let copy = 0; copy < copies; copy++) {
      if (!this.#random.chance(this.quality.lossRate)) times.push(this.#arrival(now));
    }
    return times;
  }

  #arrival(now: number): number {
    const { delayMs, jitterMs, reorderRate, reorderMs } = this.quality;
    const jitter = jitterMs > 0 ? this.#random.below(jitterMs + 1) : 0;
    const inOrder = Math.max(now + delayMs + jitter, this.#latestArrivalMs);
    if (this.#random.chance(reorderRate)) return inOrder + 1 + this.#random.below(Math.max(1, reorderMs));
    this.#latestArrivalMs = inOrder;
    return inOrder;
  }
}
