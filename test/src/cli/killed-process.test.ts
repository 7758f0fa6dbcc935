// Real processes: bacvault is killed with SIGKILL in the middle of a backup of bacvault-sim on loopback, and the
// next one releases the device: `recover --all`, or the next backup.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Running, slowDevice, start } from './processes.js';

describe('a bacvault that was killed', () => {
  let folder: string;
  let simulator: Running;
  let target: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bacvault-killed-'));
    const device = await slowDevice(1201);
    simulator = device;
    ({ target } = device);
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
