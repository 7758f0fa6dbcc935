// Real processes: bacvault is killed with SIGKILL in the middle of a backup of bacvault-sim on loopback, and the
// next one releases the device: `recover --all`, or the next backup.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

// The tests run from dist, or from the sources themselves under a loader that the child inherits.
function script(path: string): string {
  const built = fileURLToPath(new URL(`../../../${path}.js`, import.meta.url));
  return existsSync(built) ? built : built.replace(/\.js$/, '.ts');
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out: string;
  err: string;
  /** Resolves when a text has come on either channel. */
  says(text: string): Promise<void>;
}

function start(path: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [...process.execArgv, script(path), ...args], { stdio: 'pipe' });
  const wake = new Set<() => void>();
  const running: Running = {
    child,
    out: '',
    err: '',
    ended: once(child, 'close').then(([status]) => status as number | null),
    says: async (text) => {
      while (!(running.out + running.err).includes(text)) {
        const more = new Promise<void>((resolve) => wake.add(resolve));
        await Promise.race([
          more,
          running.ended.then(() => {
            throw new Error(`it ended without saying "${text}": ${running.out}${running.err}`);
          }),
        ]);
      }
    },
  };
  const heard = (text: string, channel: 'out' | 'err'): void => {
    running[channel] += text;
    for (const resolve of wake) resolve();
    wake.clear();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => heard(text, 'out'));
  child.stderr.setEncoding('utf8').on('data', (text: string) => heard(text, 'err'));
  return running;
}

describe('a bacvault that was killed', () => {
  let folder: string;
  let simulator: Running;
  let target: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bacvault-killed-'));
    const slow = ['--max-apdu', '50', '--segmentation', 'none', '--quirk', 'slow-answers=10'];
    const device = [
      '--port',
      '0',
      '--instance',
      '1201',
      '--files',
      'stream:3000',
      '--failure-timeout',
      '600',
    ];
    simulator = start('simulator/main', ...device, ...slow, '--json');
    await simulator.says('"ready"');
    const [line = ''] = simulator.out.split('\n');
    ({ target } = JSON.parse(line) as { target: string });
    expect(await bacvault('init').ended).to.equal(0);
  });

  afterEach(async () => {
    simulator.child.kill('SIGKILL');
    await simulator.ended;
    rmSync(folder, { recursive: true });
  });

  function bacvault(verb: string, ...args: string[]): Running {
    const local = /^(init|check)$/.test(verb) ? [] : ['--local', '127.0.0.1:0'];
    return start('src/cli/main', verb, ...args, '--repo', join(folder, 'repository'), ...local);
  }

  /** Kills a backup while it copies; the device is then in it. */
  async function killBackup(): Promise<void> {
    const backup = bacvault('backup', target);
    await backup.says('file,1');
    backup.child.kill('SIGKILL');
    await backup.ended;
    expect(await state()).to.equal('performing-a-backup');
  }

  async function state(): Promise<string> {
    const probe = bacvault('probe', target, '--json', '--quiet');
    expect(await probe.ended, probe.err).to.equal(0);
    const line = probe.out.split('\n').find((text) => text.includes('"capabilities"')) ?? '{}';
    return (JSON.parse(line) as { state: string }).state;
  }

  const journal = (): string[] => readdirSync(join(folder, 'repository', 'journal'));

  it('leaves a device that recover --all releases', async () => {
    await killBackup();
    const list = bacvault('recover');
    expect(await list.ended).to.equal(0);
    expect(list.out).to.match(
      /^The backup of device 1201 \(.*\), begun .* by process \d+, which is gone, was not seen to end\n$/,
    );
    const recover = bacvault('recover', '--all');
    expect(await recover.ended, recover.out + recover.err).to.equal(0);
    expect(recover.out).to.contain('released from our backup: ENDBACKUP was acknowledged');
    expect(await state()).to.equal('idle');
    expect(journal()).to.deep.equal([]);
    const again = bacvault('recover', '--all');
    expect(await again.ended).to.equal(0);
    expect(await bacvault('check').ended).to.equal(0);
  }).timeout(120_000);

  it('leaves a device that the next backup releases, and then backs up', async () => {
    await killBackup();
    const backup = bacvault('backup', target);
    expect(await backup.ended, backup.out + backup.err).to.equal(0);
    expect(backup.err)
      .to.contain('which is gone, was not seen to end')
      .and.to.contain('ENDBACKUP was acknowledged');
    expect(backup.out).to.contain('3 000 octets');
    expect(await state()).to.equal('idle');
    expect(journal()).to.deep.equal([]);
  }).timeout(120_000);
});
