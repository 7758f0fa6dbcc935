// Table 1.4 of the protocol facts: what a device may show after START was acknowledged, row by row, for
// backup and restore, and how the procedure ends.

import { expect } from 'chai';
import {
  BackupState,
  ConfirmedService,
  decodeReinitializeDeviceRequest,
  PropertyId,
  ReinitializeState,
} from '../../protocol/index.js';
import type { DeviceConfigInput, Quirk } from '../../simulator/index.js';
import type { EngineError } from '../../src/errors.js';
import { PREPARATION, STANDINGS } from '../../src/procedure/index.js';
import { octetsOf, Stage, streamFile } from '../support/world.js';
import { imageOf } from '../support/images.js';
import { reinitializations } from '../support/restores.js';

const FILES = [streamFile(1, 3000), streamFile(2, 10)];
const device = (more: DeviceConfigInput = {}): DeviceConfigInput => ({ files: FILES, ...more });

describe('table 1.4: states after START', () => {
  it('1 preparing-for-backup: keeps polling until the device is ready', async () => {
    const stage = await Stage.open({ device: device({ procedure: { backupPreparationMs: 25_000 } }) });
    const report = await stage.backup();
    expect(report.manifest.procedure.statesSeen).to.deep.equal([
      'idle',
      'preparing-for-backup',
      'performing-a-backup',
      'idle',
    ]);
    expect(report.durationMs).to.be.within(25_000, 30_000);
    stage.expectFree();
  });

  it('3 performing-a-backup: goes on at once', async () => {
    const stage = await Stage.open({ device: device() });
    const report = await stage.backup();
    expect(report.durationMs).to.be.below(2000);
    expect(report.manifest.procedure.systemStatusSeen).to.deep.equal([
      'operational',
      'backup-in-progress',
      'operational',
    ]);
    expect(report.manifest.procedure.deviations).to.deep.equal([]);
  });

  it('5 backup-failure: sends ENDBACKUP, best effort, and reports that the device could not prepare', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await Stage.open({ device: device(), quirks: ['preparation-fails', quirk] });
    const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(error.message).to.contain('could not prepare').and.to.contain('backup-failure');
    expect(seen).to.deep.equal([ReinitializeState.startBackup, ReinitializeState.endBackup]);
  });

  it('6 restore-failure: aborts the restore and reports it', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await Stage.open({ device: device(), quirks: ['preparation-fails', quirk] });
    const error = await stage.expectFailure(
      stage.restore(await imageOf(stage, device())),
      'procedure-failed',
    );
    expect(error.message).to.contain('could not prepare').and.to.contain('restore-failure');
    expect(seen).to.deep.equal([ReinitializeState.startRestore, ReinitializeState.abortRestore]);
  });

  it('0 idle, published late: tolerates a few polls', async () => {
    const stage = await Stage.open({ device: device(), quirks: ['state-late=2'] });
    const report = await stage.backup();
    expect(report.release).to.equal('released');
    stage.expectFree();
  });

  it('0 idle, for good: fails, and the device is released all the same', async () => {
    const stage = await Stage.open({ device: device(), quirks: ['state-shows=0'] });
    const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(error.message).to.contain('does not enter the procedure');
    stage.expectFree();
    expect(stage.now).to.be.below(60_000);
  });

  for (const state of [BackupState.preparingForRestore, BackupState.performingARestore]) {
    it(`${state} of another client's restore: fails and sends no ENDBACKUP`, async () => {
      const { quirk, seen } = reinitializations();
      const stage = await Stage.open({ device: device(), quirks: [`state-shows=${state}`, quirk] });
      const error = await stage.backup().then(
        () => undefined,
        (e: unknown) => e as Error,
      );
      expect(error?.message).to.contain("somebody else's procedure");
      expect(error).to.have.property('code', 'device-busy');
      expect(error).to.have.nested.property('details.release', 'unproven');
      expect(seen).to.deep.equal([ReinitializeState.startBackup]);
    });
  }

  it('unknown-property: a device from before 135-2008n is taken as ready, and DEVICE/2 is waited out', async () => {
    const old = device({ procedure: { stateProperties: false, backupPreparationMs: 40_000 } });
    const stage = await Stage.open({ device: old });
    const report = await stage.backup();
    expect(report.release).to.equal('released');
    expect(report.manifest.procedure.deviations.join()).to.contain(
      'Backup_And_Restore_State is not readable',
    );
    stage.expectFree();
    const image = await stage.repository.image(report.imageId);
    expect(await stage.content(image, 1)).to.deep.equal(octetsOf(3000, 3001));
  });

  it('unknown-property and a System_Status that never changes: done, and the release is said to be unproven', async () => {
    const stage = await Stage.open({
      device: device({ procedure: { stateProperties: false } }),
      quirks: ['system-status-static'],
    });
    const report = await stage.backup();
    expect(report.release).to.equal('unproven');
    stage.expectFree();
  });

  it('unknown-property, and ENDBACKUP is out of place: the device was in no backup, and there is no image', async () => {
    const pretends: Quirk = {
      name: 'pretends',
      summary: 'acknowledges START and does nothing',
      beforeRequest: ({ service, payload }) =>
        service === ConfirmedService.reinitializeDevice &&
        decodeReinitializeDeviceRequest(payload).state === ReinitializeState.startBackup
          ? { kind: 'simple-ack' }
          : undefined,
    };
    const stage = await Stage.open({
      device: device({ procedure: { stateProperties: false } }),
      quirks: [pretends],
    });
    const error = await stage.expectFailure(stage.backup(), 'release-failed');
    expect(error.message).to.contain('in no backup');
    expect(await stage.repository.images()).to.have.length(0);
  });

  it('timeout: silence is allowed while the device prepares, and no longer than that', async () => {
    const silent = { backupPreparationMs: 100_000, answersWhilePreparing: false };
    const stage = await Stage.open({ device: device({ procedure: silent }) });
    expect((await stage.backup()).release).to.equal('released');
    stage.expectFree();

    const dead = await Stage.open({
      device: device({
        procedure: { ...silent, backupPreparationMs: 10_000_000, backupPreparationTimeS: 10 },
      }),
    });
    const error = await dead.expectFailure(dead.backup(), 'release-failed');
    expect(error.details['failure']).to.equal('device-silent');
    expect(error.message).to.contain('does not answer');
    expect(dead.now).to.be.within(150_000, 240_000);
  });

  it('timeout: preparationTimeoutMs makes the wait longer or shorter', async () => {
    const procedure = {
      backupPreparationMs: 400_000,
      backupPreparationTimeS: 10,
      answersWhilePreparing: false,
    };
    const long = await Stage.open({ device: device({ procedure }) });
    expect((await long.backup({ preparationTimeoutMs: 500_000 })).release).to.equal('released');
    const short = await Stage.open({ device: device({ procedure }) });
    await short.expectFailure(short.backup({ preparationTimeoutMs: 5000 }), 'release-failed');
    expect(short.now).to.be.below(90_000);
  });

  it('above 6: is not ready, and fails when the time is up', async () => {
    const patient = device({ procedure: { backupFailureTimeoutS: 0 } });
    const stage = await Stage.open({ device: patient, quirks: ['state-shows=9'] });
    const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(error.message).to.contain('unknown-9');
    stage.expectFree();
    const passing = await Stage.open({ device: device(), quirks: ['state-shows=9@20'] });
    expect((await passing.backup()).release).to.equal('released');
  });

  it('1 for ever (bac-py): tries to read when the time is up, and what it reads is exact', async () => {
    const patient = device({ procedure: { backupFailureTimeoutS: 0 } });
    const stage = await Stage.open({ device: patient, quirks: ['state-shows=1'] });
    const report = await stage.backup();
    expect(report.manifest.procedure.deviations.join()).to.contain('taken as ready');
    const image = await stage.repository.image(report.imageId);
    expect(await stage.content(image, 1)).to.deep.equal(octetsOf(3000, 3001));
    stage.expectFree();
  });

  it('1 for ever, truly: the device refuses every read, and the backup fails and is released', async () => {
    const stage = await Stage.open({ device: device(), quirks: ['never-prepared'] });
    const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(error.message).to.contain('never got beyond preparing');
    expect(error.details.deviations?.join()).to.contain('still showed "preparing" 150 s after START');
    stage.expectFree();
  });

  it('1 until after the wait: what was read while it still prepared is no backup', async () => {
    const files = Array.from({ length: 12 }, (_, i) => streamFile(i + 1, 10));
    const slow = await Stage.open({
      device: device({ files, procedure: { backupFailureTimeoutS: 0 } }),
      quirks: ['state-shows=1@200', 'slow-answers=900'],
    });
    const error = await slow.expectFailure(slow.backup(), 'procedure-failed');
    expect(error.message).to.contain('became ready only while it was in use');
    slow.expectFree();
  });

  it('DEVICE/2 to AtomicReadFile while it shows that it is ready: asked again, not failed', async () => {
    const stage = await Stage.open({
      device: device(),
      quirks: ['reads-refused=DEVICE:CONFIGURATION_IN_PROGRESS@20'],
    });
    const report = await stage.backup();
    expect(report.release).to.equal('released');
    expect(report.manifest.procedure.retries).to.be.above(2);
  });

  it('the watchdog of the device fires midway: the backup fails honestly, to 5 as to 0', async () => {
    for (const watchdogLeadsTo of ['failure', 'idle'] as const) {
      const stage = await Stage.open({
        // It stops listening for longer than its Backup_Failure_Timeout.
        device: device({ procedure: { watchdogLeadsTo, backupFailureTimeoutS: 5 } }),
        quirks: ['silent-after-reads=1@8'],
      });
      const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
      expect(error.message).to.contain('gave up the backup by itself');
      stage.expectFree();
    }
  });

  for (const shown of [1, 3]) {
    it(`${shown} for ever, and its watchdog fires midway: a System_Status that was seen and is gone tells it`, async () => {
      const stage = await Stage.open({
        device: device({ procedure: { backupFailureTimeoutS: shown === 1 ? 40 : 5 } }),
        quirks: ['silent-after-reads=1@45', `state-shows=${shown}`],
      });
      const error = await stage.expectFailure(stage.backup(), 'release-failed');
      expect(error.message).to.contain('gave up the backup by itself');
      expect(await stage.repository.images()).to.have.length(0);
    });
  }

  for (const shown of [2, 5, 6]) {
    it(`${shown} at the end, and System_Status still says backup-in-progress: not called released`, async () => {
      let ended = false;
      const contradicts: Quirk = {
        name: 'contradicts',
        summary: `refuses ENDBACKUP and shows ${shown} then`,
        beforeRequest: ({ service, payload }) => {
          if (service !== ConfirmedService.reinitializeDevice) return undefined;
          ended = decodeReinitializeDeviceRequest(payload).state === ReinitializeState.endBackup;
          return ended ? { kind: 'error', errorClass: 0, errorCode: 25 } : undefined;
        },
        property: ({ property }) =>
          ended && property === PropertyId.backupAndRestoreState
            ? [{ type: 'enumerated', value: shown }]
            : undefined,
      };
      const stage = await Stage.open({ device: device(), quirks: [contradicts] });
      const release = await stage.backup().then(
        (report) => report.release,
        (error: unknown) => (error as EngineError).details.release,
      );
      expect(release).to.equal('unproven');
    });
  }

  it('1 again midway: the device has begun anew, and what was read is no backup', async () => {
    let reads = 0;
    const again: Quirk = {
      name: 'again',
      summary: 'prepares anew after its first read',
      beforeRequest: ({ service }) => {
        if (service === ConfirmedService.atomicReadFile) reads += 1;
        return undefined;
      },
      property: ({ device: view, property }) =>
        property === PropertyId.backupAndRestoreState && reads > 0 && view.backupState !== BackupState.idle
          ? [{ type: 'enumerated', value: BackupState.preparingForBackup }]
          : undefined,
    };
    const stage = await Stage.open({ device: device(), quirks: [again] });
    await stage.expectFailure(stage.backup(), 'procedure-failed');
    stage.expectFree();
  });

  it('5 after ENDBACKUP: the device says that the backup failed, and there is no image', async () => {
    let ended = false;
    const fails: Quirk = {
      name: 'fails-at-end',
      summary: 'shows backup-failure after ENDBACKUP',
      afterRequest: ({ service, payload }) => {
        if (service !== ConfirmedService.reinitializeDevice) return undefined;
        ended = decodeReinitializeDeviceRequest(payload).state === ReinitializeState.endBackup;
        return undefined;
      },
      property: ({ property }) =>
        ended && property === PropertyId.backupAndRestoreState
          ? [{ type: 'enumerated', value: BackupState.backupFailure }]
          : undefined,
    };
    const stage = await Stage.open({ device: device(), quirks: [fails] });
    const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(error.message).to.contain('failed at its end');
    expect(await stage.repository.images()).to.have.length(0);
  });

  it('the device restarts midway: the backup fails honestly', async () => {
    const stage = await Stage.open({ device: device(), quirks: ['restarts-after-reads=1'] });
    await stage.expectFailure(stage.backup(), 'procedure-failed');
    stage.expectFree();
  });

  it('the device restarts midway and is silent: noticed with the first octets that it gives again', async () => {
    let reads = 0;
    const counts: Quirk = {
      name: 'counts',
      summary: 'counts AtomicReadFile requests',
      beforeRequest: ({ service }) => {
        if (service === ConfirmedService.atomicReadFile) reads += 1;
        return undefined;
      },
    };
    const stage = await Stage.open({
      device: device({ limits: { maxApdu: 50, segmentation: 'none' } }),
      quirks: [counts, 'restarts-after-reads=5'],
    });
    await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(reads, 'of some 80').to.be.below(9);
  });

  it('has a row for every state of either procedure, and an action for every standing', () => {
    for (const kind of ['backup', 'restore'] as const) {
      expect(Object.keys(STANDINGS[kind]).map(Number)).to.have.members(Object.values(BackupState));
      for (const standing of Object.values(STANDINGS[kind])) expect(PREPARATION).to.have.property(standing);
    }
  });
});

