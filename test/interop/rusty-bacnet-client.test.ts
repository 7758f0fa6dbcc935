// rusty-bacnet as the client of our simulated device. Its procedure is the test's own, in Rust. It departs
// from clause 5.4.4.2: it acknowledges the first segment of an answer only when the window that the device
// proposed is full. The device sends that segment alone, so with a window above 1 each answer costs a repetition.

import { expect } from 'chai';
import { type ClientDone, type ClientOptions, startRustyClient } from './support/clients.js';
import { type DeviceOptions, startSimulator } from './support/devices.js';
import { allHeld, damaged, heldIn, record, stream } from './support/files.js';
import { stopPeers } from './support/peer.js';
import { dumpOf, heldBy, load } from './support/round-trip.js';

const files = [stream(1, 20_000), stream(2, 0), stream(3, 1), record(4, 0, 1, 300, 1200, 17), record(5)];
const LAN = { routerInstance: 9, linkNetwork: 1000, network: 2001, routerMac: 1, mac: 17 };
const ROUTED = { network: 2001, mac: 17, maxApdu: 480 };

async function bothWays(device: Partial<DeviceOptions>, client: ClientOptions): Promise<void> {
  const simulator = await startSimulator({ files, ...device });
  const peer = await startRustyClient(simulator, client);
  const saved = await peer.tell<ClientDone>({ kind: 'backup' });
  expect(heldIn(saved.files)).to.deep.equal(allHeld(device.files ?? files));
  await load(simulator.peer, damaged(device.files ?? files));
  await peer.tell({ kind: 'restore' });
  expect(await heldBy(simulator.peer)).to.deep.equal(allHeld(device.files ?? files));
  expect((await dumpOf(simulator.peer)).state).to.equal(0);
}

describe('a rusty-bacnet client and our simulated device', () => {
  afterEach(stopPeers);

  it('backs up and restores, each file request in one APDU', () =>
    bothWays({ files: [stream(1, 20_000), stream(2, 0), record(4, 0, 1, 300)] }, { chunk: 1400 }));

  it('backs up and restores, segmented both ways, several records at once', () =>
    bothWays({ window: 1 }, { chunk: 6000, recordsAtOnce: 3 }));

  it('backs up and restores with a window of 8, at the price of one repeated segment an answer', () =>
    bothWays(
      { window: 8, files: [stream(1, 5000), record(2, 900, 900)] },
      { chunk: 6000, recordsAtOnce: 2 },
    ));

  it('backs up and restores a device of 206 octets, segmented both ways', () =>
    bothWays({ maxApdu: 206, window: 1 }, { chunk: 3000, recordsAtOnce: 2, maxApdu: 206 }));

  it('backs up and restores a device of 50 octets that cannot segment', () =>
    bothWays(
      { maxApdu: 50, segmentation: 'no-segmentation', files: [stream(1, 1000), record(2, 0, 20, 7)] },
      { chunk: 32, maxApdu: 50 },
    ));

  // A routed request that it must segment takes it 8 s after the answer has come, also through a BACpypes3
  // router; and behind a router it takes 206 octets for all that passes. So one APDU each here.
  it('backs up and restores through our simulated router, each file request in one APDU of 206 octets', () =>
    bothWays(
      { maxApdu: 480, behind: LAN, files: [stream(1, 3000), stream(2, 0), record(4, 0, 1, 150, 17)] },
      { chunk: 160, maxApdu: 480, routed: ROUTED },
    ));

  it('creates a File object that is missing', async () => {
    const simulator = await startSimulator({ files });
    const peer = await startRustyClient(simulator, { chunk: 1400 });
    await peer.tell({ kind: 'backup' });
    await simulator.peer.tell({ kind: 'remove', instance: 1 });
    expect((await peer.tell<ClientDone>({ kind: 'restore' })).created).to.equal(1);
    expect(await heldBy(simulator.peer)).to.deep.equal(allHeld(files));
  });

  it('reads the refusals: wrong password, second START', async () => {
    const simulator = await startSimulator({ files });
    const peer = await startRustyClient(simulator, { chunk: 1400 });
    const start = { kind: 'reinitialize', state: 2 };
    const wrong = await peer.ask({ ...start, password: 'wrong' });
    expect(wrong['words']).to.match(/password/i);
    expect(await peer.ask(start)).to.include({ kind: 'done' });
    expect((await peer.ask(start))['words']).to.match(/configuration.in.progress/i);
    expect(await peer.ask({ kind: 'reinitialize', state: 3 })).to.include({ kind: 'done' });
  });
});
