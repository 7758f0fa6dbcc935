// The quirks of the simulated world, one by one and in pairs: a backup and a restore either end "verified", or
// end with a message that names the deviation, and whatever they say is true. The whole table is in
// docs/deviations.md; all pairs are played by `npm run pairs`, a part of them here.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { QUIRK_DRAWS } from '../swarm/quirk-draws.js';
import { names, QUIRKS } from './naming.js';
import { play, type Story } from './story.js';
import { faultsOf, pairKey, pairs, renderSingles, sign, signsOf } from './table.js';

/** One pair in so many is played here. */
const SAMPLE = 48;

const DOCUMENT = readFileSync(new URL('../../../docs/deviations.md', import.meta.url), 'utf8');

describe('the quirks of the simulated world', () => {
  const stories: Story[] = [];

  for (const quirk of QUIRKS) {
    it(`${quirk}: a backup and a restore say the truth, and name it`, async () => {
      const story = await play([quirk]);
      stories.push(story);
      expect(faultsOf(story)).to.deep.equal([]);
    });
  }

  it('have their outcomes in docs/deviations.md (else: npm run pairs -- --singles --write)', () => {
    const table = renderSingles(stories);
    process.stdout.write(`\n${table.slice(table.indexOf('| no.'))}`);
    const rows = (text: string): string[] =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .map((line) => line.replace(/\s*\|\s*/g, '|').replace(/-+/g, '-'));
    expect(rows(DOCUMENT)).to.deep.equal(rows(table));
  });

  it('with any other value the swarm draws: say nothing that is not so', async function () {
    this.timeout(120_000);
    for (const { name, values } of QUIRK_DRAWS) {
      for (const value of values) {
        if (value === undefined) continue;
        const story = await play([`${name}=${value}`]);
        const untrue = [story.backup, story.restore, story.bare].flatMap((act) => act.untrue ?? []);
        expect(untrue, `${name}=${value}`).to.deep.equal([]);
      }
    }
  });

  it(`in pairs, one of ${SAMPLE}: say the truth, name a deviation, and are in docs/deviations.md`, async function () {
    this.timeout(120_000);
    const told = signsOf(DOCUMENT);
    expect(told.size, 'pairs in the document').to.equal(pairs().length);
    const faults: string[] = [];
    for (const [i, [one, other]] of pairs().entries()) {
      if (i % SAMPLE !== 0) continue;
      const story = await play([one, other]);
      faults.push(...faultsOf(story));
      if (sign(story) !== told.get(pairKey(one, other)))
        faults.push(`${pairKey(one, other)} is ${sign(story)}, not ${told.get(pairKey(one, other))}`);
    }
    expect(faults).to.deep.equal([]);
  });

  it('are named by words that a message about something else does not hold', () => {
    expect(names('Device 1 (x): cancelled; ENDBACKUP was acknowledged.', QUIRKS)).to.equal(false);
  });
});
