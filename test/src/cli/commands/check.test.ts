// bacvault check.

import { expect } from 'chai';
import type { CheckReport } from '../../../../src/index.js';
import { fakeEngine, fakeIo, type Ran, ran } from '../fakes.js';

const damaged: CheckReport['findings'][number] = {
  severity: 'error',
  code: 'object-damaged',
  place: 'objects/ab/ab12',
  message: 'hashes to cd34',
  images: ['1a2b3c4d'.padEnd(64, '0')],
};
const leftover: CheckReport['findings'][number] = {
  severity: 'warning',
  code: 'leftover',
  place: 'tmp/1',
  message: 'left by an interrupted save',
  images: [],
};

function check(findings: CheckReport['findings'], ...args: string[]): Promise<Ran> {
  const report = { images: 2, objects: 3, octets: 4000, findings };
  return ran(
    ['check', ...args],
    fakeIo(),
    fakeEngine({ repository: { check: () => Promise.resolve(report) } }),
  );
}

describe('check', () => {
  it('ends with 0 and a count when all is well', async () => {
    expect(await check([])).to.include({
      status: 0,
      out: 'Read 2 images, 3 objects, 4 000 octets: 0 errors, 0 warnings.\n',
      err: 'Reading all of ./bacvault-repository.\n',
    });
  });

  it('prints every finding with the images that need it, and ends with 20 when there is an error', async () => {
    const result = await check([damaged, leftover]);
    expect(result.status).to.equal(20);
    expect(result.out.split('\n')).to.deep.equal([
      'error: object-damaged: objects/ab/ab12: hashes to cd34 (needed by image 1a2b3c4d)',
      'warning: leftover: tmp/1: left by an interrupted save',
      'Read 2 images, 3 objects, 4 000 octets: 1 error, 1 warning.',
      '',
    ]);
    expect(result.err).to.contain('The repository has 1 error.');
  });

  it('does not fail for warnings', async () => {
    expect((await check([leftover])).status).to.equal(0);
  });

  it('prints findings, report and error as JSON', async () => {
    const lines = (await check([damaged], '--json')).lines();
    expect(lines.map((line) => line['kind'])).to.deep.equal(['finding', 'check-report', 'error']);
    expect(lines[0]).to.deep.equal({ kind: 'finding', ...damaged });
    expect(lines[1]).to.deep.equal({
      kind: 'check-report',
      images: 2,
      objects: 3,
      octets: 4000,
      errors: 1,
      warnings: 0,
    });
  });
});
