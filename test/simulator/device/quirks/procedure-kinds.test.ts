// Quirks that are a procedure of another kind, or bring another device out of a restore: each does what its
// summary says, and nothing more.

import { expect } from 'chai';
import { PropertyId as P } from '../../../../protocol/index.js';
import { type Bench, device, octets, quirkyBench, ramp, record, stream } from '../../support.js';

const files = [stream(1, ramp(10)), record(2, [octets(1), octets(2)])];
const SILENT = 'no answer after 1 attempt';
const quirky = (...quirks: string[]): Bench => quirkyBench(quirks, { files });
const state = (b: Bench): Promise<unknown> => b.client.value(device(), P.backupAndRestoreState);
const restore = async ({ client }: Bench): Promise<string> => {
  await client.reinitialize('startRestore');
  return client.reinitialize('endRestore');
};

describe('slow-preparation', () => {
  it('prepares for so long, and says so', async () => {
    const b = quirky('slow-preparation=30');
    await b.client.reinitialize('startBackup');
    await b.world.advance(29_000);
    expect(await state(b)).to.equal(1);
    expect(await b.client.value(device(), P.backupPreparationTime)).to.equal(30);
    await b.world.advance(1000);
    expect(await state(b)).to.equal(3);
  });

  it('=SECONDS:silent answers nothing meanwhile', async () => {
    const b = quirky('slow-preparation=30:silent');
    await b.client.reinitialize('startRestore');
    expect(await state(b)).to.equal(SILENT);
    await b.world.advance(30_000);
    expect(await state(b)).to.equal(4);
  });
});

describe('restarts-after-restore', () => {
  it('is silent for so long after ENDRESTORE, and comes back with I-Am', async () => {
    const b = quirky('restarts-after-restore=20');
    expect(await restore(b)).to.equal('ack');
    expect(await state(b)).to.equal(SILENT);
    await b.world.advance(20_000);
    expect(await state(b)).to.equal(0);
    expect(b.client.announcements).to.not.deep.equal([]);
  });
});

describe('watchdog-short', () => {
  it('gives up after so many seconds, and says so', async () => {
    const b = quirky('watchdog-short=3');
    expect(await b.client.value(device(), P.backupFailureTimeout)).to.equal(3);
    await b.client.reinitialize('startBackup');
    await b.world.advance(3000);
    expect(await state(b)).to.equal(5);
  });
});

describe('silent-after-timeout', () => {
  it('hears nothing for so long after its watchdog', async () => {
    const b = quirky('watchdog-short=3', 'silent-after-timeout=10');
    await b.client.reinitialize('startBackup');
    await b.world.advance(4000);
    expect(await state(b)).to.equal(SILENT);
    await b.world.advance(10_000);
    expect(await state(b)).to.equal(5);
  });
});

describe('restore-ignored', () => {
  it('acknowledges the restore and keeps what it had', async () => {
    const b = quirky('restore-ignored');
    await b.client.reinitialize('startRestore');
    expect(await b.client.writeFile(1, 0, octets(9))).to.equal(0);
    expect(b.device.fileOctets(1)![0]).to.equal(9);
    expect(await b.client.reinitialize('endRestore')).to.equal('ack');
    expect([b.device.fileOctets(1)![0], b.device.backupState, b.device.databaseRevision]).to.deep.equal([
      0, 0, 1,
    ]);
  });
});

describe('restore-wrecks', () => {
  it('acknowledges the restore, loses its files and fails', async () => {
    const b = quirky('restore-wrecks');
    expect(await restore(b)).to.equal('ack');
    expect(b.device.backupState).to.equal(6);
    expect(b.device.files).to.deep.equal([]);
  });
});

describe('restore-changes-password', () => {
  it('wants the new password after a restore', async () => {
    const b = quirky('restore-changes-password=new');
    expect(await restore(b)).to.equal('ack');
    expect(await b.client.reinitialize('startBackup')).to.equal('SECURITY: PASSWORD_FAILURE');
    expect(await b.client.reinitialize('startBackup', 'new')).to.equal('ack');
  });
});

describe('restore-changes-instance', () => {
  it('is another device after a restore', async () => {
    const b = quirky('restore-changes-instance=77');
    expect(await restore(b)).to.equal('ack');
    expect(await b.client.value(device(), P.objectName)).to.equal('OBJECT: UNKNOWN_OBJECT');
    expect(await b.client.value(device(77), P.objectIdentifier)).to.equal('8,77');
  });
});
