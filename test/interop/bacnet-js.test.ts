// @bacnet-js/client on both sides: it drives our simulated device, and our client backs up and restores a
// device built on it. What it cannot do (libraries.md) stands in the titles; records it can write and
// serve, but not read.

import { expect } from 'chai';
import { type Client, openLibrary, Tag, WHOLE_ARRAY } from './bacnet-js/library.js';
import { PASSWORD } from './support/cli.js';
import { type DevicePeer, INSTANCE, startBacnetJs, startSimulator } from './support/devices.js';
import { allHeld, damaged, octets, record, stream } from './support/files.js';
import { stopPeers } from './support/peer.js';
import { freePorts } from './support/ports.js';
import { dumpOf, heldBy, load, roundTripByCli, roundTripByLibrary } from './support/round-trip.js';

const FILE = 10;
const DEVICE_OBJECT = { type: 8, instance: INSTANCE };
const Property = {
  fileSize: 42,
  objectName: 77,
  recordCount: 141,
  configurationFiles: 154,
  state: 338,
} as const;
const [START_BACKUP, END_BACKUP, START_RESTORE, END_RESTORE] = [2, 3, 4, 5];
const [IDLE, BACKUP, RESTORE] = [0, 3, 4];

/** It sends one request a datagram of at most 1476 octets and never splits: sizes are the caller's job. */
const CHUNK = 1400;

describe('@bacnet-js/client and our simulated device', () => {
  let library: Client;

  beforeEach(async () => {
    const [port] = await freePorts(1);
    library = await openLibrary('127.0.0.4', port ?? 0);
  });

  afterEach(async () => {
    library.close();
    await stopPeers();
  });

  const at = ({ address, port }: DevicePeer): { address: string } => ({ address: `${address}:${port}` });
  const options = { password: PASSWORD };

  async function unsigned(
    device: DevicePeer,
    object: { type: number; instance: number },
    id: number,
  ): Promise<unknown> {
    return (await library.readProperty(at(device), object, id)).values[0]?.value;
  }

  it('hears the I-Am after its Who-Is', async () => {
    const device = await startSimulator({ files: [], maxApdu: 480 });
    const heard = new Promise<{ payload: { deviceId: number; maxApdu: number } }>((resolve) => {
      library.once('iAm', resolve);
    });
    library.whoIs(at(device), { lowLimit: INSTANCE, highLimit: INSTANCE });
    expect((await heard).payload).to.include({ deviceId: INSTANCE, maxApdu: 480 });
  });

  it('backs up and restores a stream file', async () => {
    const files = [stream(1, 20_000)];
    const device = await startSimulator({ files });
    const object = { type: FILE, instance: 1 };
    await library.reinitializeDevice(at(device), START_BACKUP, options);
    expect(await unsigned(device, DEVICE_OBJECT, Property.state)).to.equal(BACKUP);
    const content: Buffer[] = [];
    for (let position = 0, end = false; !end;) {
      const part = await library.readFile(at(device), object, position, CHUNK);
      expect(part.position).to.equal(position);
      content.push(Buffer.from(part.buffer));
      position += part.buffer.length;
      end = part.endOfFile;
    }
    await library.reinitializeDevice(at(device), END_BACKUP, options);
    const whole = Buffer.concat(content);
    expect(whole.equals(octets(20_000, 1))).to.equal(true);

    await load(device.peer, damaged(files));
    await library.reinitializeDevice(at(device), START_RESTORE, options);
    expect(await unsigned(device, DEVICE_OBJECT, Property.state)).to.equal(RESTORE);
    await library.writeProperty(
      at(device),
      object,
      Property.fileSize,
      [{ type: Tag.unsigned, value: 0 }],
      {},
    );
    for (let position = 0; position < whole.length; position += CHUNK) {
      const block = [...whole.subarray(position, position + CHUNK)];
      expect((await library.writeFile(at(device), object, position, [block])).position).to.equal(position);
    }
    await library.reinitializeDevice(at(device), END_RESTORE, options);
    expect(await unsigned(device, DEVICE_OBJECT, Property.state)).to.equal(IDLE);
    expect(await heldBy(device.peer)).to.deep.equal(allHeld(files));
  });

  it('restores a record file, which it cannot read', async () => {
    const files = [record(1, 0, 9, 300, 1)];
    const device = await startSimulator({ files });
    const object = { type: FILE, instance: 1 };
    await load(device.peer, damaged(files));
    await library.reinitializeDevice(at(device), START_RESTORE, options);
    await library.writeProperty(
      at(device),
      object,
      Property.recordCount,
      [{ type: Tag.unsigned, value: 0 }],
      {},
    );
    const [file] = files;
    const blocks = file?.access === 'record' ? file.records.map((each) => [...each]) : [];
    await library.writeFile(at(device), object, 0, blocks, { isStream: false });
    await library.reinitializeDevice(at(device), END_RESTORE, options);
    expect(await heldBy(device.peer)).to.deep.equal(allHeld(files));
  });

  it('reads several properties of several objects at once, and an array whole and by element', async () => {
    const device = await startSimulator({ files: [stream(1, 77), stream(2, 3)] });
    const { values } = await library.readPropertyMultiple(at(device), [
      { objectId: DEVICE_OBJECT, properties: [{ id: Property.state, index: WHOLE_ARRAY }] },
      { objectId: { type: FILE, instance: 1 }, properties: [{ id: Property.fileSize, index: WHOLE_ARRAY }] },
    ]);
    expect(values.map((part) => part.values[0]?.value[0]?.value)).to.deep.equal([IDLE, 77]);
    await library.reinitializeDevice(at(device), START_BACKUP, options);
    const whole = await library.readProperty(at(device), DEVICE_OBJECT, Property.configurationFiles);
    expect(whole.values.map(({ value }) => value)).to.deep.equal([
      { type: FILE, instance: 1 },
      { type: FILE, instance: 2 },
    ]);
    const count = await library.readProperty(at(device), DEVICE_OBJECT, Property.configurationFiles, {
      arrayIndex: 0,
    });
    expect(count.values[0]?.value).to.equal(2);
    await library.reinitializeDevice(at(device), END_BACKUP, options);
  });

  it('is refused with the wrong password', async () => {
    const device = await startSimulator({ files: [] });
    const refused = await library.reinitializeDevice(at(device), START_BACKUP, { password: 'wrong' }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof Error ? error.message : error),
    );
    expect(refused).to.equal('BacnetError - Class:4 - Code:26');
  });
});

describe('a device built on @bacnet-js/client and our client', () => {
  afterEach(stopPeers);

  const files = [stream(1, 20_000), stream(2, 0), stream(3, 1), record(4, 0, 1, 300, 17, 0), record(5)];

  it('gives all octets and records and takes them back, by the command line, without segmentation', async () => {
    const { peer, target } = await startBacnetJs({ files });
    const { restore } = await roundTripByCli(target, peer, files);
    expect(restore.readBack).to.equal('equal');
    expect((await dumpOf(peer)).state).to.equal(IDLE);
  });

  it('is found by Who-Is though it announces an APDU of 1482 octets, which no B/IP frame holds', async () => {
    const device = await startBacnetJs({ files: [stream(1, 5000)], address: '127.0.0.2' });
    const broadcast = `${device.address}:${device.port}`; // it hears no broadcast when bound to one address
    const { backup } = await roundTripByLibrary(String(INSTANCE), device.peer, [stream(1, 5000)], {
      broadcast,
    });
    expect(backup.manifest.reachedAt.maxApdu).to.be.at.most(1476);
  });
});
