// How a client finds a device: by Who-Is and at static addresses (identify), and what it refuses to choose.

import { expect } from 'chai';

import type { Device } from '../../../src/client/index.js';
import { CLIENT, type ClientWorld, clientWorld, DEVICE, engineError, OTHER } from './set-up.js';
import { complexAck, deviceAnswers, limitsOf, type Peer } from './peer.js';

const ROUTED = { network: 2001, mac: '11' };

describe('binding by Who-Is', () => {
  it('finds the device, asks for its one instance only, and takes the smaller of I-Am and property 62', async () => {
    const { client, peer, run } = clientWorld();
    const found = peer(DEVICE, {
      present: (instance) => (instance === 7 ? [{ at: undefined, maxApdu: 1476 }] : []),
      confirmed: deviceAnswers(7, limitsOf(1024, 0)),
    });
    const device = await run(client.device('7'));
    expect(device.instance).to.equal(7);
    expect(device.address).to.deep.equal({ link: DEVICE });
    expect(device.limits).to.deep.equal({ maxApdu: 1024, segmentation: 'both', maxSegments: 16 });
    expect(device.accepts).to.deep.equal({ maxApdu: 1476, segmentation: 'both', maxSegments: 64 });
    expect(device.vendorId).to.equal(42);
    expect(device.client).to.equal(client);
    expect(found.whoIs).to.deep.equal([[7, 7]]);
  });

  it('keeps what the I-Am said where the properties are not readable', async () => {
    const { client, peer, run } = clientWorld();
    peer(DEVICE, { present: () => [{ at: undefined, maxApdu: 480 }], confirmed: deviceAnswers(7) });
    const device = await run(client.device('7'));
    expect(device.limits).to.deep.equal({ maxApdu: 480, segmentation: 'both' });
    expect(device.vendorId).to.equal(42);
  });

  it('believes the properties about segmentation, and asks for segments only where there are some', async () => {
    const { client, peer, run } = clientWorld();
    const found = peer(DEVICE, {
      present: () => [{ at: undefined }],
      confirmed: deviceAnswers(7, limitsOf(480, 3)),
    });
    const device = await run(client.device('7'));
    expect(device.limits).to.deep.equal({ maxApdu: 480, segmentation: 'none' });
    expect(found.heard).to.have.length(2);
  });

  it('asks again after 2 and 4 more seconds when nobody answers', async () => {
    const { client, peer, run, sent } = clientWorld();
    const late = peer(DEVICE, { confirmed: deviceAnswers(7, limitsOf(480, 3)) });
    late.script = { ...late.script, present: () => (late.whoIs.length === 3 ? [{ at: undefined }] : []) };
    await run(client.device('7'));
    const questions = sent.filter(({ to }) => to !== DEVICE).map(({ at }) => at);
    expect(questions).to.deep.equal([0, 2000, 6000]);
  });

  it('gives up when the wait is over, and says which device it looked for', async () => {
    const { client, peer, run, clock } = clientWorld();
    const silent = peer(DEVICE);
    const error = await run(engineError(client.device('7'), 'device-not-found'));
    expect(error.message).to.include('Device 7');
    expect(clock.now()).to.equal(10_000);
    expect(silent.whoIs).to.have.length(3);
    await run(engineError(client.device('8', { waitMs: 500 }), 'device-not-found'));
    expect(clock.now()).to.equal(10_500);
    expect(clock.pending).to.equal(0);
  });

  it('refuses to choose between two devices of one instance, and names both', async () => {
    const { client, peer, run, world } = clientWorld();
    peer(DEVICE, { present: () => [{ at: undefined }], confirmed: deviceAnswers(7) });
    const twin = peer(OTHER);
    twin.script = {
      present: (instance) => {
        void world.clock.sleep(800).then(() => twin.announce(instance, CLIENT, ROUTED));
        return [];
      },
    };
    const error = await run(engineError(client.device('7'), 'device-duplicate'));
    expect(error.message).to.include('instance 7').and.include(DEVICE);
    expect(error.message).to.include('MAC 17 of network 2001 behind router 10.0.0.3:47808');
    expect(error.details['addresses']).to.deep.equal([{ link: DEVICE }, { link: OTHER, ...ROUTED }]);
  });

  it('takes one device behind two routers for one device', async () => {
    const { client, peer, run } = clientWorld();
    const answers = { present: () => [{ at: ROUTED }], confirmed: deviceAnswers(7, limitsOf(480, 3)) };
    peer(DEVICE, answers);
    peer(OTHER, answers);
    const device = await run(client.device('7'));
    expect(device.address).to.include(ROUTED);
  });

  it('learns network, MAC and router from an I-Am that came through a router', async () => {
    const { client, peer, run } = clientWorld();
    const router = peer(DEVICE, {
      present: () => [{ at: ROUTED, maxApdu: 480 }],
      confirmed: deviceAnswers(7, limitsOf(480, 3)),
    });
    const device = await run(client.device('7'));
    expect(device.address).to.deep.equal({ link: DEVICE, ...ROUTED });
    expect(device.limits).to.deep.equal({ maxApdu: 480, segmentation: 'none' });
    expect(router.heard.map(({ at }) => at)).to.deep.equal(Array(router.heard.length).fill(ROUTED));
  });

  it('ignores I-Ams of other instances, and those that do not decode', async () => {
    const { client, peer, run } = clientWorld();
    const noisy = peer(DEVICE);
    noisy.script = {
      present: () => {
        noisy.announce(8, CLIENT);
        noisy.send({ type: 'unconfirmed-request', service: 0, payload: Uint8Array.of(0xc4, 1) }, CLIENT);
        return [];
      },
    };
    await run(engineError(client.device('7', { waitMs: 1000 }), 'device-not-found'));
  });

  it('calls a device silent that announces itself and answers nothing', async () => {
    const { client, peer, run } = clientWorld();
    peer(DEVICE, { present: () => [{ at: undefined }] });
    const error = await run(engineError(client.device('7'), 'device-silent'));
    expect(error.message)
      .to.include('Device 7')
      .and.include(DEVICE)
      .and.include('no answer after 4 attempts');
  });
});

