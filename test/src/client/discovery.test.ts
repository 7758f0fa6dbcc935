// Asking who is there, over the wire.

import { expect } from 'chai';

import { decodeWhoIsRequest } from '../../../protocol/index.js';
import type { Announcement, Client, DiscoverOptions } from '../../../src/client/index.js';
import { CLIENT, clientWorld, DEVICE, engineError, OTHER } from './set-up.js';

async function all(client: Client, options?: DiscoverOptions): Promise<Announcement[]> {
  const found: Announcement[] = [];
  for await (const announcement of client.discover(options)) found.push(announcement);
  return found;
}

describe('discover', () => {
  it('asks three times, listens 3 s more, and ends', async () => {
    const { client, peer, run, sent, clock } = clientWorld();
    const silent = peer(DEVICE);
    expect(await run(all(client))).to.deep.equal([]);
    expect(sent.map(({ at }) => at)).to.deep.equal([0, 1000, 2000]);
    expect(silent.whoIs).to.deep.equal(Array(3).fill([undefined, undefined]));
    expect(clock.now()).to.equal(5000);
    expect(clock.pending).to.equal(0);
  });

  it('hands on every device and address once, with what its I-Am says', async () => {
    const { client, peer, run, clock } = clientWorld();
    const router = peer(DEVICE);
    const announce = () => {
      router.announce(1, CLIENT);
      router.announce(2, CLIENT, { network: 2001, mac: '11' }, 480, 'none');
      router.announce(2, CLIENT, { network: 2001, mac: '12' }, 480, 'none');
    };
    for (const at of [5, 10, 1500, 4900]) void clock.sleep(at).then(announce);
    expect(await run(all(client))).to.deep.equal([
      { instance: 1, address: { link: DEVICE }, maxApdu: 1476, segmentation: 'both', vendorId: 42 },
      {
        instance: 2,
        address: { link: DEVICE, network: 2001, mac: '11' },
        maxApdu: 480,
        segmentation: 'none',
        vendorId: 42,
      },
      {
        instance: 2,
        address: { link: DEVICE, network: 2001, mac: '12' },
        maxApdu: 480,
        segmentation: 'none',
        vendorId: 42,
      },
    ]);
  });

  it('hands on a device as soon as it is heard', async () => {
    const { client, peer, run, clock } = clientWorld();
    const device = peer(DEVICE);
    void clock.sleep(40).then(() => device.announce(1, CLIENT));
    const iterator = client.discover()[Symbol.asyncIterator]();
    const first = await run(iterator.next());
    expect(first.done).to.equal(false);
    expect(clock.now()).to.equal(41);
    await run(iterator.return!());
    expect(clock.pending).to.equal(0);
  });

  it('asks for the range and hands on nothing outside of it', async () => {
    const { client, peer, run, sent } = clientWorld();
    const device = peer(DEVICE);
    device.script = { present: () => [] };
    const found = run(all(client, { low: 10, high: 20, repeats: 0, waitMs: 100 }));
    for (const instance of [9, 10, 20, 21]) device.announce(instance, CLIENT);
    expect((await found).map(({ instance }) => instance)).to.deep.equal([10, 20]);
    expect(device.whoIs).to.deep.equal([[10, 20]]);
    expect(sent).to.have.length(1);
  });

  it('takes half a range for an open one, unconfigured devices included', async () => {
    const { client, peer, run } = clientWorld();
    const device = peer(DEVICE);
    await run(all(client, { low: 10, repeats: 0, waitMs: 10 }));
    await run(all(client, { high: 10, repeats: 0, waitMs: 10 }));
    expect(device.whoIs).to.deep.equal([
      [10, 4194303],
      [0, 10],
    ]);
  });

  it('refuses a range that is none', async () => {
    const { client, run, sent } = clientWorld();
    await run(engineError(all(client, { low: 20, high: 10 }), 'usage'));
    expect(sent).to.deep.equal([]);
  });

  it('asks one remote network only, and hands on nothing from elsewhere', async () => {
    const { client, peer, run, sent } = clientWorld();
    const router = peer(DEVICE);
    const found = run(all(client, { network: 2001, repeats: 0, waitMs: 100 }));
    router.announce(1, CLIENT);
    router.announce(2, CLIENT, { network: 2001, mac: '11' });
    router.announce(3, CLIENT, { network: 2002, mac: '11' });
    expect((await found).map(({ instance }) => instance)).to.deep.equal([2]);
    expect([...sent[0]!.octets.slice(4, 11)], 'NPDU with DNET 2001, no DADR').to.deep.equal([
      1, 0x20, 0x07, 0xd1, 0, 255, 0x10,
    ]);
    expect(decodeWhoIsRequest(sent[0]!.octets.slice(12))).to.deep.equal({});
  });

  it('listens as long as it is told, and asks as often', async () => {
    const { client, run, sent, clock } = clientWorld();
    await run(all(client, { repeats: 4, waitMs: 10_000 }));
    expect(sent).to.have.length(5);
    expect(clock.now()).to.equal(14_000);
  });

  it('never asks faster than its pace, whoever asks', async () => {
    const { client, peer, run, sent } = clientWorld();
    peer(OTHER);
    await run(Promise.all(Array.from({ length: 20 }, () => all(client, { repeats: 0, waitMs: 10 }))));
    expect(sent).to.have.length(20);
    expect(sent.at(-1)!.at).to.be.at.least(3400);
  });

  it('rejects with cancelled when its signal aborts or the client is closed', async () => {
    for (const how of ['signal', 'close'] as const) {
      const { client, run, clock } = clientWorld();
      const abort = new AbortController();
      const failed = engineError(all(client, { signal: abort.signal }), 'cancelled');
      void clock.sleep(1200).then(() => (how === 'signal' ? abort.abort('enough') : client.close()));
      await run(failed);
      expect(clock.now()).to.equal(1200);
      expect(clock.pending).to.equal(0);
    }
  });
});

describe('discover on our own network alone', () => {
  it('asks with a broadcast that no router passes on, and takes nobody from behind one', async () => {
    const { client, peer, run, clock, sent } = clientWorld();
    const device = peer(DEVICE);
    void clock.sleep(5).then(() => {
      device.announce(1, CLIENT);
      device.announce(2, CLIENT, { network: 2001, mac: '11' });
    });
    const found = await run(all(client, { network: 0, repeats: 0 }));
    expect(found.map(({ instance }) => instance)).to.deep.equal([1]);
    // No DNET in the NPCI: version, control 0.
    expect([...(sent[0]?.octets.slice(4, 6) ?? [])]).to.deep.equal([1, 0]);
  });
});

describe('discover with unasked answers', () => {
  it('hands on late answers to an earlier question, and only then', async () => {
    const late = async (unasked: boolean): Promise<number[]> => {
      const { client, peer, run, clock } = clientWorld();
      const device = peer(DEVICE);
      void clock.sleep(5).then(() => device.announce(7, CLIENT));
      const found = await run(all(client, { low: 100, high: 200, repeats: 0, unasked }));
      return found.map(({ instance }) => instance);
    };
    expect(await late(true)).to.deep.equal([7]);
    expect(await late(false)).to.deep.equal([]);
  });
});
