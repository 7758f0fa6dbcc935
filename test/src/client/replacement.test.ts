// Devices that have no instance yet, and devices that come back with another one (binding): a new controller
// is bound by its address alone, and found again under the instance that it was given.

import { expect } from 'chai';
import type { Device } from '../../../src/client/index.js';
import { deviceAnswers, limitsOf, type Peer } from './peer.js';
import { CLIENT, type ClientWorld, clientWorld, DEVICE, engineError, OTHER } from './set-up.js';

const UNCONFIGURED = 4194303;

describe('binding an unconfigured device', () => {
  it('takes the device at the address that has no instance', async () => {
    const { client, peer, run } = clientWorld();
    peer(DEVICE, { confirmed: deviceAnswers(UNCONFIGURED, limitsOf(480, 3)) });
    const device = await run(client.device(`${UNCONFIGURED}@${DEVICE}`));
    expect(device.instance).to.equal(UNCONFIGURED);
    expect(device.limits.maxApdu).to.equal(480);
  });

  it('refuses a device that says its instance, also one that echoes the wildcard and says it in its I-Am alone', async () => {
    const honest = clientWorld();
    honest.peer(DEVICE, { confirmed: deviceAnswers(7, limitsOf(480, 3)) });
    const act = honest.client.device(`${UNCONFIGURED}@${DEVICE}`);
    expect((await honest.run(engineError(act, 'device-mismatch'))).message).to.include('device 7');

    const { client, peer, run } = clientWorld();
    const echoing = peer(DEVICE, { confirmed: deviceAnswers(UNCONFIGURED, limitsOf(480, 3)) });
    Object.defineProperty(echoing.whoIs, 'push', {
      value: () => {
        echoing.announce(7, CLIENT);
        return 1;
      },
    });
    const error = await run(engineError(client.device(`${UNCONFIGURED}@${DEVICE}`), 'device-mismatch'));
    expect(error.message).to.include('answers device 7, not an unconfigured one');
  });

  it('does not look for one by Who-Is', async () => {
    const { client, run, sent } = clientWorld();
    await run(engineError(client.device({ instance: UNCONFIGURED }), 'usage'));
    await run(engineError(client.device(String(UNCONFIGURED)), 'usage'));
    expect(sent).to.deep.equal([]);
  });
});

describe('binding again under another instance', () => {
  /** Binds the device at DEVICE under its first instance. */
  async function bound(instance: number): Promise<ClientWorld & { device: Device; first: Peer }> {
    const all = clientWorld();
    const first = all.peer(DEVICE, { confirmed: deviceAnswers(instance, limitsOf(480, 3)) });
    const device = await all.run(all.client.device(`${instance}@${DEVICE}`));
    return { ...all, device, first };
  }

  it('finds the device where it was, and takes the new instance', async () => {
    const { device, first, run } = await bound(9999);
    first.script = { confirmed: deviceAnswers(7, limitsOf(206, 3)) };
    await run(device.rebind({ instance: 7 }));
    expect(device.instance).to.equal(7);
    expect(device.limits.maxApdu).to.equal(206);
    await run(device.rebind());
    expect(device.instance).to.equal(7);
  });

  it('changes nothing when nobody answers to the new instance', async () => {
    const { device, run } = await bound(9999);
    await run(engineError(device.rebind({ instance: 7, waitMs: 2000 }), 'device-not-found'));
    expect(device.instance).to.equal(9999);
  });

  it('leaves the given address only when it may, and is tied to it again where the device stayed', async () => {
    for (const mayMove of [false, true]) {
      const { device, first, peer, run } = await bound(9999);
      first.script = {};
      peer(OTHER, { present: () => [{ at: undefined }], confirmed: deviceAnswers(7, limitsOf(480, 3)) });
      const act = device.rebind({ instance: 7, waitMs: 3000, mayMove });
      if (mayMove) await run(act);
      else await run(engineError(act, 'device-not-found'));
      expect(device.address).to.deep.equal({ link: mayMove ? OTHER : DEVICE });
    }
    const { device, first, peer, run } = await bound(9999);
    first.script = { confirmed: deviceAnswers(7, limitsOf(480, 3)) };
    await run(device.rebind({ instance: 7, mayMove: true }));
    first.script = {};
    peer(OTHER, { present: () => [{ at: undefined }], confirmed: deviceAnswers(7, limitsOf(480, 3)) });
    await run(engineError(device.rebind({ waitMs: 3000 }), 'device-not-found'));
  });
});