describe('binding at a static address', () => {
  it('finds the device without asking anybody else', async () => {
    const { client, peer, run, sent } = clientWorld();
    peer(DEVICE, { confirmed: deviceAnswers(7, limitsOf(1024, 1)) });
    const device = await run(client.device(`7@${DEVICE}`));
    expect(device.address).to.deep.equal({ link: DEVICE });
    expect(device.limits).to.deep.equal({ maxApdu: 1024, segmentation: 'transmit', maxSegments: 16 });
    expect(new Set(sent.map(({ to }) => to))).to.deep.equal(new Set([DEVICE]));
  });

  it('finds a device behind a router', async () => {
    const { client, peer, run } = clientWorld();
    const router = peer(DEVICE, { confirmed: deviceAnswers(7, limitsOf(480, 3)) });
    const device = await run(client.device(`7@2001:17@${DEVICE}`));
    expect(device.address).to.deep.equal({ link: DEVICE, ...ROUTED });
    for (const { at, expectingReply } of router.heard) {
      expect(at).to.deep.equal(ROUTED);
      expect(expectingReply).to.equal(true);
    }
  });

  it('assumes 480 octets and no segments of a device that says nothing about itself', async () => {
    const { client, peer, run } = clientWorld();
    peer(DEVICE, { confirmed: deviceAnswers(7) });
    const device = await run(client.device(`7@${DEVICE}`));
    expect(device.limits).to.deep.equal({ maxApdu: 480, segmentation: 'none' });
    expect(device.vendorId).to.equal(undefined);
  });

  it('refuses another device that answers there, and names both', async () => {
    for (const wildcard of [true, false]) {
      const { client, peer, run } = clientWorld();
      peer(DEVICE, { confirmed: deviceAnswers(8, limitsOf(480, 3), { wildcard }) });
      const error = await run(engineError(client.device(`7@${DEVICE}`), 'device-mismatch'));
      expect(error.message).to.include('not device 7').and.include(DEVICE);
      expect(error.message).to.include(wildcard ? 'device 8' : 'does not say its instance');
      expect(error.details['found']).to.equal(wildcard ? 8 : undefined);
    }
  });

  it('refuses a device that answers to the right instance with another one', async () => {
    const { client, peer, run } = clientWorld();
    const identity = { type: 'object-identifier', object: { type: 8, instance: 9 } } as const;
    peer(DEVICE, { confirmed: deviceAnswers(7, { 75: identity }) });
    const error = await run(engineError(client.device(`7@${DEVICE}`), 'device-mismatch'));
    expect(error.message).to.include('device 9');
  });

  it('calls a device refusing that does not say who it is, with its own words', async () => {
    const { client, peer, run } = clientWorld();
    peer(DEVICE, { confirmed: ({ invokeId }) => ({ type: 'abort', server: true, invokeId, reason: 5 }) });
    const error = await run(engineError(client.device(`7@${DEVICE}`), 'device-refused'));
    expect(error.message).to.include('ABORT: SECURITY_ERROR');
    peer(OTHER, { confirmed: (request) => complexAck(request, Uint8Array.of(1, 2, 3)) });
    const broken = await run(engineError(client.device(`7@${OTHER}`), 'device-refused'));
    expect(broken.message).to.include('does not decode');
  });

  it('calls nobody at the address silent, after one question and three repetitions', async () => {
    const { client, run, sent, clock } = clientWorld();
    const error = await run(engineError(client.device(`7@${DEVICE}`), 'device-silent'));
    expect(error.message).to.include('Device 7').and.include(DEVICE);
    expect(sent.map(({ at }) => at)).to.deep.equal([0, 3000, 6000, 9000]);
    expect(clock.pending).to.equal(0);
  });

  it('has no route when the router rejects the network, and names network and router', async () => {
    const { client, peer, run, clock } = clientWorld();
    const router = peer(DEVICE);
    router.script = {
      confirmed: () => {
        router.message({ kind: 'reject-message-to-network', reason: 1, network: 2001 }, CLIENT);
        return undefined;
      },
    };
    const error = await run(engineError(client.device(`7@2001:17@${DEVICE}`), 'device-no-route'));
    expect(error.message).to.include('network 2001').and.include(DEVICE);
    expect(clock.now(), 'it need not wait').to.be.below(100);
  });

  it('has no route when neither device nor router say anything', async () => {
    const { client, run, clock } = clientWorld();
    const error = await run(engineError(client.device(`7@2001:17@${DEVICE}`), 'device-no-route'));
    expect(error.message)
      .to.include('network 2001')
      .and.include(DEVICE)
      .and.include('neither the device nor the router');
    expect(clock.pending).to.equal(0);
  });

  it('does not take the word of another router, or about another network, for a route', async () => {
    const { client, peer, run } = clientWorld();
    const other = peer(OTHER);
    peer(DEVICE, {
      message: () => {
        other.message({ kind: 'i-am-router-to-network', networks: [2001] }, CLIENT);
        return { kind: 'i-am-router-to-network', networks: [2002] };
      },
    });
    await run(engineError(client.device(`7@2001:17@${DEVICE}`), 'device-no-route'));
  });

  it('calls the device silent when the router knows the network', async () => {
    const { client, peer, run } = clientWorld();
    peer(DEVICE, {
      message: (message) =>
        message.kind === 'who-is-router-to-network' && message.network === 2001
          ? { kind: 'i-am-router-to-network', networks: [2001] }
          : undefined,
    });
    const error = await run(engineError(client.device(`7@2001:17@${DEVICE}`), 'device-silent'));
    expect(error.message).to.include('MAC 17 of network 2001');
  });
});

