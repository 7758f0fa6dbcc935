// bacvault twin: a device on UDP loopback that is the image's, until Ctrl-C, and never on a network without
// consent.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { realEngine } from '../../../../src/cli/engine.js';
import { initRepository, MemoryStore, openClient } from '../../../../src/index.js';
import { recordFile, streamFile } from '../../../support/world.js';
import { type FakeIo, fakeEngine, fakeIo, image, type Ran, ran } from '../fakes.js';
import { kept, type Kept } from '../twin/rehearsed.js';

const FILES = [
  { ...streamFile(1, 5000), name: 'program' },
  { ...recordFile(2, [10, 0, 200]), fileType: 'points' },
  streamFile(3, 0),
];

interface Served {
  readonly io: FakeIo;
  readonly target: string;
  /** Ctrl-C, and what it came to. */
  end(): Promise<Ran>;
}

/** "bacvault twin" on the image, on a free port; resolves when it says where it stands. */
async function served({ stage, image: { id } }: Kept, ...args: readonly string[]): Promise<Served> {
  const io = fakeIo({ env: { REINIT: 'geheim' } });
  const engine = { ...realEngine, openRepository: () => Promise.resolve(stage.repository) };
  const running = ran(['twin', id, '--listen', '127.0.0.1:0', '--json', ...args], io, engine);
  let ended = false;
  void running.finally(() => (ended = true));
  while (!io.stdout.text.includes('\n')) {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the line above
    if (ended) throw new Error(`it ended: ${io.stderr.text}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [first = ''] = io.stdout.text.split('\n');
  const { target } = JSON.parse(first) as { readonly target: string };
  return {
    io,
    target,
    end: () => {
      io.interrupt();
      return running;
    },
  };
}

describe('twin', () => {
  it('is backed up over UDP into an image of the same content, says what happens to it, and ends at Ctrl-C with 0', async () => {
    const origin = await kept({ files: FILES, vendorName: 'Acme', serialNumber: '4711' }, [
      'eof-late=services-11',
    ]);
    const twin = await served(origin, '--fast');
    const client = await openClient({ local: { address: '127.0.0.1', port: 0 } });
    const repository = await initRepository('memory', { store: new MemoryStore(), defaultSite: 'test' });
    const { manifest } = await realEngine.backup(await client.device(twin.target), repository);
    await client.close();
    const result = await twin.end();
    expect(result.status, result.err).to.equal(0);
    const was = origin.image.manifest;
    expect(manifest.files).to.deep.equal(was.files);
    expect(manifest.device).to.deep.equal(was.device);
    expect(manifest.procedure.deviations).to.deep.equal(was.procedure.deviations);
    const [ready, ...events] = result.lines();
    expect(ready).to.deep.include({
      kind: 'twin',
      device: 1001,
      imageId: origin.image.id,
      files: 3,
      octets: 5210,
      notSimulated: [],
    });
    expect(ready?.['quirks']).to.have.length(1);
    expect(events.map((event) => `${String(event['kind'])} ${String(event['on'])}`)).to.deep.equal([
      'device-state start-backup',
      'device-state prepared',
      'device-state end-backup',
    ]);
  });

  it('has the password and the quirks that it is given', async () => {
    const twin = await served(
      await kept({ files: FILES }),
      '--password-env',
      'REINIT',
      '--quirk',
      'short-reads=100',
    );
    const client = await openClient({ local: { address: '127.0.0.1', port: 0 } });
    const repository = await initRepository('memory', { store: new MemoryStore() });
    const device = await client.device(twin.target);
    const refused = await realEngine.backup(device, repository).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'device-password');
    const { manifest } = await realEngine.backup(device, repository, { password: 'geheim' });
    await client.close();
    expect(manifest.procedure.requests).to.be.above(50);
    const { out, err } = await twin.end();
    expect(out + err)
      .to.contain('short-reads=100')
      .and.to.not.contain('geheim');
  });

  it('stands on no network without consent, and does not take one for another device', async () => {
    const engine = fakeEngine({ images: [image()] });
    const listen = (...args: string[]): Promise<Ran> =>
      ran(['twin', '1a2b', '--listen', '0.0.0.0:0', ...args], fakeIo(), engine);
    const none = await listen();
    expect(none.status).to.equal(2);
    expect(none.err).to.contain('--yes-device 1201').and.to.contain('Nothing was served');
    const other = await listen('--yes-device', '1202');
    expect(other.status).to.equal(2);
    expect(other.err).to.contain('--yes-device says 1202');
  });

  it('says that a port is taken, or that this computer does not have an address', async () => {
    const socket = createSocket('udp4').bind({ address: '127.0.0.1', port: 0, exclusive: true });
    await once(socket, 'listening');
    const origin = await kept({ files: FILES });
    const engine = { ...realEngine, openRepository: () => Promise.resolve(origin.stage.repository) };
    const at = (place: string, ...args: string[]): Promise<Ran> =>
      ran(['twin', origin.image.id, '--listen', place, ...args], fakeIo(), engine);
    const taken = await at(`127.0.0.1:${socket.address().port}`);
    expect(taken.status).to.equal(2);
    expect(taken.err).to.contain('another program has this port').and.to.contain('--listen');
    const foreign = await at('192.0.2.77:0', '--yes-device', '1001');
    expect(foreign.status).to.equal(2);
    expect(foreign.err).to.contain('this computer does not have the address');
    socket.close();
  });

  it('serves nothing of a damaged image', async () => {
    const damaged = await kept({ files: FILES });
    const { sha256 } = damaged.image.manifest.files[0]!;
    await damaged.stage.store.remove({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
    const engine = { ...realEngine, openRepository: () => Promise.resolve(damaged.stage.repository) };
    const result = await ran(['twin', damaged.image.id], fakeIo(), engine);
    expect(result).to.include({ status: 20, out: '' });
  });
});
