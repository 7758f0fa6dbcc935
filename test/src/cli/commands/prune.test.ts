// bacvault prune.

import { expect } from 'chai';
import { EngineError, type PruneOptions, type PruneReport } from '../../../../src/index.js';
import { fakeEngine, fakeIo, type Ran, ran } from '../fakes.js';

const REPORT: PruneReport = {
  dryRun: false,
  images: 40,
  needed: 100,
  freed: { objects: 12, octets: 34_567 },
  waiting: { objects: 0, octets: 0 },
  holders: [],
  restored: 0,
  facts: 0,
};

async function prune(
  report: Partial<PruneReport>,
  ...args: string[]
): Promise<Ran & { readonly asked: PruneOptions | undefined }> {
  let asked: PruneOptions | undefined;
  const repository = {
    prune: (options?: PruneOptions) => {
      asked = options;
      return Promise.resolve({ ...REPORT, ...report });
    },
  };
  return Object.assign(await ran(['prune', ...args], fakeIo(), fakeEngine({ repository })), { asked });
}

describe('prune', () => {
  it('says how much it freed', async () => {
    const result = await prune({});
    expect(result).to.include({
      status: 0,
      out: 'Freed 12 objects of 34 567 octets that none of 40 images needs.\n',
    });
    expect(result.asked).to.include({ dryRun: false, lockWaitMs: 0 });
  });

  it('only says so in a dry run', async () => {
    const result = await prune({ dryRun: true, facts: 1 }, '--dry-run');
    expect(result.asked).to.include({ dryRun: true });
    expect(result.out).to.equal(
      'Would free 12 objects of 34 567 octets that none of 40 images needs.\nWould remove 1 fact of forgotten images.\n',
    );
  });

  it('says who keeps it from deleting, and how to wait for them', async () => {
    const holder = { id: '1', command: 'backup', host: 'b', processId: 7, since: '2026-03-01T02:15:00.000Z' };
    const waiting = { objects: 2, octets: 12 };
    const result = await prune({ waiting, holders: [holder], restored: 1 }, '--lock-wait', '2h');
    expect(result.asked).to.include({ lockWaitMs: 7_200_000 });
    expect(result.out).to.contain('Put back 1 object that an interrupted prune had set aside.\n');
    expect(result.out).to.contain(
      'Set aside, for the next prune to delete: 2 objects of 12 octets, because of others at work: ' +
        'backup, process 7 on b, since 2026-03-01 02:15:00 UTC.',
    );
    expect((await prune({ waiting })).out).to.contain('another computer was at work until a moment ago');
    expect((await prune({ waiting, holders: [{ id: '1' }] })).out).to.contain('cannot be read');
    expect(result.status).to.equal(0);
  });

  it('prints a report as JSON', async () => {
    expect((await prune({}, '--json')).lines()).to.deep.equal([{ kind: 'prune-report', ...REPORT }]);
  });

  it('ends with 11 when somebody else is at it', async () => {
    const locked = new EngineError(
      'repository-locked',
      'the repository is being worked on by bacvault prune',
    );
    const engine = fakeEngine({ repository: { prune: () => Promise.reject(locked) } });
    const result = await ran(['prune'], fakeIo(), engine);
    expect(result.status).to.equal(11);
    expect(result.err).to.contain('being worked on by bacvault prune').and.contain('--lock-wait');
  });

  for (const text of ['10', 'm', '1d', '-1s', '1.5h', ''])
    it(`refuses to wait ${JSON.stringify(text)}`, async () => {
      expect((await prune({}, `--lock-wait=${text}`)).status).to.equal(2);
    });
});
