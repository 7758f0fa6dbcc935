// How many frames may leave in a stretch of time: never more than `burst` at once, nor more than
// `burst + framesPerSecond * t` in any t seconds. Pure: time is `now`, in ms; it must never wait itself.
// Kept as the theoretical arrival time of the next frame (GCRA): one number, nothing to refill.

/** A speed limit. `framesPerSecond` may be Infinity, which means no limit at all. */
export interface Pace {
  /** Frames per second in the long run; greater than 0, may be less than 1. */
  readonly framesPerSecond: number;
  /** Frames that may leave back to back after a pause; an integer of 1 or more. */
  readonly burst: number;
}

/** No limit. */
export const UNPACED: Pace = { framesPerSecond: Infinity, burst: 1 };

/** Throws RangeError for a pace that means nothing. */
export class TokenBucket {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  /** When the frame after the last would be due if frames left evenly. */
  #dueAt = -Infinity;

  constructor(pace: Pace) {
    if (!(pace.framesPerSecond > 0)) {
      throw new RangeError(`framesPerSecond must be greater than 0, not ${pace.framesPerSecond}`);
    }
    if (!Number.isSafeInteger(pace.burst) || pace.burst < 1) {
      throw new RangeError(`burst must be an integer of 1 or more, not ${pace.burst}`);
    }
    this.#intervalMs = 1000 / pace.framesPerSecond;
    this.#toleranceMs = (pace.burst - 1) * this.#intervalMs;
  }

  /** Whole milliseconds until one more frame may leave; 0 when it may leave now. */
  delay(now: number): number {
    return Math.max(0, Math.ceil(this.#dueAt - this.#toleranceMs - now));
  }

  /**
   * Counts frames that leave now. Always succeeds: frames that could not be held back (repetitions,
   * segments) make a debt, which lengthens the next delay. Who waits for `delay` first and then takes
   * one frame never exceeds the pace.
   */
  take(frames: number, now: number): void {
    this.#dueAt = Math.max(this.#dueAt, now) + frames * this.#intervalMs;
  }

  /** No frame leaves for so long, ms, whatever the pace allows. */
  rest(ms: number, now: number): void {
    this.#dueAt = Math.max(this.#dueAt, now + ms + this.#toleranceMs);
  }
}
