// The cases that 135.1 asks of DM-BR-B (13.8.1.1 to 13.8.1.13), played by our client against our device, and
// the client cases that a bench for DM-BR-A can be expected to have (6.2, 1 to 8). Both sides are looked at:
// what the client reports, and what the device was asked and became. The device alone, asked by a plain
// client, is in test/simulator/device/server-cases.test.ts.

import { expect } from 'chai';
import {
  BackupState,
  ConfirmedService,
  decodeWritePropertyRequest,
  PropertyId,
  ReinitializeState,
  SystemStatus,
} from '../../protocol/index.js';
import type { DeviceConfigInput, Quirk } from '../../simulator/index.js';
import { createClient, type Device } from '../../src/client/index.js';
import { EngineError } from '../../src/errors.js';
import type { ProgressEvent } from '../../src/procedure/index.js';
import { damaged, expectExact, GOOD, NARROW, reinitializations, scene } from '../support/restores.js';
import { DEVICE_LINK, failure, Stage, type StageOptions, streamFile } from '../support/world.js';

const { startBackup, endBackup, startRestore, endRestore, abortRestore } = ReinitializeState;

const ENDS: readonly number[] = [endBackup, endRestore, abortRestore];

/** A stage whose device tells which ReinitializeDevice states it was asked for. */
async function listening(options: StageOptions = {}): Promise<{ stage: Stage; seen: number[] }> {
  const { quirk, seen } = reinitializations();
  const device: DeviceConfigInput = { limits: NARROW, files: GOOD, ...options.device };
  const stage = await Stage.open({ ...options, device, quirks: [...(options.quirks ?? []), quirk] });
  return { stage, seen };
}

/** A quirk that changes nothing, and notes what is written into File_Size. */
function sizings(): { readonly quirk: Quirk; readonly sizes: { file: number; size: number }[] } {
  const sizes: { file: number; size: number }[] = [];
  const quirk: Quirk = {
    name: 'listens',
    summary: 'notes File_Size',
    beforeRequest: ({ service, payload }) => {
      if (service !== ConfirmedService.writeProperty) return undefined;
      const { object, property, values } = decodeWritePropertyRequest(payload);
      const [size] = values;
      if (property === PropertyId.fileSize && size?.type === 'unsigned')
        sizes.push({ file: object.instance, size: size.value });
      return undefined;
    },
  };
  return { quirk, sizes };
}

/** Calls back when a file begins in the procedure itself: a restore is surrounded by backups of its own. */
function inFiles(ours: 'backup' | 'restore', act: () => void): (event: ProgressEvent) => void {
  let phase = '';
  return (event) => {
    if (event.kind === 'phase') phase = event.phase;
    if (event.kind === 'file' && (ours === 'backup' || phase === 'write' || phase === 'read-back')) act();
  };
}

/** Another client of the same network, bound to the device. */
async function rival(stage: Stage): Promise<Device> {
  const { world } = stage;
  const transport = world.transport('10.0.0.9:47808');
  const client = createClient({ clock: world.clock, transport, random: world.random('rival') });
  return stage.run(client.device(`${stage.view.instance}@${DEVICE_LINK}`));
}

