// Real processes: `run` and `serve` get SIGTERM in the middle of a backup of bacvault-sim on loopback. What is defended: the
// device is released first, the log is closed and says that it was stopped, and so do the summary and the exit status.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { initRepository, openRepository } from '../../../src/open.js';
import { type Running, slowDevice, start } from './processes.js';

type Line = Readonly<Record<string, unknown>>;

/** A site of one device, which is being backed up by one command. */
class Stage {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bacvault-stopped-'));
  readonly #repository = join(this.#folder, 'repository');
  readonly #instance: number;
  #device: (Running & { readonly target: string }) | undefined;

  constructor(instance: number) {
    this.#instance = instance;
  }

  async prepare(): Promise<void> {
    this.#device = await slowDevice(this.#instance);
    const address = this.#device.target.split('@')[1] ?? '';
    const site = `
site: North
time-zone: UTC
network: { local: "127.0.0.1:0" }
discovery: { ranges: [${this.#instance}], repeats: 0, pause: 1ms }
devices: [{ instance: ${this.#instance}, address: "${address}" }]
rules: { nightly: { what: all, cron: 0 0 * * * } }
`;
    writeFileSync(join(this.#folder, 'site.yaml'), site);
    const repository = await initRepository(this.#repository, { defaultSite: 'North' });
    // The last one who served knew the rule since two days ago: it is due, and was missed.
    const knownSince = new Date(Date.now() - 2 * 86_400_000).toISOString();
    const log = await repository.beginRun('serve', {
      site: 'North',
      serial: 1,
      rules: [{ rule: 'nightly', schedule: '0 0 * * * UTC', knownSince }],
    });
    await log.end('stopped');
    await repository.close();
  }

  /** Lets the command begin, stops it while octets move, and gives what it said and ended with. */
  async stopped(verb: 'run' | 'serve'): Promise<{ readonly status: number | null; readonly events: Line[] }> {
    const siteFile = join(this.#folder, 'site.yaml');
    const running = start(
      'src/cli/main',
      verb,
      '--json',
      '--site-file',
      siteFile,
      '--repo',
      this.#repository,
    );
    await running.says('"chunk"');
    running.child.kill('SIGTERM');
    const status = await running.ended;
    const lines = running.out.split('\n').filter((line) => line !== '');
    return { status, events: lines.map((line) => JSON.parse(line) as Line) };
  }

  /** The lines of the newest log of a command. Names alone do not tell which of one second it is. */
  async log(command: string): Promise<readonly Line[]> {
    const repository = await openRepository(this.#repository);
    const logs: (readonly Line[])[] = [];
    for await (const name of repository.runs()) {
      const { lines, ended } = await repository.readRun(name);
      if (lines[0]?.['command'] === command) logs.push(ended ? lines : lines.slice(0, 1));
    }
    await repository.close();
    const begun = ([first]: readonly Line[]): string => String(first?.['at']);
    return logs.sort((a, b) => (begun(a) < begun(b) ? -1 : 1)).at(-1) ?? [];
  }

  open(): readonly string[] {
    return readdirSync(join(this.#repository, 'journal'));
  }

  async state(): Promise<unknown> {
    const local = ['--local', '127.0.0.1:0', '--json', '--quiet', '--repo', this.#repository];
    const probe = start('src/cli/main', 'probe', this.#device?.target ?? '', ...local);
    expect(await probe.ended, probe.err).to.equal(0);
    const line = probe.out.split('\n').find((text) => text.includes('"capabilities"')) ?? '{}';
    return (JSON.parse(line) as Line)['state'];
  }

  async close(): Promise<void> {
    this.#device?.child.kill('SIGKILL');
    await this.#device?.ended;
    rmSync(this.#folder, { recursive: true });
  }
}

describe('a bacvault that is told to stop', () => {
  const stages = [new Stage(1201), new Stage(1202)] as const;
  after(() => Promise.all(stages.map((stage) => stage.close())));

  it('releases the device, closes its log and says that it was cut short, as run and as serve', async () => {
    const [running, serving] = stages;
    await Promise.all(stages.map((stage) => stage.prepare()));
    const [run, serve] = await Promise.all([running.stopped('run'), serving.stopped('serve')]);
    for (const { events } of [run, serve]) {
      const summary = events.find(({ kind }) => kind === 'fleet-summary') as unknown as {
        readonly outcome: string;
        readonly devices: readonly Line[];
      };
      expect(summary.outcome).to.equal('cancelled');
      expect(summary.devices[0]).to.include({
        outcome: 'interrupted',
        code: 'cancelled',
        release: 'released',
      });
    }
    expect(run.status).to.equal(130);
    expect(serve.status).to.equal(0);
    expect(serve.events.slice(-2)).to.containSubset([
      { kind: 'rule-end', rule: 'nightly', outcome: 'stopped' },
      { kind: 'serve-end' },
    ]);
    for (const stage of stages) {
      expect((await stage.log('run')).at(-1)).to.include({ event: 'end', outcome: 'cancelled' });
      expect(stage.open()).to.deep.equal([]);
      expect(await stage.state()).to.equal('idle');
    }
    expect((await serving.log('serve')).slice(-2)).to.containSubset([
      { event: 'rule-end', outcome: 'stopped' },
      { event: 'end', outcome: 'stopped' },
    ]);
  }).timeout(120_000);
});
