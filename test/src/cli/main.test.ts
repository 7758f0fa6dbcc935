// The executable as the shell sees it: exit status, closed pipes, real signals.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BackupState } from '../../../protocol/index.js';
import { UdpStage } from './udp-stage.js';

// The tests run from dist, or from the sources themselves under a loader that the child inherits.
const built = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
const main = existsSync(built) ? built : built.replace(/\.js$/, '.ts');

function bacvault(...args: string[]): ChildProcess {
  return spawn(process.execPath, [...process.execArgv, main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Collects a stream; `contains` waits until a text has come. */
class Heard {
  text = '';
  readonly #wake = new Set<() => void>();

  constructor(stream: NodeJS.ReadableStream | null) {
    stream?.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
      for (const wake of this.#wake) wake();
    });
  }

  async contains(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#wake.clear();
        this.#wake.add(resolve);
      });
    }
  }
}

async function ended(child: ChildProcess): Promise<number | null> {
  const [status] = (await once(child, 'close')) as [number | null];
  return status;
}

describe('main', () => {
  it('ends with the status of the command, everything written', async () => {
    const help = bacvault('help', 'backup');
    const out = new Heard(help.stdout);
    expect(await ended(help)).to.equal(0);
    expect(out.text).to.contain('Usage: bacvault backup').and.to.match(/\n$/);
    const wrong = bacvault('backup');
    const err = new Heard(wrong.stderr);
    expect(await ended(wrong)).to.equal(2);
    expect(err.text).to.contain('missing required argument');
  });

  it('does not mind that nobody reads its output to the end', async () => {
    const child = bacvault('help');
    const err = new Heard(child.stderr);
    child.stdout?.destroy();
    expect(await ended(child)).to.equal(0);
    expect(err.text).to.equal('');
  });

  it('releases the device when a signal comes, and exits with 130', async function () {
    // Windows has no signals that another process could send.
    if (process.platform === 'win32') return this.skip();
    const stage = new UdpStage();
    try {
      const ahu = await stage.device({ instance: 1201, procedure: { backupPreparationMs: 3_600_000 } });
      expect((await stage.run(['init'])).status).to.equal(0);
      const child = bacvault('backup', `1201@${ahu.place}`, '--repo', stage.repo, '--local', '127.0.0.1:0');
      const err = new Heard(child.stderr);
      await err.contains('Backup_And_Restore_State is preparing-for-backup');
      expect(ahu.view.backupState).to.equal(BackupState.preparingForBackup);
      child.kill('SIGTERM');
      await err.contains('Ending the procedure on device 1201, please wait...');
      child.kill('SIGINT');
      expect(await ended(child), err.text).to.equal(130);
      expect(err.text).to.contain('the device has left the procedure');
      expect(ahu.view.backupState).to.equal(BackupState.idle);
    } finally {
      await stage.close();
    }
  });
});
