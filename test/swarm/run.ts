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

/** `npm test` runs the seeds from 1 up to this one, and those of fixtures/reach.json. */
export const FRESH = 280;

/** So many seeds meet each thing, where they can be found: an engine that is a little faster must not lose one. */
const TIMES = 2;

/** The seeds to add to those of `npm test`, so that everything is met that all of these meet together. */
export async function cover(seeds: Iterable<number>): Promise<{ seeds: number[]; missing: string[] }> {
  const { reach: fresh } = await swarm(seedsFrom(1, FRESH));
  const count = (chosen: readonly Reach[], what: string): number =>
    [fresh, ...chosen].reduce((sum, reach) => sum + (reach.has(what) ? 1 : 0), 0);
  const candidates = new Map<number, Reach>();
  const lacking = (among: readonly Reach[]): string[] =>
    wanted().filter((what) => count(among, what) < TIMES);
  for (const seed of seeds) {
    const left = lacking([...candidates.values()]);
    if (left.length === 0) break;
    const { reach } = await night(seed);
    if (left.some((what) => reach.has(what))) candidates.set(seed, reach);
  }
  // Later seeds met more than the one thing for which they were kept: greatest help first.
  const chosen = new Map<number, Reach>();
  for (;;) {
    const left = lacking([...chosen.values()]);
    const help = ([, reach]: readonly [number, Reach]): number =>
      left.filter((what) => reach.has(what)).length;
    const [best] = [...candidates].filter(([seed]) => !chosen.has(seed)).sort((a, b) => help(b) - help(a));
    if (best === undefined || help(best) === 0) break;
    chosen.set(...best);
  }
  const missing = wanted().filter((what) => count([...chosen.values()], what) === 0);
  return { seeds: [...chosen.keys()].sort((a, b) => a - b), missing };
}

/** From `first` on, `count` seeds. */
export function* seedsFrom(first: number, count: number): Iterable<number> {
  for (let seed = first; seed < first + count; seed += 1) yield seed;
}

export { night, type NightOptions };