describe('Configuration_Files', () => {
  it('are read whole or by index, late, and only inside the procedure', async () => {
    for (const quirk of ['files-by-index', 'files-late=3', 'files-only-in-procedure']) {
      const stage = await Stage.open({ device: device(), quirks: [quirk] });
      const report = await stage.backup();
      expect(
        report.manifest.files.map((file) => file.instance),
        quirk,
      ).to.deep.equal([1, 2]);
    }
  });

  it('are kept in the order of the device', async () => {
    const stage = await Stage.open({
      device: device({ files: [streamFile(7, 5), streamFile(3, 5), streamFile(5, 5)] }),
    });
    expect((await stage.backup()).manifest.files.map((file) => file.objectIdentifier)).to.deep.equal([
      'file,7',
      'file,3',
      'file,5',
    ]);
  });

  it('that are none are an error: an image without files would not be a backup', async () => {
    const stage = await Stage.open({ device: device({ files: [] }) });
    const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(error.message).to.contain('lists no configuration files');
    expect(await stage.repository.images()).to.have.length(0);
    stage.expectFree();
  });

  it('that are not File objects are an error', async () => {
    const wrong: Quirk = {
      name: 'wrong-list',
      summary: 'lists an analog value',
      property: ({ property }) =>
        property === 154 ? [{ type: 'object-identifier', object: { type: 2, instance: 5 } }] : undefined,
    };
    const stage = await Stage.open({ device: device(), quirks: [wrong] });
    const error = await stage.expectFailure(stage.backup(), 'procedure-failed');
    expect(error.message).to.contain('Configuration_Files[1]');
    stage.expectFree();
  });
});
