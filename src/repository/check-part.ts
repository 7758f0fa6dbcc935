// Which objects a check reads when it does not read all: a part of them by the first digits of their hashes.
// Nothing is remembered between two checks: the part of a percentage follows from the day. Pure.

import { EngineError } from '../errors.js';
import type { Sha256 } from './types.js';
import type { ReadData } from './upkeep-types.js';

/** Some of several slices of all hashes, in a row; after the last slice comes the first one again. */
export interface Part {
  /** 0 for the first slice. */
  readonly first: number;
  readonly count: number;
  readonly of: number;
}

export const EVERYTHING: Part = { first: 0, count: 1, of: 1 };

const DAY_MS = 86_400_000;
const MOST_PARTS = 65_536;

/**
 * Numbers of slices for percentages: the first that is fine enough. Primes, so that every slice has its turn
 * whatever rhythm the checks have: daily, every second day, weekly.
 */
const SLICES = [101, 10_007];

/**
 * The part that is meant: undefined for nothing at all.
 * @throws EngineError `usage` for a percentage or a part that cannot be.
 */
export function partToRead(readData: ReadData, unixTimeMs: number): Part | undefined {
  if (typeof readData === 'boolean') return readData ? EVERYTHING : undefined;
  if ('percent' in readData) return partOfDay(readData.percent, unixTimeMs);
  const { part, of } = readData;
  const isPart = Number.isSafeInteger(part) && Number.isSafeInteger(of) && part >= 1 && part <= of;
  if (!isPart || of > MOST_PARTS)
    throw new EngineError(
      'usage',
      `part ${part} of ${of} is no part: give 1/n to n/n, of at most ${MOST_PARTS}`,
    );
  return { first: part - 1, count: 1, of };
}

/** So many slices as the percentage allows, beginning where those of the day before have ended. */
function partOfDay(percent: number, unixTimeMs: number): Part {
  const of = SLICES.find((slices) => slices * percent >= 100);
  if (of === undefined || !(percent <= 100))
    throw new EngineError('usage', `${percent} % is no part: give at least 0.01 and at most 100`);
  if (percent === 100) return EVERYTHING;
  const count = Math.floor((of * percent) / 100);
  return { first: (Math.floor(unixTimeMs / DAY_MS) * count) % of, count, of };
}

/** Whether the object of a hash is in the part. */
export function isInPart(sha256: Sha256, { first, count, of }: Part): boolean {
  const slice = Math.floor((Number.parseInt(sha256.slice(0, 8), 16) * of) / 0x1_0000_0000);
  return (slice - first + of) % of < count;
}
