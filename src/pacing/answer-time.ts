// How long a device takes to answer, and so how long its answer is waited for before the question is repeated
// (RFC 6298 in spirit). Pure: it is told times and gives one. Only for questions that may be repeated; it says
// when to repeat, never when to give up, and never hurries a device that it has not seen answer.

/** Answers that must have been seen before they are believed to be typical. */
export const ANSWERS_TYPICAL = 4;

/** How much of the smoothed time, and of its deviation, one answer changes. */
const TIME_GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;

/** So many deviations above the smoothed time an answer is late. */
const DEVIATIONS = 4;

/** After a repetition: so many times what the answer took at most. */
const AFTER_REPETITION = 1.5;

export class AnswerTimes {
  readonly #floorMs: number;
  #answers = 0;
  #smoothedMs = 0;
  #deviationMs = 0;
  /** The least wait until an answer comes that needed no repetition. */
  #atLeastMs = 0;

  /** `floorMs`: no wait is shorter. Timers, pauses for breath and other people's traffic are in it. */
  constructor(floorMs: number) {
    this.#floorMs = floorMs;
  }

  /** How long to wait before the first repetition, ms; undefined while too little is known. */
  get waitMs(): number | undefined {
    if (this.#answers < ANSWERS_TYPICAL) return undefined;
    const late = this.#smoothedMs + DEVIATIONS * this.#deviationMs;
    return Math.ceil(Math.max(this.#floorMs, late, this.#atLeastMs));
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
  }
}
