// BACpypes3 as the client of our simulated device: "the other way round". The procedure that it runs is
// written after the standard, in Python, and knows nothing of our engine. No record file here is empty:
// BACpypes3 does not decode a list of no records ("fileRecordData is a required element").

import { expect } from 'chai';
import { type ClientDone, type ClientOptions, startBacpypes3Client } from './support/clients.js';
import { type DeviceOptions, INSTANCE, startSimulator } from './support/devices.js';
import { allHeld, damaged, heldIn, record, stream } from './support/files.js';
import { stopPeers } from './support/peer.js';
import { dumpOf, heldBy, load } from './support/round-trip.js';

const files = [stream(1, 20_000), stream(2, 0), stream(3, 1), record(4, 0, 1, 300, 1200, 17)];
const LAN = { routerInstance: 9, linkNetwork: 1000, network: 2001, routerMac: 1, mac: 17 };
const ROUTED = { network: 2001, mac: 17, maxApdu: 480 };

/** Whole backup and restore by the client; the simulator's own content is the judge. */
async function bothWays(device: Partial<DeviceOptions>, client: ClientOptions): Promise<void> {
  const simulator = await startSimulator({ files, ...device });
  const peer = await startBacpypes3Client(simulator, client);
  const bound = await peer.tell<{ instance: number; maxApdu: number }>({ kind: 'bind' });
  expect(bound).to.include({ instance: INSTANCE, maxApdu: device.maxApdu ?? 1476 });
  const saved = await peer.tell<ClientDone & { systemStatusDuring: string }>({ kind: 'backup' });
  expect(heldIn(saved.files)).to.deep.equal(allHeld(device.files ?? files));
  expect(saved.systemStatusDuring).to.equal('backupInProgress');
  await load(simulator.peer, damaged(device.files ?? files));
  const restored = await peer.tell<ClientDone & { systemStatusDuring: string }>({ kind: 'restore' });
  expect(restored.systemStatusDuring).to.equal('downloadInProgress');
  expect(await heldBy(simulator.peer)).to.deep.equal(allHeld(device.files ?? files));
  expect((await dumpOf(simulator.peer)).state).to.equal(0);
}

describe('a BACpypes3 client and our simulated device', () => {
  afterEach(stopPeers);

  it('backs up and restores, each file request in one APDU', () =>
    bothWays({ files: [stream(1, 20_000), stream(2, 0), record(4, 0, 1, 300)] }, { chunk: 1400 }));

  it('backs up and restores, segmented both ways, several records at once', () =>
    bothWays({}, { chunk: 6000, recordsAtOnce: 3 }));

  it('backs up and restores a device of 206 octets, segmented both ways', () =>
    bothWays({ maxApdu: 206 }, { chunk: 3000, recordsAtOnce: 2, maxApdu: 206 }));

  it('backs up and restores a device of 50 octets that cannot segment', () =>
    bothWays(
      { maxApdu: 50, segmentation: 'no-segmentation', files: [stream(1, 1000), record(2, 0, 20, 7)] },
      { chunk: 32, maxApdu: 50 },
    ));

  it('backs up and restores through our simulated router', () =>
    bothWays({ maxApdu: 480, behind: LAN }, { chunk: 2000, recordsAtOnce: 2, maxApdu: 480, routed: ROUTED }));

  it('creates a File object that is missing', async () => {
    const simulator = await startSimulator({ files });
    const peer = await startBacpypes3Client(simulator, { chunk: 1400 });
    await peer.tell({ kind: 'bind' });
    await peer.tell({ kind: 'backup' });
    await simulator.peer.tell({ kind: 'remove', instance: 1 });
    expect((await peer.tell<ClientDone>({ kind: 'restore' })).created).to.equal(1);
    expect(await heldBy(simulator.peer)).to.deep.equal(allHeld(files));
  });

  it('reads the refusals: wrong password, second START, END out of turn', async () => {
    const simulator = await startSimulator({ files });
    const peer = await startBacpypes3Client(simulator, { chunk: 1400 });
    const start = { kind: 'reinitialize', state: 'startBackup' };
    expect(await peer.ask({ ...start, password: 'wrong' })).to.include({
      words: 'security: password-failure',
    });
    expect(await peer.ask({ kind: 'reinitialize', state: 'endRestore' })).to.include({ kind: 'refused' });
    expect(await peer.ask(start)).to.include({ kind: 'done' });
    expect(await peer.ask(start)).to.include({ words: 'device: configuration-in-progress' });
    expect(await peer.ask({ kind: 'reinitialize', state: 'endBackup' })).to.include({ kind: 'done' });
  });
});
