// bacvault check.

import { expect } from 'chai';
import { type CheckOptions, type CheckReport, EngineError } from '../../../../src/index.js';
import { checkReport, fakeEngine, fakeIo, type Ran, ran } from '../fakes.js';

const ID = '1a2b3c4d'.padEnd(64, '0');
const damaged: CheckReport['findings'][number] = {
  severity: 'error',
  code: 'object-damaged',
  place: 'objects/ab/ab12',
  message: 'hashes to cd34',
  images: [ID],
  devices: [{ site: 'hq', instance: 1201 }],
  cure: 'A fresh backup.',
};
const leftover = (place: string): CheckReport['findings'][number] => ({
  severity: 'warning',
  code: 'leftover',
  place,
  message: 'left by an interrupted save',
  images: [],
  devices: [],
});

async function check(
  report: Partial<CheckReport>,
  ...args: string[]
): Promise<Ran & { readonly asked: CheckOptions | undefined }> {
  let asked: CheckOptions | undefined;
  const repository = {
    check: (options?: CheckOptions) => {
      asked = options;
      return Promise.resolve(checkReport(report));
    },
  };
  const result = await ran(['check', ...args], fakeIo(), fakeEngine({ repository }));
  return Object.assign(result, { asked });
}

describe('check', () => {
  it('ends with 0 and a count when all is well, and says that content was not read', async () => {
    const result = await check({});
    expect(result).to.include({
      status: 0,
      out: 'Checked 2 images, 3 objects, 4 000 octets; content not read: 0 errors, 0 warnings.\n',
      err: 'Checking ./bacvault-repository.\n',
    });
    expect(result.asked).to.include({ readData: false }).and.not.have.property('repair');
  });

  it('reads all content, or a part of it, when told to', async () => {
    const read = { objects: 3, octets: 4000 };
    const all = await check({ read }, '--read-data');
    expect(all.asked).to.include({ readData: true });
    expect(all.out).to.contain('; content of 3 objects read, 4 000 octets: 0 errors');
    expect(all.err).to.equal('Reading all of ./bacvault-repository.\n');
    const part = await check({ read, part: { first: 7, last: 11, of: 101 } }, '--read-data-subset', '5%');
    expect(part.asked).to.deep.include({ readData: { percent: 5 } });
    expect(part.out).to.contain('4 000 octets (parts 7 to 11 of 101): 0 errors');
    const one = { read, part: { first: 2, last: 2, of: 7 } };
    expect((await check(one, '--read-data-subset', '2/7')).out).to.contain('(part 2 of 7): 0 errors');
    expect((await check({}, '--read-data-subset', '2/7')).asked).to.deep.include({
      readData: { part: 2, of: 7 },
    });
    expect((await check({}, '--read-data-subset', '0.5%')).asked).to.deep.include({
      readData: { percent: 0.5 },
    });
  });

  for (const text of ['0%', '101%', '5', '%', '0/7', '8/7', '1/0', '-1/7', '1/7/9', 'all'])
    it(`refuses ${text} as a part`, async () => {
      const result = await check({}, `--read-data-subset=${text}`);
      expect(result.status).to.equal(2);
      expect(result.asked).to.equal(undefined);
    });

  it('refuses all and a part together', async () => {
    expect((await check({}, '--read-data', '--read-data-subset', '5%')).status).to.equal(2);
  });

  it('prints whom a finding hurts and what cures it, and ends with 20 when there is an error', async () => {
    const backUp = [{ site: 'hq', instance: 1201 }];
    const result = await check({ findings: [damaged, leftover('tmp/1')], backUp });
    expect(result.status).to.equal(20);
    expect(result.out.split('\n')).to.deep.equal([
      'error: object-damaged: objects/ab/ab12: hashes to cd34 (hurts image 1a2b3c4d; device 1201 of hq)',
      '  cure: A fresh backup.',
      'warning: leftover: tmp/1: left by an interrupted save',
      'A fresh backup is needed of device 1201 of hq.',
      'Checked 2 images, 3 objects, 4 000 octets; content not read: 1 error, 1 warning.',
      '',
    ]);
    expect(result.err).to.contain('The repository has 1 error.');
    expect(result.err).to.contain('Each finding says what cures it');
  });

  it('promises nothing of a prune that a damaged manifest stops, and counts what is kept by itself', async () => {
    const many = Array.from({ length: 11 }, (_, at) => leftover(`objects/ab/${at}`));
    const kept = { ...leftover('objects/cd/1'), images: ['4270fcb6'] };
    const damaged = { ...leftover('images/x'), severity: 'error', code: 'manifest-damaged' } as const;
    const { out } = await check({ findings: [damaged, ...many, kept] });
    expect(out).to.contain(
      '11 objects that no image needs; "bacvault prune" frees them, after "check --repair"\n',
    );
    expect(out).to.contain('warning: leftover: objects/cd/1:');
  });

  it('does not fail for warnings, and tells many objects that no image needs in one line', async () => {
    const many = Array.from({ length: 11 }, (_, at) => leftover(`objects/ab/${at}`));
    const result = await check({ findings: [...many, leftover('tmp/1')] });
    expect(result.status).to.equal(0);
    expect(result.out.split('\n').slice(0, -2)).to.deep.equal([
      'warning: leftover: tmp/1: left by an interrupted save',
      'warning: leftover: 11 objects that no image needs; "bacvault prune" frees them',
    ]);
    expect((await check({ findings: many }, '--json')).lines()).to.have.length(12);
  });

  it('repairs when told to, waits for others when told to, and says where things are now', async () => {
    const moved = { ...damaged, movedTo: 'aside/1f2e3d4c/objects/ab/ab12' };
    const result = await check({ findings: [moved] }, '--repair', '--lock-wait', '10m');
    expect(result.asked).to.deep.include({ repair: true, lockWaitMs: 600_000 });
    expect(result.out).to.contain('\n  moved to aside/1f2e3d4c/objects/ab/ab12\n  cure: ');
    expect(result.status).to.equal(20);
  });

  it('looks at a repository whose own file is damaged, and moves nothing in it', async () => {
    const broken = (): Promise<never> =>
      Promise.reject(new EngineError('repository-corrupt', 'repository.json is damaged'));
    for (const args of [['--read-data'], ['--read-data', '--repair']]) {
      const result = await ran(['check', ...args], fakeIo(), fakeEngine({ openRepository: broken }));
      expect(result.status).to.equal(0);
      expect(result.out).to.match(/^Checked 2 images/);
      expect(result.err.includes('Nothing is moved')).to.equal(args.includes('--repair'));
    }
    const other = (): Promise<never> => Promise.reject(new EngineError('repository-format', 'newer'));
    const refused = await ran(['check'], fakeIo(), fakeEngine({ openRepository: other }));
    expect(refused.status).to.equal(19);
  });

  it('prints findings, report and error as JSON', async () => {
    const lines = (await check({ findings: [damaged] }, '--json')).lines();
    expect(lines.map((line) => line['kind'])).to.deep.equal(['finding', 'check-report', 'error']);
    expect(lines[0]).to.deep.equal({ kind: 'finding', ...damaged });
    expect(lines[1]).to.deep.equal({
      kind: 'check-report',
      images: 2,
      objects: 3,
      octets: 4000,
      read: { objects: 0, octets: 0 },
      backUp: [],
      errors: 1,
      warnings: 0,
    });
  });
});