describe('binding again', () => {
  const answers = deviceAnswers(7, limitsOf(480, 3));

  /** Binds device 7 at DEVICE; static or by Who-Is. */
  async function bound(given: boolean): Promise<ClientWorld & { device: Device; first: Peer }> {
    const all = clientWorld();
    const first = all.peer(DEVICE, { present: () => [{ at: undefined }], confirmed: answers });
    const device = await all.run(all.client.device(given ? `7@${DEVICE}` : '7'));
    return { ...all, device, first };
  }

  it('follows a device that was found by Who-Is to its new address and reads its limits again', async () => {
    const { device, first, peer, run } = await bound(false);
    first.script = {};
    peer(OTHER, {
      present: () => [{ at: ROUTED, maxApdu: 206 }],
      confirmed: deviceAnswers(7, limitsOf(206, 3)),
    });
    await run(device.rebind());
    expect(device.address).to.deep.equal({ link: OTHER, ...ROUTED });
    expect(device.limits.maxApdu).to.equal(206);
  });

  it('finds a device that answers no Who-Is where it was', async () => {
    for (const given of [true, false]) {
      const { device, first, run } = await bound(given);
      first.script = { confirmed: deviceAnswers(7, limitsOf(128, 3)) };
      await run(device.rebind());
      expect(device.address).to.deep.equal({ link: DEVICE });
      expect(device.limits.maxApdu).to.equal(128);
    }
  });

  it('keeps asking while the device restarts', async () => {
    const { device, first, run, clock } = await bound(true);
    const start = clock.now();
    first.script = {};
    const back = clock.sleep(31_000).then(() => void (first.script = { confirmed: answers }));
    await run(Promise.all([device.rebind({ waitMs: 60_000 }), back]));
    expect(clock.now() - start).to.be.within(31_000, 45_000);
    expect(clock.pending).to.equal(0);
  });

  it('never leaves an address that the user gave for another one, and warns of the other', async () => {
    const { device, first, peer, run, warnings } = await bound(true);
    first.script = {};
    peer(OTHER, { present: () => [{ at: undefined }], confirmed: answers });
    const error = await run(engineError(device.rebind({ waitMs: 5000 }), 'device-not-found'));
    expect(error.message).to.include(DEVICE);
    expect(warnings.join()).to.include(OTHER);
    expect(device.address).to.deep.equal({ link: DEVICE });
  });

  it('refuses to choose when a second device has taken the instance', async () => {
    const { device, peer, run } = await bound(false);
    peer(OTHER, { present: () => [{ at: undefined }], confirmed: answers });
    await run(engineError(device.rebind(), 'device-duplicate'));
  });

  it('does not take another device at the old address for the one it looks for', async () => {
    const { device, first, run } = await bound(true);
    first.script = { confirmed: deviceAnswers(8, limitsOf(480, 3)) };
    await run(engineError(device.rebind({ waitMs: 3000 }), 'device-not-found'));
  });
});

