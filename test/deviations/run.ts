// `npm run pairs`: plays every quirk and every pair of quirks, says what is wrong with any outcome, and
// writes docs/deviations.md with --write. The exit status is 1 when anything is wrong.

import { play } from './story.js';
import { QUIRKS } from './naming.js';
import { faultsOf, pairKey, pairs, renderPairs, renderSingles, sign } from './table.js';

export interface PairsRun {
  readonly document: string;
  readonly faults: readonly string[];
}

/** Plays everything. `told` gets a line now and then. */
export async function runAll(told: (line: string) => void): Promise<PairsRun> {
  const faults: string[] = [];
  const singles = [];
  for (const quirk of QUIRKS) {
    const story = await play([quirk]);
    singles.push(story);
    faults.push(...faultsOf(story));
  }
  told(`${singles.length} quirks one by one, ${faults.length} faults`);
  const signs = new Map<string, string>();
  for (const [one, other] of pairs()) {
    const story = await play([one, other]);
    signs.set(pairKey(one, other), sign(story));
    const wrong = faultsOf(story);
    for (const fault of wrong) told(fault);
    faults.push(...wrong);
    if (signs.size % 200 === 0) told(`${signs.size} pairs, ${faults.length} faults`);
  }
  return { document: `${renderSingles(singles)}\n${renderPairs(signs)}`, faults };
}
