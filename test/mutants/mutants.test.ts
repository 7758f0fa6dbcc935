// The planted faults themselves: each still has its place in what was built. Whether they are noticed is
// the long run's business: `npm run mutants`.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../support/sources.js';
import { MUTANTS } from './mutants.js';

describe('mutants', () => {
  for (const { name, file, from, to, killedBy } of MUTANTS) {
    it(`can be planted: it ${name}`, () => {
      const built = readFileSync(join(projectRoot, 'dist', file), 'utf8');
      expect(built.split(from).length - 1, `how often its text is in ${file}`).to.equal(1);
      expect(to).to.not.equal(from);
      if (!('tests' in killedBy)) return;
      const missing = killedBy.tests.filter((test) => !existsSync(join(projectRoot, 'dist/test', test)));
      expect(missing).to.deep.equal([]);
    });
  }

  it('has each a name of its own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).to.equal(MUTANTS.length);
  });
});
