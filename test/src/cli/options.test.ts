// Options that several commands share: what reaches the engine, and what is refused before anything is sent.

import { expect } from 'chai';
import { fakeEngine, fakeIo, ran } from './fakes.js';

async function opened(...args: string[]): Promise<unknown> {
  const engine = fakeEngine();
  expect((await ran(['probe', '1201', ...args], fakeIo(), engine)).status).to.equal(0);
  const [options] = engine.argumentsOf('openClient') as [Record<string, unknown>];
  const { log, ...rest } = options;
  expect(log).to.have.property('log');
  return rest;
}

async function place(args: readonly string[], env: Record<string, string>): Promise<unknown> {
  const engine = fakeEngine();
  await ran(['images', ...args], fakeIo({ env }), engine);
  return (engine.argumentsOf('openRepository')[0] as unknown[])[0];
}

describe('options', () => {
  it('hand the network to the client, and nothing that was not said', async () => {
    expect(await opened()).to.deep.equal({});
    expect(
      await opened(
        ...['--local', '192.168.1.10:0', '--broadcast', '192.168.1.255', '--bbmd', '10.1.0.5:47809'],
        ...['--apdu-timeout', '500', '--retries', '0'],
      ),
    ).to.deep.equal({
      local: { address: '192.168.1.10', port: 0 },
      broadcast: '192.168.1.255',
      bbmd: '10.1.0.5:47809',
      apduTimeoutMs: 500,
      retries: 0,
    });
    expect(await opened('--local', '192.168.1.10')).to.deep.equal({ local: { address: '192.168.1.10' } });
    expect(await opened('--local', ':0')).to.deep.equal({ local: { port: 0 } });
  });

  it('find the repository by --repo, else BACVAULT_REPO, else in the current folder', async () => {
    expect(await place(['--repo', 'a'], { BACVAULT_REPO: 'b' })).to.equal('a');
    expect(await place([], { BACVAULT_REPO: 'b' })).to.equal('b');
    expect(await place([], { BACVAULT_REPO: '' })).to.equal('./bacvault-repository');
    expect(await place([], {})).to.equal('./bacvault-repository');
  });

  it('refuse values that cannot be right with status 2, before anything is opened', async () => {
    const wrong = [
      ['--local', 'eth0'],
      ['--local', '10.0.0.256'],
      ['--local', '10.0.0.1:70000'],
      ['--local', ''],
      ['--broadcast', '10.0.0'],
      ['--bbmd', 'bbmd.example'],
      ['--broadcast', '10.0.0.255:0'],
      ['--bbmd', '10.1.0.5:0'],
      ['--apdu-timeout', '0'],
      ['--apdu-timeout', '3s'],
      ['--retries', '-1'],
      ['--retries', '1.5'],
      ['--log-level', 'loud'],
      ['--no-such-option'],
    ];
    for (const args of wrong) {
      const engine = fakeEngine();
      const result = await ran(['probe', '1201', ...args], fakeIo(), engine);
      expect(result.status, args.join(' ')).to.equal(2);
      expect(result.err, args.join(' ')).to.match(/^bacvault: /);
      expect(
        engine.calls.filter(([name]) => name === 'openClient'),
        args.join(' '),
      ).to.deep.equal([]);
    }
  });
});
