// bacvault and bacvault-sim as real processes on loopback: started, listened to, and ended by their tests.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The tests run from dist, or from the sources themselves under a loader that the child inherits.
function script(path: string): string {
  const built = fileURLToPath(new URL(`../../../${path}.js`, import.meta.url));
  return existsSync(built) ? built : built.replace(/\.js$/, '.ts');
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out: string;
  err: string;
  /** Resolves when a text has come on either channel. */
  says(text: string): Promise<void>;
}

export function start(path: string, ...args: string[]): Running {
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

/** A simulated device that answers so slowly that one can do something in the middle; gives its target. */
export async function slowDevice(instance: number): Promise<Running & { readonly target: string }> {
  const slow = ['--max-apdu', '50', '--segmentation', 'none', '--quirk', 'slow-answers=10'];
  const device = [
    '--port',
    '0',
    '--instance',
    String(instance),
    '--files',
    'stream:3000',
    '--failure-timeout',
    '600',
  ];
  const simulator = start('simulator/main', ...device, ...slow, '--json');
  await simulator.says('"ready"');
  const [line = ''] = simulator.out.split('\n');
  const { target } = JSON.parse(line) as { target: string };
  return Object.assign(simulator, { target });
}
