// The composition root: real sockets on loopback, real folders, and what is refused before either is touched.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { BROADCAST, decodeBvll, encodeBvll } from '../../protocol/index.js';
import {
  checkFolder,
  type ErrorCode,
  EngineError,
  initRepository,
  openClient,
  openRepository,
} from '../../src/index.js';
import { openUdp } from '../../src/io/udp.js';
import { MemoryStore } from '../../src/repository/index.js';
import { World } from '../../simulator/index.js';

const LOOPBACK = '127.0.0.1';
const ANY_PORT = { address: LOOPBACK, port: 0 } as const;

async function engineError(promise: Promise<unknown>, code: ErrorCode): Promise<EngineError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error, 'it did not reject with an EngineError').to.be.instanceOf(EngineError);
  expect((error as EngineError).code).to.equal(code);
  return error as EngineError;
}

describe('openClient', () => {
  it('opens clients on real sockets that find each other at static addresses', async () => {
    const device = await openClient({ local: ANY_PORT, localInstance: 77 });
    const client = await openClient({ local: ANY_PORT });
    try {
      const bound = await client.device(`77@${device.localAddress}`);
      expect(bound.limits).to.deep.equal({ maxApdu: 1476, segmentation: 'both', maxSegments: 64 });
      const name = await bound.readProperty({ type: 8, instance: 77 }, 77);
      expect(name).to.deep.equal({ ok: true, value: [{ type: 'character-string', text: 'bacvault 77' }] });
      const mismatch = await engineError(client.device(`78@${device.localAddress}`), 'device-mismatch');
      expect(mismatch.message).to.include('device 77').and.include('not device 78');
    } finally {
      await client.close();
      await device.close();
    }
  });

  it('names address and port of a port in use, and leaves nothing open', async () => {
    const client = await openClient({ local: ANY_PORT });
    const port = Number(client.localAddress.split(':')[1]);
    const error = await engineError(openClient({ local: { address: LOOPBACK, port } }), 'port-in-use');
    expect(error.message).to.include(String(port)).and.include(LOOPBACK);
    await client.close();
    const again = await openClient({ local: { address: LOOPBACK, port } });
    expect(again.localAddress).to.equal(`${LOOPBACK}:${port}`);
    await again.close();
  });

  it('gives up a request after the timeout and the repetitions that it was told', async () => {
    const silent = await openUdp(ANY_PORT);
    let heard = 0;
    silent.onDatagram(() => (heard += 1));
    const client = await openClient({ local: ANY_PORT, apduTimeoutMs: 20, retries: 1 });
    await engineError(client.device(`1@${silent.localAddress}`), 'device-silent');
    expect(heard).to.equal(2);
    await client.close();
    await silent.close();
  });

  it('rejects what is running with cancelled when it is closed', async () => {
    const client = await openClient({ local: ANY_PORT });
    const failed = engineError(client.device(`1@${LOOPBACK}:9`), 'cancelled');
    await client.close();
    await failed;
  });

  it('is open only when the BBMD has accepted the registration', async () => {
    const bbmd = await openUdp(ANY_PORT);
    let code = 0x30;
    bbmd.onDatagram((octets, from) => {
      if (decodeBvll(octets).kind === 'register-foreign-device') {
        bbmd.send(encodeBvll({ kind: 'result', code }), from);
      }
    });
    const options = { local: ANY_PORT, bbmd: bbmd.localAddress };
    const error = await engineError(openClient(options), 'network-failed');
    expect(error.message).to.include(bbmd.localAddress);
    code = 0;
    const client = await openClient(options);
    await client.close();
    await bbmd.close();
  });

  it('runs on ports of your own', async () => {
    const world = new World();
    const transport = world.transport('10.0.0.1:47808');
    const peer = world.transport('10.0.0.2:47808');
    const heard: Uint8Array[] = [];
    peer.onDatagram((octets) => heard.push(octets));
    const client = await openClient({ transport, clock: world.clock, random: world.random('client') });
    await world.run(engineError(client.device('7', { waitMs: 500 }), 'device-not-found'));
    expect(client.localAddress).to.equal('10.0.0.1:47808');
    expect(heard).to.have.length(1);
    await client.close();
    transport.send(Uint8Array.of(1), BROADCAST);
    expect(heard, 'its transport is closed').to.have.length(1);
  });

  const refused: readonly (readonly [string, Parameters<typeof openClient>[0], string])[] = [
    ['a name for a local address', { local: { address: 'localhost' } }, 'local.address "localhost"'],
    ['a port in a local address', { local: { address: '127.0.0.1:5' } }, 'local.port'],
    ['a port that is none', { local: { address: LOOPBACK, port: 65536 } }, 'local.port 65536'],
    ['a name for a BBMD', { local: ANY_PORT, bbmd: 'bbmd.example' }, 'bbmd "bbmd.example"'],
    ['a broadcast address that is none', { local: ANY_PORT, broadcast: '10.0.0' }, 'broadcast "10.0.0"'],
    ['a timeout that is none', { local: ANY_PORT, apduTimeoutMs: 0 }, 'apduTimeoutMs 0'],
    ['a number of repetitions that is none', { local: ANY_PORT, retries: -1 }, 'retries -1'],
    [
      'a pace that is none',
      { local: ANY_PORT, pace: { routed: { framesPerSecond: 0, burst: 1 } } },
      'pace.routed',
    ],
    ['the wildcard for an instance', { local: ANY_PORT, localInstance: 4194303 }, 'localInstance 4194303'],
  ];
  for (const [what, options, part] of refused) {
    it(`refuses ${what}, and says which option it was`, async () => {
      const { message } = await engineError(openClient(options), 'usage');
      expect(message).to.include(part);
    });
  }

  it('refuses a local address that is not of this computer', async () => {
    const { message } = await engineError(
      openClient({ local: { address: '192.0.2.1', port: 0 } }),
      'network-failed',
    );
    expect(message).to.include('192.0.2.1');
  });
});

describe('initRepository and openRepository', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bacvault-open-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('make a repository in a folder and open it again', async () => {
    const place = join(folder, 'repository');
    const made = await initRepository(place, { defaultSite: 'North' });
    expect(made.options).to.deep.equal({ defaultSite: 'North' });
    await made.close();
    const opened = await openRepository(place);
    expect([opened.id, opened.place, opened.options.defaultSite]).to.deep.equal([made.id, place, 'North']);
    expect(await opened.images()).to.deep.equal([]);
    await opened.close();
    await engineError(initRepository(place), 'repository-exists');
  });

  it('say that a folder holds no repository', async () => {
    const { message } = await engineError(openRepository(folder), 'repository-not-found');
    expect(message).to.include(folder);
  });

  it('are not needed to look at what has lost its repository.json', async () => {
    const place = join(folder, 'repository');
    const made = await initRepository(place);
    await made.close();
    await rm(join(place, 'repository.json'));
    await engineError(openRepository(place), 'repository-not-found');
    const { findings } = await checkFolder(place, { readData: true });
    expect(findings.map(({ code }) => code)).to.deep.equal(['repository-damaged']);
  });

  it('work on a store of your own', async () => {
    const store = new MemoryStore();
    const made = await initRepository('memory', { store });
    expect(made.options.defaultSite).to.equal('default');
    expect((await openRepository('memory', { store })).id).to.equal(made.id);
  });
});
