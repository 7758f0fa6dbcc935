// The thirteen cases that 135.1 asks of a device with DM-BR-B, clause 13.8.1 (protocol.md 6.1), from the
// outside: a client, a device, and nothing else.

import { expect } from 'chai';
import { PropertyId as P, type ObjectId } from '../../../protocol/index.js';
import {
  bench,
  type Bench,
  device,
  file,
  octets,
  ramp,
  record,
  stream,
  TestClient,
  unsigned,
} from '../support.js';

const DEVICE = device();
const BUSY = 'DEVICE: CONFIGURATION_IN_PROGRESS';
const RECORDS = [octets(1, 2, 3), octets(), octets(4)];
const files = [stream(4, ramp(1000)), record(2, RECORDS), stream(7, octets())];

const status = (b: Bench): Promise<unknown> => b.client.value(DEVICE, P.systemStatus);

/** Every configuration file as a client reads it: by File_Size for streams, one by one for records. */
async function readAll({ client }: Bench): Promise<Map<number, Uint8Array | Uint8Array[]>> {
  const content = new Map<number, Uint8Array | Uint8Array[]>();
  const count = (await client.value(DEVICE, P.configurationFiles, 0)) as number;
  expect(count).to.be.greaterThan(0);
  for (let index = 1; index <= count; index++) {
    const [value] = (await client.readProperty(DEVICE, P.configurationFiles, index)) as unknown as [
      { object: ObjectId },
    ];
    expect(value.object.type).to.equal(10);
    const id = value.object.instance;
    expect(await client.value(file(id), P.objectName)).to.be.a('string');
    content.set(
      id,
      (await client.value(file(id), P.fileAccessMethod)) === 1 ? await octetsOf(id) : await recordsOf(id),
    );
  }
  return content;

  async function octetsOf(id: number): Promise<Uint8Array> {
    const size = (await client.value(file(id), P.fileSize)) as number;
    const parts: number[] = [];
    for (let ended = false; !ended;) {
      const ack = await client.readFile(id, 'stream', parts.length, 479);
      if (typeof ack === 'string' || ack.access !== 'stream') throw new Error(JSON.stringify(ack));
      parts.push(...ack.octets);
      ended = ack.endOfFile;
    }
    expect(parts).to.have.length(size);
    return Uint8Array.from(parts);
  }

  async function recordsOf(id: number): Promise<Uint8Array[]> {
    const records: Uint8Array[] = [];
    for (let ended = false; !ended;) {
      const ack = await client.readFile(id, 'record', records.length, 1);
      if (typeof ack === 'string' || ack.access !== 'record') throw new Error(JSON.stringify(ack));
      records.push(...ack.records);
      ended = ack.endOfFile;
    }
    expect(records).to.have.length((await client.value(file(id), P.recordCount)) as number);
    return records;
  }
}

