// `npm run pairs`: plays every quirk and every pair of quirks, says what is wrong with any outcome, and
// writes docs/deviations.md with --write. The exit status is 1 when anything is wrong.

import { play, type Story } from './story.js';
import { QUIRKS } from './naming.js';
import { faultsOf, pairKey, pairs, renderPairs, renderSingles, sign, signsOf } from './table.js';

export interface PairsRun {
  readonly document: string;
  readonly faults: readonly string[];
}

/** Plays every quirk alone; the pairs stay as `before` has them. */
export async function runSingles(told: (line: string) => void, before: string): Promise<PairsRun> {
  const faults: string[] = [];
  const singles: Story[] = [];
  for (const quirk of QUIRKS) {
    const story = await play([quirk]);
    singles.push(story);
    faults.push(...faultsOf(story));
  }
  told(`${singles.length} quirks one by one, ${faults.length} faults`);
  return { document: `${renderSingles(singles)}\n${renderPairs(signsOf(before))}`, faults };
}

/** Plays everything. `told` gets a line now and then. */
export async function runAll(told: (line: string) => void): Promise<PairsRun> {
  const { document, faults } = await runSingles(told, '');
  const signs = new Map<string, string>();
  const wrong = [...faults];
  for (const [one, other] of pairs()) {
    const story = await play([one, other]);
    signs.set(pairKey(one, other), sign(story));
    const found = faultsOf(story);
    for (const fault of found) told(fault);
    wrong.push(...found);
    if (signs.size % 200 === 0) told(`${signs.size} pairs, ${wrong.length} faults`);
  }
  return {
    document: document.slice(0, document.indexOf('## Two at a time')) + renderPairs(signs),
    faults: wrong,
  };
}