describe('135.1 clause 13.8.1, our client and our device', () => {
  it('13.8.1.1 a full backup and restore: every file back, 155 and 157 changed, as the report says', async () => {
    const set = await scene({});
    const revision = set.stage.view.databaseRevision;
    const report = await set.stage.restore(set.image);
    expectExact(set);
    expect(set.stage.view.databaseRevision).to.equal(revision + 1);
    expect(report.after.databaseRevision).to.deep.equal({ before: revision, after: revision + 1 });
    expect(report.after.lastRestoreTime?.after).to.not.equal(report.after.lastRestoreTime?.before);
    expect(report.unproven).to.deep.equal([]);
  });

  const concurrent = [
    { id: '13.8.1.2', ours: 'backup', theirs: startBackup, state: BackupState.performingABackup },
    { id: '13.8.1.3', ours: 'backup', theirs: startRestore, state: BackupState.performingARestore },
    { id: '13.8.1.4', ours: 'restore', theirs: startBackup, state: BackupState.performingABackup },
    { id: '13.8.1.5', ours: 'restore', theirs: startRestore, state: BackupState.performingARestore },
  ] as const;
  for (const { id, ours, theirs, state } of concurrent) {
    const other = theirs === startBackup ? 'backup' : 'restore';
    for (const quirks of [[], ['property-missing=338+112']]) {
      const how = quirks.length === 0 ? 'seen before START' : 'only START tells it';
      it(`${id} our ${ours} while somebody else's ${other} runs (${how}): busy, and theirs goes on`, async () => {
        const { stage, seen } = await listening({ quirks });
        const { imageId } = await stage.backup();
        const them = await rival(stage);
        expect((await stage.run(them.reinitialize(theirs, undefined))).ok).to.equal(true);
        seen.length = 0;
        const act = ours === 'backup' ? stage.backup() : stage.restore(imageId);
        const error = await failure(act);
        expect(error.code, error.message).to.equal('device-busy');
        expect(stage.view.backupState, 'theirs goes on').to.equal(state);
        expect(seen.filter((asked) => ENDS.includes(asked))).to.deep.equal([]);
        const theirEnd = theirs === startBackup ? endBackup : abortRestore;
        expect((await stage.run(them.reinitialize(theirEnd, undefined))).ok).to.equal(true);
      });
    }
  }

  it('13.8.1.6 both procedures end by time-out when our client is gone, and the next one works', async () => {
    for (const ours of ['backup', 'restore'] as const) {
      const { stage } = await listening({ device: { procedure: { backupFailureTimeoutS: 30 } } });
      const { imageId } = await stage.backup();
      // The process dies in the middle: nothing can be sent any more.
      const dies = inFiles(ours, () => void stage.client.close());
      const act =
        ours === 'backup' ? stage.backup({ onEvent: dies }) : stage.restore(imageId, { onEvent: dies });
      expect((await failure(act)).details.release).to.equal('unproven');
      const during = ours === 'backup' ? SystemStatus.backupInProgress : SystemStatus.downloadInProgress;
      expect(stage.view.systemStatus).to.equal(during);
      await stage.world.advance(40_000);
      expect(stage.view.systemStatus).to.not.equal(during);
      const them = await rival(stage);
      expect((await stage.run(them.reinitialize(startRestore, undefined))).ok).to.equal(true);
    }
  });

  it('13.8.1.7 both procedures end by abort, at once', async () => {
    for (const ours of ['backup', 'restore'] as const) {
      const { stage, seen } = await listening();
      const { imageId } = await stage.backup();
      seen.length = 0;
      const controller = new AbortController();
      const stops = inFiles(ours, () => controller.abort(new Error('enough')));
      const options = { signal: controller.signal, onEvent: stops };
      const error = await failure(
        ours === 'backup' ? stage.backup(options) : stage.restore(imageId, options),
      );
      expect(error.code).to.equal('cancelled');
      expect(error.details.release).to.equal('released');
      expect(seen).to.deep.equal(ours === 'backup' ? [startBackup, endBackup] : [startRestore, abortRestore]);
      stage.expectFree();
    }
  });

  for (const [id, ours] of [
    ['13.8.1.8', 'backup'],
    ['13.8.1.9', 'restore'],
  ] as const) {
    it(`${id} a ${ours} with an invalid password, or none: told, not repeated, nothing is ended`, async () => {
      const { stage, seen } = await listening({ device: { password: 'secret' } });
      const { imageId } = await stage.backup({ password: 'secret' });
      for (const password of ['wrong', undefined]) {
        seen.length = 0;
        const options = password === undefined ? {} : { password };
        const error = await failure(
          ours === 'backup' ? stage.backup(options) : stage.restore(imageId, options),
        );
        expect(error.code).to.equal('device-password');
        expect(seen).to.deep.equal([ours === 'backup' ? startBackup : startRestore]);
        stage.expectFree();
      }
    });
  }

  for (const [id, ours] of [
    ['13.8.1.10', 'backup'],
    ['13.8.1.11', 'restore'],
  ] as const) {
    it(`${id} a ${ours} with any password, when none is required: done`, async () => {
      const { stage } = await listening();
      const { imageId } = await stage.backup({ password: 'any' });
      const report =
        ours === 'backup'
          ? await stage.backup({ password: 'x' })
          : await stage.restore(imageId, { password: 'x' });
      expect(report.release).to.equal('released');
      expect(stage.view.systemStatus).to.equal(SystemStatus.operational);
    });
  }

  for (const [id, ours, status] of [
    ['13.8.1.12', 'backup', SystemStatus.backupInProgress],
    ['13.8.1.13', 'restore', SystemStatus.downloadInProgress],
  ] as const) {
    it(`${id} System_Status during a ${ours}, as the device has it and as our client saw it`, async () => {
      const { stage } = await listening();
      const { imageId } = await stage.backup();
      const shown: number[] = [];
      const looks = inFiles(ours, () => shown.push(stage.view.systemStatus));
      if (ours === 'backup') {
        const { manifest } = await stage.backup({ onEvent: looks });
        expect(manifest.procedure.systemStatusSeen).to.include('backup-in-progress');
      } else {
        await stage.restore(imageId, { onEvent: looks });
      }
      expect(new Set(shown)).to.deep.equal(new Set([status]));
    });
  }
});

