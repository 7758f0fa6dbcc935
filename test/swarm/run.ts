// Runs many nights one after the other and keeps count; the test, the long run and the mutants share it.

import { night, type Night, type NightOptions } from './night.js';
import { Reach, wanted } from './reach.js';

export interface SwarmResult {
  readonly seeds: number;
  readonly virtualMs: number;
  readonly acts: number;
  readonly requests: number;
  readonly reach: Reach;
  /** Nights with faults. */
  readonly failed: readonly Night[];
}

export interface SwarmOptions {
  /** Asked after every night: the run ends when it says so. */
  readonly enough?: (done: number, failed: number) => boolean;
  readonly onNight?: (night: Night) => void;
}

/** One line that replays a night with everything that happened in it. */
export function replayLine(seed: number): string {
  return `npm run swarm -- --seed ${seed}`;
}

/** The failed nights in words, each with the line that replays it. */
export function failureWords(failed: readonly Night[]): string {
  return failed
    .map(
      ({ seed, faults, hash }) => `seed ${seed} (${hash}): ${faults.join('\n    ')}\n    ${replayLine(seed)}`,
    )
    .join('\n');
}

export async function swarm(seeds: Iterable<number>, options: SwarmOptions = {}): Promise<SwarmResult> {
  const reach = new Reach();
  const failed: Night[] = [];
  let [count, virtualMs, acts, requests] = [0, 0, 0, 0];
  for (const seed of seeds) {
    const one = await night(seed);
    count += 1;
    virtualMs += one.virtualMs;
    acts += one.acts;
    requests += one.requests;
    reach.add(one.reach);
    if (one.faults.length > 0) failed.push(one);
    options.onNight?.(one);
    if (options.enough?.(count, failed.length) === true) break;
  }
  return { seeds: count, virtualMs, acts, requests, reach, failed };
}

/** A few of these seeds with which everything is met that all of them meet together. */
export async function cover(seeds: Iterable<number>): Promise<{ seeds: number[]; missing: string[] }> {
  const met = new Map<number, Reach>();
  let missing = wanted();
  for (const seed of seeds) {
    const { reach } = await night(seed);
    const found = missing.filter((what) => reach.has(what));
    if (found.length === 0) continue;
    met.set(seed, reach);
    missing = missing.filter((what) => !found.includes(what));
    if (missing.length === 0) break;
  }
  // Later seeds met more than the one thing for which they were kept: greatest help first.
  const chosen: number[] = [];
  let left = wanted().filter((what) => !missing.includes(what));
  while (left.length > 0) {
    const help = (reach: Reach): number => left.filter((what) => reach.has(what)).length;
    const [seed, reach] = [...met].sort(([, one], [, other]) => help(other) - help(one))[0]!;
    chosen.push(seed);
    left = left.filter((what) => !reach.has(what));
  }
  return { seeds: chosen.sort((a, b) => a - b), missing };
}

/** From `first` on, `count` seeds. */
export function* seedsFrom(first: number, count: number): Iterable<number> {
  for (let seed = first; seed < first + count; seed += 1) yield seed;
}

export { night, type NightOptions };
