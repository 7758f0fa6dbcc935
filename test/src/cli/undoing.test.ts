// undoing: the options of the undo image, and the offer to put a device back after a restore that failed.

import { expect } from 'chai';
import { EngineError, type FailedRestore } from '../../../src/index.js';
import { rollbackCommand, undoOptionsOf } from '../../../src/cli/undoing.js';
import { fakeEngine, type FakeEngineOptions, fakeIo, type FakeIo, ran, restoreReport } from './fakes.js';

const UNDO = 'cafe0123'.padEnd(64, '0');
const MESSAGE =
  'Device 1201: it failed half-way; its files were changed; undo image cafe0123 holds what they were.';

function failed(more: Partial<FailedRestore> = {}): EngineError {
  const details: FailedRestore = {
    verdict: 'failed',
    undo: UNDO,
    rollback: { outcome: 'offered' },
    run: '2026-03-01T021500Z-1f2e3d4c',
    ...more,
  };
  return new EngineError('restore-failed', MESSAGE, {
    details: { device: 1201, release: 'released', ...details },
  });
}

async function restore(
  io: FakeIo,
  args: readonly string[],
  options: FakeEngineOptions,
): Promise<{ status: number; out: string; err: string; rolledBack: unknown[] }> {
  const engine = fakeEngine(options);
  const { status, out, err } = await ran(['restore', 'latest', '1201@10.1.4.77', ...args], io, engine);
  return { status, out, err, rolledBack: engine.argumentsOf('rollBack') };
}

