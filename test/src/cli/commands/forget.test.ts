// bacvault forget.

import { expect } from 'chai';
import type { ForgetDecision, ForgetOptions, ForgetReport } from '../../../../src/index.js';
import { fakeEngine, fakeIo, type Ran, ran } from '../fakes.js';

const decision = (digit: string, keep: boolean, ...reasons: string[]): ForgetDecision => ({
  id: digit.repeat(64),
  site: 'hq',
  instance: 1201,
  deviceName: 'AHU-3',
  createdAt: '2026-03-01T02:15:07.042Z',
  tags: [],
  verified: false,
  keep,
  reasons,
});

const REPORT: ForgetReport = {
  dryRun: false,
  kept: 1,
  forgotten: 1,
  decisions: [decision('a', true, 'last', 'daily'), decision('b', false, 'no rule keeps it')],
};

async function forget(
  report: Partial<ForgetReport>,
  ...args: string[]
): Promise<Ran & { readonly asked: ForgetOptions | undefined }> {
  let asked: ForgetOptions | undefined;
  const repository = {
    forget: (options: ForgetOptions) => {
      asked = options;
      return Promise.resolve({ ...REPORT, ...report });
    },
  };
  return Object.assign(await ran(['forget', ...args], fakeIo(), fakeEngine({ repository })), { asked });
}

describe('forget', () => {
  it('prints every image with the reason in a dry run', async () => {
    const result = await forget({ dryRun: true }, '--keep-last', '1', '--dry-run');
    expect(result.status).to.equal(0);
    expect(result.out.split('\n')).to.deep.equal([
      'image     made                     site  instance  name   would be   why',
      'aaaaaaaa  2026-03-01 02:15:07 UTC  hq        1201  AHU-3  kept       last, daily',
      'bbbbbbbb  2026-03-01 02:15:07 UTC  hq        1201  AHU-3  forgotten  no rule keeps it',
      'Would forget 1 of 2 images. Nothing was changed.',
      '',
    ]);
  });

  it('prints what it forgot, and what frees the content', async () => {
    const result = await forget({}, '--keep-last', '1');
    expect(result.out).to.contain('bbbbbbbb').and.not.contain('aaaaaaaa');
    expect(result.out).to.contain('Forgot 1 of 2 images. "bacvault prune" frees their content.\n');
    const none = await forget({ forgotten: 0, kept: 0, decisions: [] }, '--keep-last', '1');
    expect(none.out).to.equal('Forgot 0 of 0 images.\n');
    expect(none.err).to.contain('No images.');
  });

  it('makes a policy of its options', async () => {
    const result = await forget(
      {},
      ...['--keep-last', '3', '--keep-hourly', '24', '--keep-daily', '7', '--keep-weekly', '5'],
      ...['--keep-monthly', '12', '--keep-yearly', '10', '--keep-within', '1y6m10d12h'],
      ...['--keep-tag', 'spring', '--keep-tag', 'autumn', '--time-zone', 'Europe/Zurich'],
      ...['--site', 'hq', '--device', '1201', '--lock-wait', '30s'],
    );
    expect(result.asked).to.deep.include({
      policy: {
        last: 3,
        hourly: 24,
        daily: 7,
        weekly: 5,
        monthly: 12,
        yearly: 10,
        within: { years: 1, months: 6, days: 10, hours: 12 },
        tags: ['spring', 'autumn'],
        timeZone: 'Europe/Zurich',
      },
      site: 'hq',
      instance: 1201,
      dryRun: false,
      lockWaitMs: 30_000,
    });
    expect(result.asked).to.not.have.property('ids');
  });

  it('forgets what is named by id', async () => {
    const result = await forget({}, '1A2B', 'c0ffee00');
    expect(result.asked).to.deep.include({ ids: ['1a2b', 'c0ffee00'] });
    expect(result.asked).to.not.have.property('policy');
  });

  it('never takes "latest", nor ids and a policy at once', async () => {
    for (const args of [
      ['latest'],
      ['abc'],
      ['1a2b', '--keep-last', '1'],
      ['1a2b', '--site', 'hq'],
      ['--keep-last', '0'],
      ['--keep-daily', 'all'],
      ['--keep-within', '1w'],
      ['--keep-within', ''],
    ]) {
      const result = await forget({}, ...args);
      expect(result.status, args.join(' ')).to.equal(2);
      expect(result.asked).to.equal(undefined);
    }
  });

  it('prints decisions and report as JSON', async () => {
    expect((await forget({}, '--keep-last', '1', '--json')).lines()).to.deep.equal([
      { kind: 'forget-decision', ...REPORT.decisions[0] },
      { kind: 'forget-decision', ...REPORT.decisions[1] },
      { kind: 'forget-report', dryRun: false, kept: 1, forgotten: 1 },
    ]);
  });
});
