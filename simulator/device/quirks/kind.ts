// How a quirk is offered: its name, what it does and where it was seen, and how to make one for a device
// from the value that a user gives. A value that cannot be is refused with a QuirkError, never guessed.

import type { Quirk } from '../../types.js';

/** What a quirk does: its hooks. */
export type QuirkHooks = Omit<Quirk, 'name' | 'summary'>;

/** A quirk before it is given to a device. */
export interface QuirkKind {
  readonly name: string;
  /** One sentence: what it does, and where it was seen. */
  readonly summary: string;
  /** What the value may be, for people: "N", "ANSWER[*TIMES]"; absent: it takes none. */
  readonly value?: string;
  /** Makes one for one device. Throws QuirkError for a value that cannot be. */
  readonly make: (value: string | undefined) => QuirkHooks;
}

/** A quirk that does not exist, or a value that it cannot take. The message is for the user. */
export class QuirkError extends RangeError {
  override readonly name = 'QuirkError';
}

/** A whole number from `min` up; `fallback` when no value is given. */
export function wholeNumber(value: string | undefined, fallback: number, min = 0): number {
  if (value === undefined) return fallback;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (!(number >= min)) throw new QuirkError(`"${value}" is not a whole number from ${min} up`);
  return number;
}

/** One of the given words; the first when no value is given. */
export function oneOf<Word extends string>(
  value: string | undefined,
  words: readonly [Word, ...Word[]],
): Word {
  if (value === undefined) return words[0];
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new QuirkError(`"${value}" is none of ${words.join(', ')}`);
  return word;
}

/** How long a quirk lasts: "*N" for the first N times, "@S" for S seconds from the first, else for ever. */
export class Limit {
  readonly #timesMax: number;
  readonly #durationMs: number;
  #times = 0;
  #firstMs: number | undefined;

  constructor(timesMax = Infinity, durationMs = Infinity) {
    this.#timesMax = timesMax;
    this.#durationMs = durationMs;
  }

  /** Whether it still lasts; a "yes" counts as one time. */
  take(now: number): boolean {
    this.#firstMs ??= now;
    if (this.#times >= this.#timesMax || now - this.#firstMs >= this.#durationMs) return false;
    this.#times++;
    return true;
  }
}

/** Splits "VALUE*TIMES" or "VALUE@SECONDS" into the value, if any, and the limit. */
export function withLimit(
  value: string | undefined,
  fallback = new Limit(),
): [value: string | undefined, limit: Limit] {
  const match = /^([^*@]*)([*@])(.*)$/.exec(value ?? '');
  if (match === null) return [value, fallback];
  const [, front, sign, count] = match;
  const number = wholeNumber(count, 1, 1);
  return [
    front === '' ? undefined : front,
    sign === '*' ? new Limit(number) : new Limit(Infinity, number * 1000),
  ];
}
