// How long a device takes to answer, and so how long its answer is waited for before the question is repeated
// (RFC 6298 in spirit). Pure: it is told times and gives one. Only for questions that may be repeated; it says
// when to repeat, never when to give up, and never hurries a device that it has not seen answer.

/** Answers that must have been seen before they are believed to be typical. */
export const ANSWERS_TYPICAL = 4;

/** Until then, and only where a repetition costs nobody but the device: so many times the floor. */
const EARLY_FLOORS = 3;

/**
 * A device that was seen to answer questions of another kind is there, but may be slower in this one: the wait with
 * which RFC 6298 (2.1) begins, or so many times what the others take.
 */
const UNSEEN = { leastMs: 1000, factor: 4 } as const;

/** How much of the smoothed time, and of its deviation, one answer changes. */
const TIME_GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;

/** So many deviations above the smoothed time an answer is late. */
const DEVIATIONS = 4;

/** After a repetition: so many times what the answer took at most. */
const AFTER_REPETITION = 1.5;

export interface AnswerTimesOptions {
  /** No wait is shorter. Timers, pauses for breath and other people's traffic are in it. */
  readonly floorMs: number;
  /** Whether fewer answers than are typical say something, too: a repetition costs nobody else. Default no. */
  readonly early?: boolean;
  /** `early`: what another kind of question takes at this device, for the time in which none of this kind was seen. */
  readonly others?: AnswerTimes;
}

export class AnswerTimes {
  readonly #floorMs: number;
  readonly #early: boolean;
  /** Undefined also when what they took says nothing any more. */
  #others: AnswerTimes | undefined;
  #answers = 0;
  #smoothedMs = 0;
  #deviationMs = 0;
  /** The least wait until an answer comes that needed no repetition. */
  #atLeastMs = 0;

  constructor({ floorMs, early = false, others }: AnswerTimesOptions) {
    this.#floorMs = floorMs;
    this.#early = early;
    this.#others = others;
  }

  /** How long to wait before the first repetition, ms; undefined while too little is known. */
  get waitMs(): number | undefined {
    const typical = this.#answers >= ANSWERS_TYPICAL;
    if (!typical && !this.#early) return undefined;
    if (this.#answers === 0) return this.#unseenMs;
    const floorMs = typical ? this.#floorMs : EARLY_FLOORS * this.#floorMs;
    const lateMs = this.#smoothedMs + DEVIATIONS * this.#deviationMs;
    return Math.ceil(Math.max(floorMs, lateMs, this.#atLeastMs));
  }

  get #unseenMs(): number | undefined {
    const othersMs = this.#others?.waitMs;
    if (othersMs === undefined) return undefined;
    return Math.max(UNSEEN.leastMs, UNSEEN.factor * othersMs, this.#atLeastMs);
  }

  /** A question that was sent once was answered after so long. */
  answered(ms: number): void {
    this.#atLeastMs = 0;
    if (this.#answers === 0) {
      this.#smoothedMs = ms;
      this.#deviationMs = ms / 2;
    } else {
      this.#deviationMs += DEVIATION_GAIN * (Math.abs(ms - this.#smoothedMs) - this.#deviationMs);
      this.#smoothedMs += TIME_GAIN * (ms - this.#smoothedMs);
    }
    this.#answers += 1;
  }

  /**
   * A question that had to be repeated was answered so long after it was first sent. Which of its copies was
   * answered is not known, so it teaches no time (Karn); but if it was the first, the device has become this
   * slow, and the next question must not be repeated before that shows.
   */
  answeredAfterRepetition(ms: number): void {
    this.#atLeastMs = Math.max(this.#atLeastMs, AFTER_REPETITION * ms);
  }

  /** Nobody answered at all: what comes back may be another device, on another path. */
  silent(): void {
    this.#answers = 0;
    this.#atLeastMs = 0;
    this.#others = undefined;
  }
}
