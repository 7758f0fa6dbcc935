// bacvault-sim as a process: it says where its devices stand, obeys its input, ends when asked, and ends
// with status 2 and one message when it cannot begin.

import { expect } from 'chai';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../../simulator/host/udp.js';
import { createDevice, deviceConfig } from '../../simulator/index.js';

const built = fileURLToPath(new URL('../../simulator/main.js', import.meta.url));
const program = existsSync(built) ? [built] : ['--import', 'tsx', built.replace(/js$/, 'ts')];

/** A running bacvault-sim; `line` waits for a line that has the text. */
class Simulator {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<number | null>;
  readonly lines: string[] = [];
  errors = '';
  #rest = '';
  #waiting: (() => void)[] = [];

  constructor(...argv: string[]) {
    this.child = spawn(process.execPath, [...program, ...argv]);
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => {
        resolve(code);
        this.#wake();
      });
    });
  }

  async line(text: string): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.includes(text));
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(`it ended without "${text}": ${this.errors}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  say(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.lines.push(...lines);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

describe('bacvault-sim', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bacvault-sim-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('serves a folder, lets it be damaged and dumped, and quits', async () => {
    await writeFile(join(folder, 'app.bin'), 'content');
    const simulator = new Simulator('--port', '0', '--instance', '77', '--folder', folder);
    expect(await simulator.line('device 77 at')).to.match(
      /^device 77 at 127\.0\.0\.1:\d+, 1 configuration file$/,
    );
    await simulator.line('ready: 1 device');
    simulator.say(`dump ${join(folder, 'out')}`);
    await simulator.line('dumped 1 files');
    expect(await readFile(join(folder, 'out', 'app.bin'), 'utf8')).to.equal('content');
    simulator.say('damage app.bin');
    simulator.say(`dump ${join(folder, 'spoiled')}`);
    simulator.say('quit');
    expect(await simulator.ended).to.equal(0);
    expect(await readFile(join(folder, 'spoiled', 'app.bin'), 'latin1')).to.equal('\x9conten');
    expect(simulator.errors).to.equal('');
  });

  it('speaks JSON, several devices behind a router, and ends on SIGTERM', async function () {
    if (process.platform === 'win32') this.skip();
    const simulator = new Simulator(
      '--json',
      '--port',
      '0',
      '--devices',
      '2',
      '--router',
      '2001',
      '--profile',
      'unit-controller',
    );
    await simulator.line('"ready"');
    const devices = simulator.lines.map((line) => JSON.parse(line) as { kind: string; target?: string });
    expect(devices.map((d) => d.kind)).to.deep.equal(['device', 'device', 'ready']);
    expect(devices[1]!.target).to.match(/^1002@2001:2@127\.0\.0\.1:\d+$/);
    simulator.child.stdin.end();
    simulator.child.kill('SIGTERM');
    expect(await simulator.ended).to.equal(0);
  });

  it('ends with status 2 and one message when the port is in use, or the profile is none', async () => {
    const station = await serve(createDevice(deviceConfig()), { address: '127.0.0.1', port: 0 });
    await writeFile(join(folder, 'bad.json'), '{"summary": 5}');
    const cases: [string[], RegExp][] = [
      [
        ['--port', station.address.split(':')[1]!],
        /^bacvault-sim: .*in use by another program; choose another with --port\n$/,
      ],
      [
        ['--profile', 'nobody'],
        /^bacvault-sim: there is no profile "nobody"; there are .*station, unit-controller\n$/,
      ],
      [['--profile', join(folder, 'bad.json')], /^bacvault-sim: summary: .*\n$/],
      [['--folder', join(folder, 'nowhere')], /^bacvault-sim: cannot read the folder .*\n$/],
      [['--files', 'novel'], /^bacvault-sim: "novel" is not a file.*\n$/],
      [['--port', 'x'], /^error: option '--port <N>' argument 'x' is invalid/],
    ];
    for (const [argv, message] of cases) {
      const simulator = new Simulator(...argv);
      expect(await simulator.ended, argv.join(' ')).to.equal(2);
      expect(simulator.errors).to.match(message);
      expect(simulator.lines).to.deep.equal([]);
    }
    await station.close();
  });
});