describe('binding that is cancelled', () => {
  const ways: readonly (readonly [string, string])[] = [
    ['by Who-Is', '7'],
    ['at a static address', `7@${DEVICE}`],
    ['behind a router', `7@2001:17@${DEVICE}`],
  ];
  for (const [way, target] of ways) {
    it(`${way} rejects at once and leaves nothing pending`, async () => {
      // Every one of them is still looking after 11 s, in different ways.
      for (const cancelAt of [0, 1500, 11_000]) {
        const { client, run, clock } = clientWorld();
        const abort = new AbortController();
        const failed = engineError(
          client.device(target, { signal: abort.signal, waitMs: 60_000 }),
          'cancelled',
        );
        void clock.sleep(cancelAt).then(() => abort.abort('enough'));
        await run(failed);
        expect(clock.now()).to.equal(cancelAt);
        expect(clock.pending).to.equal(0);
      }
    });

    it(`${way} rejects when the client is closed`, async () => {
      const { client, run, clock } = clientWorld();
      const failed = engineError(client.device(target), 'cancelled');
      void clock.sleep(1500).then(() => client.close());
      expect((await run(failed)).message).to.equal('The client was closed.');
      expect(clock.pending).to.equal(0);
    });
  }

  it('rejects when it has not even begun, and sends nothing', async () => {
    const { client, sent } = clientWorld();
    await engineError(client.device('7', { signal: AbortSignal.abort() }), 'cancelled');
    await client.close();
    await engineError(client.device('7'), 'cancelled');
    expect(sent).to.deep.equal([]);
  });
});
