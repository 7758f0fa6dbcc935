// An MS/TP network takes one transfer at a time, and one of its devices says nothing for a while. Its
// neighbours, in procedures of their own, must not lose them for that: their watchdogs wait 20 s, and the
// repetitions of one unanswered question last 40 s (swarm seed 61042).

import { expect } from 'chai';
import { createDevice, deviceConfig, quirkNamed, Router, World } from '../../simulator/index.js';
import { createClient } from '../../src/client/index.js';
import { backup, restore } from '../../src/procedure/index.js';
import { initRepository, MemoryStore } from '../../src/repository/index.js';
import { CLIENT_LINK, NETWORK, ROUTER_LINK, streamFile } from '../support/world.js';

const NEIGHBOURS = 6;

/** So many devices on one lane; the first `silent` of them stop answering for two minutes, at their third read. */
function lane(silent: number) {
  const world = new World();
  const router = new Router({ lanes: [{ network: NETWORK, latencyMs: 10, octetMs: 0.26 }] });
  const devices = Array.from({ length: silent + NEIGHBOURS }, (_, i) => {
    const config = deviceConfig({
      instance: 1001 + i,
      files: [streamFile(1, 2000)],
      limits: { maxApdu: 480, segmentation: 'none' },
      procedure: { backupFailureTimeoutS: 20 },
      quirks: i < silent ? [quirkNamed('silent-after-reads', '2@120')] : [],
    });
    const device = createDevice(config, { framing: 'npdu' });
    router.attach(NETWORK, (10 + i).toString(16).padStart(2, '0'), device);
    return device;
  });
  world.add(router, ROUTER_LINK);
  const { clock } = world;
  const client = createClient({
    clock,
    transport: world.transport(CLIENT_LINK),
    random: world.random('client'),
  });
  const find = (i: number) => client.device(`${1001 + i}@${NETWORK}:${10 + i}@${ROUTER_LINK}`);
  const open = () =>
    initRepository(new MemoryStore(), {
      place: 'memory',
      clock,
      random: world.random('r'),
      defaultSite: 's',
    });
  return { world, devices, find, open };
}

describe('a silent neighbour on an MS/TP network', () => {
  for (const silent of [1, 3]) {
    it(`costs no other device its backup or its restore (${silent} silent, ${NEIGHBOURS} at work)`, async () => {
      const { world, devices, find, open } = lane(silent);
      const repository = await open();
      const work = devices.map(async (device, i) => {
        const found = await find(i);
        if (i < silent) {
          await backup(found, repository).catch(() => undefined);
          return;
        }
        const { imageId } = await backup(found, repository);
        device.setFile(1, new Uint8Array(50).fill(7), world.clock.now());
        await restore(found, repository, imageId, { expect: { instance: device.instance } });
        expect(device.fileOctets(1)).to.deep.equal(streamFile(1, 2000).content);
      });
      await world.run(Promise.all(work));
    });
  }
});
