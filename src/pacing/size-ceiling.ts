// How many reads together were too much, and when that may be tried again. Chance and a device that drops what it has no
// room for look alike at first: what failed is tried again soon, and the later the more often it failed. Pure.

/**
 * A size that was too much is tried again after so many reads, and, failing before it has borne as many, after
 * so many times as many.
 */
const TRY_AGAIN = { after: 16, factor: 4 } as const;

/** What is kept from for so long is what the device bears, and is remembered. */
const REMEMBERED_FROM = TRY_AGAIN.after * TRY_AGAIN.factor ** 2;

export class SizeCeiling {
  /** The least size that was too much and has not been borne since. */
  #size = Infinity;
  /** The largest one. */
  #largest = 0;
  #isTried = false;
  #wait: number = TRY_AGAIN.after;
  /** Reads until it may be tried; while it is tried, until it has borne enough. */
  #left = 0;

  /** `learned`: most that an earlier run found to be borne. */
  constructor(learned?: number) {
    if (learned === undefined) return;
    this.#size = learned + 1;
    this.#wait = REMEMBERED_FROM;
    this.#left = this.#wait;
  }

  /** Most reads that may be tried now. */
  get most(): number {
    return this.#isTried ? this.#size : this.#size - 1;
  }

  /** Most that is borne; undefined while that is not known well enough. */
  get learnt(): number | undefined {
    return this.#size < Infinity && this.#wait >= REMEMBERED_FROM ? this.#size - 1 : undefined;
  }

  /** A read was sent. */
  sent(): void {
    this.#left -= 1;
  }

  /** So many reads were too much; 2 or more. */
  tooMuch(size: number): void {
    this.#largest = this.#size === Infinity ? size : Math.max(size, this.#largest);
    if (this.#isTried) this.#wait *= TRY_AGAIN.factor;
    this.#isTried = false;
    this.#size = Math.min(this.#size, size);
    this.#left = this.#wait;
  }

  /** So many reads were answered well. What was too much once and has borne enough was not too much. */
  borne(size: number): void {
    if (this.#left > 0) return;
    if (this.#isTried && size >= this.#size) {
      if (this.#size > this.#largest) {
        this.#size = Infinity;
        this.#wait = TRY_AGAIN.after;
      } else this.#size *= 2;
    }
    this.#isTried = this.#size < Infinity;
    this.#left = this.#wait;
  }
}