describe('client cases (6.2), our client and our device', () => {
  it('case 1: stream files, record files, several in their order, an empty file: backed up and restored', async () => {
    const good = [streamFile(7, 1000), ...GOOD, streamFile(9, 0)];
    const { stage } = await listening({ device: { files: good } });
    const { imageId, manifest } = await stage.backup();
    expect(manifest.files.map(({ instance }) => instance)).to.deep.equal([7, 1, 2, 3, 9]);
    for (const [i, file] of damaged(good).entries())
      stage.view.setFile(
        good[i]!.instance,
        file.access === 'stream' ? file.content : file.records,
        stage.now,
      );
    await stage.restore(imageId);
    expectExact({ stage, good });
  });

  it('case 2: a password that is needed, one that is not, and a wrong one', async () => {
    const needs = await listening({ device: { password: 'secret' } });
    expect((await needs.stage.backup({ password: 'secret' })).manifest.procedure.passwordUsed).to.equal(true);
    expect((await failure(needs.stage.backup({ password: 'wrong' }))).code).to.equal('device-password');
    const needsNone = await listening();
    expect((await needsNone.stage.backup()).manifest.procedure.passwordUsed).to.equal(false);
  });

  it('case 3: silent for its preparation and completion times, preparing for a while, and without 338 to 341', async () => {
    for (const procedure of [
      {
        backupPreparationMs: 40_000,
        restorePreparationMs: 30_000,
        restoreCompletionMs: 50_000,
        answersWhilePreparing: false,
        restartsAfterRestore: true,
      },
      { backupPreparationMs: 20_000, restorePreparationMs: 20_000 },
      { stateProperties: false },
    ]) {
      const { stage } = await listening({ device: { procedure } });
      const { imageId } = await stage.backup();
      stage.view.setFile(1, new Uint8Array(5), stage.now);
      const report = await stage.restore(imageId);
      expect(report.readBack).to.equal('equal');
      expectExact({ stage, good: GOOD });
      stage.expectFree();
    }
  });

  it('case 4: a File object that is missing is created with its instance', async () => {
    const { stage } = await listening();
    const { imageId } = await stage.backup();
    stage.view.removeFile(2);
    await stage.restore(imageId);
    expect(stage.deviceEvents.filter(({ kind }) => kind === 'file-created')).to.deep.include.members([
      stage.deviceEvents.find((event) => event.kind === 'file-created' && event.instance === 2),
    ]);
    expectExact({ stage, good: GOOD });
  });

  it('case 5: another size is written as 0 first; where the size is right, a refusal of it is borne', async () => {
    const { quirk, sizes } = sizings();
    const stage = await Stage.open({ device: { limits: NARROW, files: GOOD }, quirks: [quirk] });
    const { imageId } = await stage.backup();
    stage.view.setFile(1, new Uint8Array(9000), stage.now);
    await stage.restore(imageId);
    expectExact({ stage, good: GOOD });
    expect(sizes.filter(({ file }) => file === 1).map(({ size }) => size)[0]).to.equal(0);
    const refuses = await listening({ quirks: ['file-size-refused'] });
    const again = await refuses.stage.backup();
    refuses.stage.view.setFile(1, new Uint8Array(2000), refuses.stage.now);
    await refuses.stage.restore(again.imageId);
    expectExact({ stage: refuses.stage, good: GOOD });
  });

  it('case 6: DEVICE/2 to START; the device times out midway; the operator aborts', async () => {
    const busy = await listening({ quirks: ['start-refused'] });
    expect((await failure(busy.stage.backup())).code).to.equal('device-busy');
    expect(busy.seen.filter((state) => state === endBackup)).to.deep.equal([]);
    const quits = await listening({
      device: { procedure: { backupFailureTimeoutS: 5 } },
      quirks: ['silent-after-reads=1@8'],
    });
    expect((await failure(quits.stage.backup())).code).to.equal('procedure-failed');
    quits.stage.expectFree();
    const aborted = await listening();
    const controller = new AbortController();
    const stops = (event: ProgressEvent): void => {
      if (event.kind === 'chunk') controller.abort(new Error('enough'));
    };
    await failure(aborted.stage.backup({ signal: controller.signal, onEvent: stops }));
    expect(aborted.seen).to.deep.equal([startBackup, endBackup]);
    aborted.stage.expectFree();
  });

  it('case 7: no segmentation, every max-APDU, Configuration_Files by index only', async () => {
    const files = [streamFile(1, 2000), streamFile(3, 10)];
    for (const maxApdu of [50, 128, 206, 480, 1024, 1476]) {
      const { stage } = await listening({
        device: { files, limits: { maxApdu, segmentation: 'none' } },
        quirks: ['files-by-index'],
      });
      const { imageId } = await stage.backup();
      stage.view.setFile(1, new Uint8Array(5), stage.now);
      await stage.restore(imageId);
      expectExact({ stage, good: files });
    }
  });

  it('case 8: reading ends by End_Of_File, not only by File_Size', async () => {
    for (const quirks of [
      ['file-size-unreadable'],
      ['eof-late=empty'],
      ['eof-late=services-11'],
      ['eof-never'],
    ]) {
      const { stage } = await listening({ quirks });
      const { imageId } = await stage.backup();
      const image = await stage.repository.image(imageId);
      expect(await stage.content(image, 1)).to.deep.equal(streamFile(1, 2000).content);
    }
    const early = await listening({ quirks: ['eof-early=1'] });
    expect(await failure(early.stage.backup())).to.be.instanceOf(EngineError);
  });
});
