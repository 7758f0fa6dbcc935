// The client against whole simulated devices, on its own link and behind a simulated router.

import { expect } from 'chai';

import type { Segmentation } from '../../../protocol/index.js';
import { createDevice, deviceConfig, type DeviceConfigInput, Router } from '../../../simulator/index.js';
import { type ClientWorld, clientWorld, DEVICE, engineError } from './set-up.js';

const FILE = { type: 10, instance: 1 };
const CONTENT = Uint8Array.from({ length: 5000 }, (_, at) => at % 251);

function config(input: DeviceConfigInput = {}) {
  return deviceConfig({
    instance: 7,
    files: [{ access: 'stream', instance: 1, content: CONTENT }],
    ...input,
  });
}

/** Device 7 behind a router at DEVICE: network 2001, MAC 17. */
function routed(input: DeviceConfigInput = {}, laneMaxApdu = 480): ClientWorld {
  const all = clientWorld();
  const router = new Router({ lanes: [{ network: 2001, latencyMs: 20, maxApdu: laneMaxApdu }] });
  router.attach(2001, '11', createDevice(config(input), { framing: 'npdu' }));
  all.world.add(router, DEVICE);
  return all;
}

async function read(all: ClientWorld, target: string, count: number) {
  const device = await all.run(all.client.device(target));
  const reply = await all.run(device.readFile({ file: FILE, access: 'stream', start: 100, count }));
  if (!reply.ok || reply.value.access !== 'stream') return { device, reply };
  return { device, octets: reply.value.octets };
}

describe('a client and a simulated device', () => {
  for (const maxApdu of [50, 128, 206, 480, 1024, 1476]) {
    for (const segmentation of ['none', 'transmit', 'receive', 'both'] as Segmentation[]) {
      it(`agree on ${maxApdu} octets and segmentation ${segmentation}`, async () => {
        const all = clientWorld();
        all.world.add(createDevice(config({ limits: { maxApdu, segmentation, maxSegments: 32 } })), DEVICE);
        const count = segmentation === 'none' || segmentation === 'receive' ? 30 : 1000;
        const { device, octets } = await read(all, '7', count);
        expect(device.limits).to.include({ maxApdu, segmentation });
        expect(octets).to.deep.equal(CONTENT.slice(100, 100 + count));
        await all.client.close();
        await all.run(all.clock.sleep(1));
        expect(all.clock.pending).to.equal(0);
      });
    }
  }

  it('find each other through a router, by Who-Is and by network and MAC', async () => {
    const limits = { maxApdu: 480, segmentation: 'none' } as const;
    for (const target of ['7', `7@2001:17@${DEVICE}`]) {
      const { device, octets } = await read(routed({ limits }), target, 400);
      expect(device.address).to.deep.equal({ link: DEVICE, network: 2001, mac: '11' });
      expect(device.limits).to.deep.equal(limits);
      expect(octets).to.deep.equal(CONTENT.slice(100, 500));
    }
  });

  it('move a segmented answer through a router', async () => {
    const { octets } = await read(routed({ limits: { maxApdu: 480, segmentation: 'both' } }), '7', 3000);
    expect(octets).to.deep.equal(CONTENT.slice(100, 3100));
  });

  it('find out what a narrow path carries when the device claims more', async () => {
    const all = routed({ limits: { maxApdu: 1476, segmentation: 'none' } }, 206);
    const device = await all.run(all.client.device('7'));
    const write = (octets: number) =>
      all.run(device.writeFile({ file: FILE, access: 'stream', start: 0, octets: new Uint8Array(octets) }));
    const limits = [device.limits.maxApdu];
    for (const octets of [1400, 1000, 460]) {
      const reply = await write(octets);
      expect(reply.ok ? reply : reply.refusal.kind).to.equal('network-reject');
      limits.push(device.limits.maxApdu);
    }
    expect(limits).to.deep.equal([1476, 1024, 480, 206]);
    const reached = await write(180);
    expect(reached.ok ? 'ok' : reached.refusal.kind, 'the device itself answers').to.equal('error');
  });

  it('say no route to a network that the router does not have', async () => {
    const all = routed();
    const error = await all.run(engineError(all.client.device(`7@2002:17@${DEVICE}`), 'device-no-route'));
    expect(error.message).to.include('network 2002').and.include(DEVICE);
  });

  it('say silent for a MAC that nobody has', async () => {
    const all = routed();
    await all.run(engineError(all.client.device(`7@2001:18@${DEVICE}`), 'device-silent'));
  });

  it('discover devices on both sides of the router', async () => {
    const all = routed();
    all.world.add(createDevice(config({ instance: 8 })), '10.0.0.8:47808');
    const found: number[] = [];
    await all.run(
      (async () => {
        for await (const { instance } of all.client.discover()) found.push(instance);
      })(),
    );
    expect(found.sort()).to.deep.equal([7, 8]);
  });

  it('get through heavy loss, duplicates and reordering', async () => {
    const all = clientWorld({}, { seed: 5, link: { lossRate: 0.2, duplicateRate: 0.2, reorderRate: 0.2 } });
    all.world.add(createDevice(config()), DEVICE);
    const device = await all.run(all.client.device(`7@${DEVICE}`));
    for (let start = 0; start < 4000; start += 400) {
      const reply = await all.run(
        device.readFile({ file: FILE, access: 'stream', start, count: 400 }, { retries: 20 }),
      );
      if (!reply.ok || reply.value.access !== 'stream') throw new Error(`no octets at ${start}`);
      expect(reply.value.start).to.equal(start);
      expect(reply.value.octets).to.deep.equal(CONTENT.slice(start, start + 400));
    }
  });
});