describe('135.1 clause 13.8.1, device B', () => {
  it('13.8.1.1 a full backup and restore puts every file back, and shows in 155 and 157', async () => {
    const b = bench({ files });
    const { client, device: view } = b;
    const revision = await client.value(DEVICE, P.databaseRevision);
    const restoreTime = await client.readProperty(DEVICE, P.lastRestoreTime);
    expect(await client.writeProperty(DEVICE, P.backupFailureTimeout, [unsigned(120)])).to.equal('ack');

    expect(await client.reinitialize('startBackup')).to.equal('ack');
    expect(await client.value(DEVICE, P.backupAndRestoreState)).to.equal(3);
    const image = await readAll(b);
    expect([...image.keys()]).to.deep.equal([4, 2, 7]);
    expect(await client.reinitialize('endBackup')).to.equal('ack');

    view.setFile(4, octets(9), 0);
    view.removeFile(2);
    view.setFile(7, ramp(50), 0);

    expect(await client.reinitialize('startRestore')).to.equal('ack');
    expect(await client.value(DEVICE, P.backupAndRestoreState)).to.equal(4);
    expect(await client.createObject({ object: file(2) })).to.deep.equal(file(2));
    for (const [id, content] of image) {
      expect(await client.value(file(id), P.readOnly)).to.equal(false);
      const size = content instanceof Uint8Array ? P.fileSize : P.recordCount;
      expect(await client.writeProperty(file(id), size, [unsigned(0)])).to.equal('ack');
      for (let at = 0; at < content.length; at += 400)
        expect(await client.writeFile(id, at, content.slice(at, at + 400))).to.equal(at);
    }
    expect(await client.reinitialize('endRestore')).to.equal('ack');

    expect(view.fileOctets(4)).to.deep.equal(ramp(1000));
    expect(view.fileRecords(2)).to.deep.equal(RECORDS);
    expect(view.fileOctets(7)).to.deep.equal(octets());
    expect(await client.value(DEVICE, P.backupAndRestoreState)).to.equal(0);
    expect(await status(b)).to.equal(0);
    expect(await client.value(DEVICE, P.databaseRevision)).to.equal((revision as number) + 1);
    expect(await client.readProperty(DEVICE, P.lastRestoreTime)).to.not.deep.equal(restoreTime);
  });

  it('13.8.1.2 START_BACKUP while a backup runs, from another client: DEVICE/CONFIGURATION_IN_PROGRESS', async () => {
    const b = bench({ files });
    const other = new TestClient(b.world, '10.0.0.3:47808');
    expect(await b.client.reinitialize('startBackup')).to.equal('ack');
    expect(await other.reinitialize('startBackup')).to.equal(BUSY);
    expect(b.device.backupState).to.equal(3);
  });

  it('13.8.1.3 START_BACKUP while a restore runs: refused, and ABORT_RESTORE is still accepted', async () => {
    const { client } = bench({ files });
    await client.reinitialize('startRestore');
    expect(await client.reinitialize('startBackup')).to.equal(BUSY);
    expect(await client.reinitialize('abortRestore')).to.equal('ack');
  });

  it('13.8.1.4 START_RESTORE while a backup runs, from another client: refused', async () => {
    const b = bench({ files });
    const other = new TestClient(b.world, '10.0.0.3:47808');
    await b.client.reinitialize('startBackup');
    expect(await other.reinitialize('startRestore')).to.equal(BUSY);
    expect(await b.client.reinitialize('endBackup')).to.equal('ack');
  });

  it('13.8.1.5 START_RESTORE while a restore runs: refused', async () => {
    const { client } = bench({ files });
    await client.reinitialize('startRestore');
    expect(await client.reinitialize('startRestore')).to.equal(BUSY);
    expect(await client.reinitialize('abortRestore')).to.equal('ack');
  });

  it('13.8.1.6 a procedure ends by itself after Backup_Failure_Timeout', async () => {
    const b = bench({ files });
    expect(await b.client.writeProperty(DEVICE, P.backupFailureTimeout, [unsigned(30)])).to.equal('ack');
    expect(await b.client.value(DEVICE, P.backupFailureTimeout)).to.equal(30);
    await b.client.reinitialize('startBackup');
    await b.world.advance(40_000);
    expect(await status(b)).to.not.equal(5);
    await b.client.reinitialize('startRestore');
    await b.world.advance(40_000);
    expect(await status(b)).to.not.equal(3);
    expect(await b.client.reinitialize('startBackup')).to.equal('ack');
  });

  it('13.8.1.7 END_BACKUP and ABORT_RESTORE end a procedure at once', async () => {
    const b = bench({ files });
    await b.client.reinitialize('startBackup');
    await b.client.reinitialize('endBackup');
    expect(await status(b)).to.not.equal(5);
    await b.client.reinitialize('startRestore');
    await b.client.reinitialize('abortRestore');
    expect(await status(b)).to.not.equal(3);
  });

  it('13.8.1.8 START_BACKUP with an invalid password: SECURITY/PASSWORD_FAILURE', async () => {
    const b = bench({ files, password: 'secret' });
    expect(await b.client.reinitialize('startBackup', 'wrong')).to.equal('SECURITY: PASSWORD_FAILURE');
    expect(await b.client.reinitialize('startBackup')).to.equal('SECURITY: PASSWORD_FAILURE');
    expect(await status(b)).to.equal(0);
  });

  it('13.8.1.9 START_RESTORE with an invalid password: SECURITY/PASSWORD_FAILURE', async () => {
    const b = bench({ files, password: 'secret' });
    expect(await b.client.reinitialize('startRestore', 'wrong')).to.equal('SECURITY: PASSWORD_FAILURE');
    expect(await status(b)).to.equal(0);
  });

  it('13.8.1.10 a backup with any password, when none is required', async () => {
    const b = bench({ files });
    expect(await b.client.reinitialize('startBackup', 'any at all')).to.equal('ack');
    expect(await b.client.reinitialize('endBackup', 'another')).to.equal('ack');
    expect(await status(b)).to.not.equal(5);
  });

  it('13.8.1.11 a restore with any password, when none is required', async () => {
    const b = bench({ files });
    expect(await b.client.reinitialize('startRestore', 'any at all')).to.equal('ack');
    expect(await b.client.reinitialize('endRestore', 'another')).to.equal('ack');
    expect(await status(b)).to.not.equal(3);
  });

  it('13.8.1.12 System_Status is backup-in-progress during a backup', async () => {
    const b = bench({ files });
    await b.client.reinitialize('startBackup');
    expect(await status(b)).to.equal(5);
  });

  it('13.8.1.13 System_Status is download-in-progress during a restore', async () => {
    const b = bench({ files });
    await b.client.reinitialize('startRestore');
    expect(await status(b)).to.equal(3);
  });
});
