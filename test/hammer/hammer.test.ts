// A short hammering: several real processes on one repository, one of them killed again and again. The long one is
// `npm run hammer -- --minutes M`.

import { expect } from 'chai';
import { join } from 'node:path';
import { temporaryFolder } from '../src/repository/samples.js';
import { hammer } from './hammer.js';

describe('processes that hammer one repository', () => {
  it('lose nothing that any of them has promised, whoever is killed', async function () {
    this.timeout(120_000);
    const { folder, remove } = temporaryFolder();
    try {
      const report = await hammer({ folder: join(folder, 'repository'), rounds: 12, kills: 3 });
      expect(report.faults).to.deep.equal([]);
      expect(report.saved).to.be.at.least(24);
      expect(report.forgotten).to.be.greaterThan(0);
      expect(report.freed).to.be.greaterThan(0);
      expect(report.kills).to.be.greaterThan(0);
    } finally {
      remove();
    }
  });
});