describe('a restore that failed', () => {
  it('says exactly the command that puts the device back', async () => {
    const args = ['--yes-device', '1201', '--repo', 'my images', '--password-env', 'P'];
    const { status, err, rolledBack } = await restore(fakeIo({ env: { P: 'x' } }), args, {
      restore: () => Promise.reject(failed()),
    });
    expect(status).to.equal(17);
    expect(err).to.contain(
      'To put it back: bacvault restore cafe0123 1201@10.1.4.77 --no-undo --repo "my images" --password-env P',
    );
    expect(rolledBack, 'nobody was asked').to.deep.equal([]);
  });

  it('names network, site and deviations in that command as they were given', () => {
    const options = {
      ...{ local: { address: '10.1.0.20', port: 0 }, site: 'North', quirks: 'own.json', bbmd: '10.1.0.5' },
      ...{ preparationTimeout: 600, outageTimeout: 0, yesDevice: 1201 },
    };
    expect(rollbackCommand('cafe0123', '1201', options)).to.equal(
      'bacvault restore cafe0123 1201 --no-undo --site North --quirks own.json --preparation-timeout 600 ' +
        '--outage-timeout 0 --local 10.1.0.20:0 --bbmd 10.1.0.5',
    );
    expect(rollbackCommand('cafe0123', '1201', { local: { port: 47809 } })).to.contain('--local :47809');
  });

  it('carries what was allowed, and why, into that command: the same checks would block it', async () => {
    const given = { allow: ['firmware', 'vendor'], reason: 'board failed, WO 8812' };
    expect(rollbackCommand('cafe0123', '1201', given)).to.equal(
      'bacvault restore cafe0123 1201 --no-undo --allow firmware --allow vendor --reason "board failed, WO 8812"',
    );
    const args = ['--yes-device', '1201', '--allow', 'firmware', '--reason', 'new board'];
    const { err } = await restore(fakeIo(), args, { restore: () => Promise.reject(failed()) });
    expect(err).to.contain('--no-undo --allow firmware --reason "new board"');
  });

  it('quotes words in that command so that no shell takes them for anything else', () => {
    const command = (reason: string): string => rollbackCommand('cafe0123', '1201', { reason });
    expect(command(`said "yes", it's $HOME`)).to.contain(`--reason 'said "yes", it'\\''s $HOME'`);
    expect(rollbackCommand('cafe0123', '1201', { repo: 'C:\\my images' })).to.contain(
      '--repo "C:\\my images"',
    );
    expect(rollbackCommand('cafe0123', '1201', { repo: 'C:\\images\\' })).to.contain("--repo 'C:\\images\\'");
  });

  it('asks on a terminal, puts the device back when its instance is typed, and still ends as a failure', async () => {
    const io = fakeIo({ terminal: true, typed: ['1201', '1201'] });
    const { status, out, err, rolledBack } = await restore(io, [], {
      restore: () => Promise.reject(failed()),
    });
    expect(status).to.equal(17);
    expect(io.questions.at(-1)).to.contain('put it back to undo image cafe0123');
    expect(rolledBack).to.have.length(1);
    expect((rolledBack[0] as unknown[])[2]).to.equal(UNDO);
    expect(out).to.contain('put back to undo image cafe0123: VERIFIED');
    expect(err).to.contain('  Verdict:      failed-rolled-back\n');
    expect(err).to.contain('What to do: The device is what it was before the restore.');
    expect(err).to.contain('It was put back to undo image cafe0123, and that is proven.');
  });

  it('leaves the device when anything else is typed, or the command was interrupted', async () => {
    const io = fakeIo({ terminal: true, typed: ['1201', 'no'] });
    const { rolledBack, err } = await restore(io, [], { restore: () => Promise.reject(failed()) });
    expect(rolledBack).to.deep.equal([]);
    expect(err).to.contain('To put it back: bacvault restore cafe0123');
    const stopped = fakeIo({ terminal: true, typed: ['1201', '1201'] });
    const after = await restore(stopped, [], {
      restore: () => {
        stopped.interrupt();
        return Promise.reject(failed());
      },
    });
    expect(after.rolledBack).to.deep.equal([]);
    expect(after.status).to.equal(130);
    expect(after.err).to.contain('To put it back: bacvault restore cafe0123');
  });

  it('does not call a device back that is not proven to be', async () => {
    const io = fakeIo({ terminal: true, typed: ['1201', '1201'] });
    const { err, status } = await restore(io, [], {
      restore: () => Promise.reject(failed()),
      rollBack: () => Promise.resolve(restoreReport(1201, { verdict: 'restored-unverified' })),
    });
    expect(err).to.contain('that is NOT proven').and.to.contain('  Verdict:      failed\n');
    expect(status).to.equal(17);
  });

  it('reports the rollback that the engine did by itself', async () => {
    const report = restoreReport(1201, { imageId: UNDO });
    const { out, status } = await restore(fakeIo(), ['--yes-device', '1201', '--rollback'], {
      restore: () =>
        Promise.reject(failed({ verdict: 'failed-rolled-back', rollback: { outcome: 'done', report } })),
    });
    expect(out).to.contain('put back to undo image cafe0123: VERIFIED');
    expect(status).to.equal(17);
  });

  it('has verdict, state and undo image in the error of --json', async () => {
    const left = { state: 'idle', systemStatus: 'operational', filesTouched: true };
    const engine = fakeEngine({ restore: () => Promise.reject(failed({ left })) });
    const result = await ran(
      ['restore', 'latest', '1201', '--yes-device', '1201', '--json'],
      fakeIo(),
      engine,
    );
    const line = result.lines().at(-1) as { readonly details: Record<string, unknown> };
    expect(line.details).to.deep.include({
      verdict: 'failed',
      undo: UNDO,
      left,
      rollback: { outcome: 'offered' },
    });
  });
});

describe('the options of the undo image', () => {
  it('that exclude one another are refused', () => {
    for (const options of [
      { undo: false, undoOnce: true },
      { undo: false, rollback: true },
    ])
      expect(() => undoOptionsOf(options))
        .to.throw(EngineError)
        .with.property('code', 'usage');
    expect(undoOptionsOf({ undo: true })).to.deep.equal({ undo: 'twice', rollback: false });
  });

  it('are carried into the command that puts the device back, without a password in it', () => {
    expect(
      rollbackCommand('cafe0123', '7', { retries: 3, passwordFile: '/a/b.txt', password: 'geheim' }),
    ).to.equal('bacvault restore cafe0123 7 --no-undo --password-file /a/b.txt --retries 3');
  });
});
