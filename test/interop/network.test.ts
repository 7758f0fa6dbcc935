// Two hosts on a real network: network namespaces of the test's own, joined by a cable. What loopback
// cannot show: broadcasts of a subnet, Who-Is and I-Am between hosts, a router's networks found by them.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { bacvault, bacvaultAt, type CliResult } from './support/cli.js';
import { ours } from './support/places.js';

const CLIENT = { namespace: `bacvault-c-${process.pid}`, device: 'veth-c', address: '10.99.0.1' };
const SERVER = { namespace: `bacvault-s-${process.pid}`, device: 'veth-s', address: '10.99.0.2' };

function ip(...args: readonly string[]): string {
  const done = spawnSync('ip', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

/** Two namespaces with one cable between them; returns when the cable carries. */
function connect(): void {
  for (const { namespace } of [CLIENT, SERVER]) ip('netns', 'add', namespace);
  const [c, s] = [CLIENT, SERVER];
  ip(
    'link',
    'add',
    c.device,
    'netns',
    c.namespace,
    'type',
    'veth',
    'peer',
    'name',
    s.device,
    'netns',
    s.namespace,
  );
  for (const { namespace, device, address } of [c, s]) {
    ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', device);
    ip('-n', namespace, 'link', 'set', device, 'up');
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
  }
  const carries = (): boolean =>
    [c, s].every((h) => ip('-n', h.namespace, 'link', 'show', h.device).includes('state UP'));
  for (let looks = 0; !carries(); looks += 1) if (looks > 1000) throw new Error('the cable does not carry');
}

describe('a real network of two hosts', () => {
  const place = mkdtempSync(join(tmpdir(), 'bacvault-network-'));
  const running: ChildProcess[] = [];

  /** bacvault-sim on the server host, until it says that it is ready. */
  async function simulate(...args: readonly string[]): Promise<void> {
    const child = spawn('ip', [
      'netns',
      'exec',
      SERVER.namespace,
      ...ours('simulator/main.ts'),
      '--json',
      ...args,
    ]);
    running.push(child);
    let trouble = '';
    child.stderr.on('data', (text: Buffer) => (trouble += text.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      if ((JSON.parse(line) as { kind: string }).kind === 'ready') return;
    }
    throw new Error(`bacvault-sim ended: ${trouble}`);
  }

  const run = (...args: readonly string[]): Promise<CliResult> =>
    bacvaultAt(CLIENT.namespace, ...args, '--local', CLIENT.address);

  before(async () => {
    connect();
    await simulate(
      ...['--address', SERVER.address, '--port', '47808', '--devices', '2', '--router', '2001'],
      ...[
        '--max-apdu',
        '480',
        '--segmentation',
        'none',
        '--lane-latency',
        '1',
        '--files',
        'stream:3000,record:5x30',
      ],
    );
    await simulate(
      '--address',
      SERVER.address,
      '--port',
      '47809',
      '--instance',
      '77',
      '--files',
      'stream:5000',
    );
    const made = await bacvault('init', '--repo', place, '--site', 'Network');
    expect(made.status).to.equal(0);
  });

  after(async () => {
    for (const child of running) {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    for (const { namespace } of [CLIENT, SERVER]) spawnSync('ip', ['netns', 'del', namespace]);
    rmSync(place, { recursive: true, force: true });
  });

  it('finds the devices behind a router by broadcast, with their network numbers and MACs', async () => {
    const { status, lines } = await run('discover', '--wait', '1000');
    expect(status).to.equal(0);
    const found = lines
      .filter(({ kind }) => kind === 'announcement')
      .map((line) => line as unknown as Announced);
    expect(
      found.map(({ instance, network, mac, address }) => [instance, network, mac, address]),
    ).to.deep.equal([
      [1001, 2001, '01', `${SERVER.address}:47808`],
      [1002, 2001, '02', `${SERVER.address}:47808`],
    ]);
  });

  it('backs up and restores a device of which only the instance is known', async () => {
    const backup = await run('backup', '1001', '--repo', place);
    expect(backup.status, backup.stderr).to.equal(0);
    const restore = await run('restore', 'latest', '1001', '--repo', place, '--yes-device', '1001');
    expect(restore.status, restore.stderr).to.equal(0);
    const verify = await run('verify', 'latest', '1001', '--repo', place);
    expect(verify.status, verify.stderr).to.equal(0);
  });

  it('reaches a device on another port only by its address', async () => {
    const backup = await run('backup', `77@${SERVER.address}:47809`, '--repo', place);
    expect(backup.status, backup.stderr).to.equal(0);
  });
});

interface Announced {
  readonly instance: number;
  readonly address: string;
  readonly network?: number;
  readonly mac?: string;
}
