// docs/restore.md: its table of checks is the one that the plan runs on.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { format, resolveConfig } from 'prettier';
import { withChecks } from '../../../src/cli/checks-reference.js';
import { PLAN_CHECKS } from '../../../src/index.js';
import { projectRoot } from '../../support/sources.js';

const path = join(projectRoot, 'docs', 'restore.md');
const page = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');

describe('the reference of checks', () => {
  it('is what docs/restore.md says; if not, run "npm run build" and "node scripts/docs.mjs"', async () => {
    const made = await format(withChecks(page), { ...(await resolveConfig(path)), filepath: path });
    expect(page).to.equal(made);
  });

  it('has a row for every check, with what blocks and what cannot be allowed', () => {
    for (const [name, { blocks, never }] of Object.entries(PLAN_CHECKS)) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` `)) ?? '';
      expect(row, name).to.contain(blocks ?? name);
      expect(row.includes('Cannot be allowed'), name).to.equal(never !== undefined);
    }
  });

  it('needs a page with a place for it', () => {
    expect(() => withChecks('# A page\n')).to.throw('no place for the checks');
  });
});
