// ENDRESTORE and what comes after it: lost, refused, acknowledged for nothing, restarts, other addresses.
// What the device then shows is told as it is: done, failed, or unproven.

import { expect } from 'chai';
import {
  BackupState,
  BROADCAST,
  ConfirmedService,
  decodeReinitializeDeviceRequest,
  PropertyId,
  ReinitializeState,
  SystemStatus,
} from '../../protocol/index.js';
import type { DeviceConfigInput, FileConfig, Quirk } from '../../simulator/index.js';
import { type ProgressEvent, restore, type RestoreReport } from '../../src/procedure/index.js';
import { imageOf } from '../support/images.js';
import {
  apduOf,
  CLIENT_LINK,
  DEVICE_LINK,
  type Mangle,
  octetsOf,
  recordFile,
  Stage,
  type StageOptions,
  streamFile,
} from '../support/world.js';
import { expectExact, reinitializations } from '../support/restores.js';

const GOOD: readonly FileConfig[] = [streamFile(1, 700), recordFile(2, [10, 0, 30])];
const BEFORE: readonly FileConfig[] = [
  { ...streamFile(1, 0), access: 'stream', content: octetsOf(900, 3) },
  recordFile(2, [7]),
];

async function scene(
  options: StageOptions & { readonly device?: DeviceConfigInput } = {},
): Promise<{ stage: Stage; image: string }> {
  const stage = await Stage.open({ ...options, device: { ...options.device, files: BEFORE } });
  return { stage, image: await imageOf(stage, { files: GOOD }) };
}

async function done(
  options: StageOptions & { readonly device?: DeviceConfigInput } = {},
): Promise<RestoreReport> {
  const { stage, image } = await scene(options);
  const report = await stage.restore(image);
  expectExact({ stage, good: GOOD });
  stage.expectHonest(report.release);
  return report;
}

/** Loses the first n requests with this reinitialized state. */
const loses = (state: number, n: number): Mangle => {
  let lost = 0;
  return (apdu) => {
    if (apdu?.type !== 'confirmed-request' || apdu.service !== ConfirmedService.reinitializeDevice)
      return undefined;
    return decodeReinitializeDeviceRequest(apdu.payload).state === state && ++lost <= n ? [] : undefined;
  };
};

describe('the end of a restore', () => {
  it('is proven by the state, Last_Restore_Time and Database_Revision', async () => {
    const report = await done();
    expect(report.unproven).to.deep.equal([]);
    expect(report.after.state).to.equal('idle');
    expect(report.after.systemStatus).to.equal('operational');
    expect(report.after.databaseRevision).to.deep.equal({ before: 1, after: 2 });
    expect(report.after.lastRestoreTime?.after).to.not.equal(report.after.lastRestoreTime?.before);
    expect(report.durationMs).to.be.below(20_000);
  });

  it('waits through the silence of a restart', async () => {
    const procedure = { restoreCompletionMs: 90_000, restartsAfterRestore: true };
    const { stage, image } = await scene({ device: { procedure } });
    const asked: number[] = [];
    let ended = false;
    stage.world.onDatagram((octets, from, to, now) => {
      const apdu = apduOf(octets);
      ended ||= apdu?.type === 'confirmed-request' && apdu.service === ConfirmedService.reinitializeDevice;
      if (ended && from === CLIENT_LINK && to === BROADCAST) asked.push(now);
      return undefined;
    });
    const report = await stage.restore(image);
    expect(report.unproven).to.deep.equal([]);
    expect(report.durationMs).to.be.above(90_000);
    expect(asked, 'nobody is asked for a device that may be silent').to.deep.equal([]);
  });

  it('waits through a silence much longer than the device had promised', async () => {
    const procedure = { restoreCompletionMs: 400_000, restoreCompletionTimeS: 5, restartsAfterRestore: true };
    expect((await done({ device: { procedure } })).release).to.equal('released');
  });

  it('waits while the device shows that it still works on it', async () => {
    const report = await done({ device: { procedure: { restoreCompletionMs: 100_000 } } });
    expect(report.unproven).to.deep.equal([]);
  });

  it('is an error when the device does not come back', async () => {
    const { stage, image } = await scene({ quirks: ['silent-after-end=5000'] });
    const error = await stage.expectFailure(stage.restore(image), 'device-silent');
    expect(error.message).to.contain('has not come back').and.to.contain('ENDRESTORE was acknowledged');
    expect(error.details.release).to.equal('unproven');
    expect(stage.now).to.be.within(600_000, 700_000);
  });

  it('is a failure when the device acknowledges ENDRESTORE and then shows restore-failure', async () => {
    const { stage, image } = await scene({ quirks: ['restore-fails'] });
    const error = await stage.expectFailure(stage.restore(image), 'restore-failed');
    expect(error.message).to.contain('did not accept the configuration').and.to.contain('restore-failure');
  });

  it('is a failure when System_Status stays download-required or non-operational', async () => {
    for (const status of ['download-required', 'non-operational']) {
      const { stage, image } = await scene({ quirks: [`status-after-restore=${status}`] });
      const error = await stage.expectFailure(stage.restore(image), 'restore-failed');
      expect(error.message).to.contain(status);
    }
  });

  it('is not called over while an old device, which shows download-required already, is at work on it', async () => {
    const procedure = { stateProperties: false, restoreCompletionMs: 40_000 };
    const { stage, image } = await scene({ device: { procedure }, quirks: ['status-after-restore'] });
    const error = await stage.expectFailure(stage.restore(image), 'restore-failed');
    expect(error.details.release).to.equal('released');
    expect(stage.view.backupState, 'it has ended the restore').to.equal(0);
    expect(stage.deviceEvents.some(({ kind }) => kind === 'restored')).to.equal(true);
  });

  it('is unproven where neither Last_Restore_Time nor Database_Revision changes', async () => {
    const report = await done({ quirks: ['restore-unrecorded'] });
    expect(report.unproven.join())
      .to.contain('Last_Restore_Time did not change')
      .and.to.contain('Database_Revision did not change');
    expect(report.readBack).to.equal('equal');
  });

  it('is not taken for proven by an idle that comes before the device has begun', async () => {
    const early: Quirk = {
      name: 'early-idle',
      summary: 'shows idle while it still works on the restore',
      property: ({ device, property }) => {
        const ended = device.backupState === BackupState.performingARestore && hasEnded;
        return ended && property === PropertyId.backupAndRestoreState
          ? [{ type: 'enumerated', value: 0 }]
          : undefined;
      },
      afterRequest: ({ service, payload }) => {
        if (service !== ConfirmedService.reinitializeDevice) return undefined;
        hasEnded = decodeReinitializeDeviceRequest(payload).state === ReinitializeState.endRestore;
        return undefined;
      },
    };
    let hasEnded = false;
    const { stage, image } = await scene({
      device: { procedure: { restoreCompletionMs: 4000 } },
      quirks: [early, 'restore-fails', 'system-status-static'],
    });
    await stage.expectFailure(stage.restore(image), 'restore-failed');
  });

  it('bears a System_Status that is non-operational while the device starts up', async () => {
    let endedMs: number | undefined;
    const starting: Quirk = {
      name: 'starting',
      summary: 'is non-operational for 20 s after a restore',
      property: ({ property, now, device }) =>
        property === PropertyId.systemStatus &&
        device.databaseRevision === 2 &&
        now < (endedMs ??= now) + 20_000
          ? [{ type: 'enumerated', value: SystemStatus.nonOperational }]
          : undefined,
    };
    const report = await done({ quirks: [starting] });
    expect(report.unproven).to.deep.equal([]);
    expect(report.durationMs).to.be.above(20_000);
  });

  it('is proven by one of the two facts; that the other stays the same is a deviation', async () => {
    const fixed: Quirk = {
      name: 'fixed-revision',
      summary: 'never changes Database_Revision',
      property: ({ property }) =>
        property === PropertyId.databaseRevision ? [{ type: 'unsigned', value: 1 }] : undefined,
    };
    const report = await done({ quirks: [fixed] });
    expect(report.unproven).to.deep.equal([]);
    expect(report.deviations.join()).to.contain('Database_Revision did not change');
    const missing = await done({ quirks: ['property-missing=last-restore-time'] });
    expect(missing.unproven).to.deep.equal([]);
  });

  it('lost itself on a device from before 135-2008n: sent again once its System_Status was seen', async () => {
    const { quirk, seen } = reinitializations();
    const report = await done({
      device: { procedure: { stateProperties: false } },
      quirks: [quirk],
      mangle: loses(ReinitializeState.endRestore, 1),
    });
    expect(seen.filter((state) => state === ReinitializeState.endRestore)).to.have.length(1);
    expect(report.release).to.equal('released');
  });

  it('takes a sequence number for a Last_Restore_Time', async () => {
    const report = await done({ quirks: ['restore-time-sequence'] });
    expect(report.after.lastRestoreTime?.after).to.match(/^sequence \d+$/);
    expect(report.unproven).to.deep.equal([]);
  });

  it('is done, and the release unproven, on a device that tells neither state nor a changing status', async () => {
    const report = await done({
      device: { procedure: { stateProperties: false } },
      quirks: ['system-status-static'],
    });
    expect(report.release).to.equal('unproven');
    expect(report.unproven.join()).to.contain('was not seen');
  });

  it('is proven by System_Status on a device from before 135-2008n', async () => {
    const report = await done({ device: { procedure: { stateProperties: false } } });
    expect(report.release).to.equal('released');
  });

  it('with its acknowledgement lost: not sent again, and proven by what the device shows', async () => {
    const { quirk, seen } = reinitializations();
    const report = await done({ quirks: [quirk, 'lost-ack=end*1'] });
    expect(seen.filter((state) => state === ReinitializeState.endRestore)).to.have.length(1);
    expect(report.deviations.join()).to.contain('ENDRESTORE was not acknowledged');
    expect(report.unproven).to.deep.equal([]);
  });

  it('lost itself: sent again once the device was seen to wait for it', async () => {
    const { quirk, seen } = reinitializations();
    const report = await done({ quirks: [quirk], mangle: loses(ReinitializeState.endRestore, 2) });
    expect(seen.filter((state) => state === ReinitializeState.endRestore)).to.have.length(1);
    expect(report.unproven).to.deep.equal([]);
  });

  it('lost for ever: fails, and the restore is aborted', async () => {
    const { stage, image } = await scene({
      mangle: loses(ReinitializeState.endRestore, 99),
      device: { procedure: { backupFailureTimeoutS: 0 } },
    });
    const error = await stage.expectFailure(
      stage.restore(image, { returnTimeoutMs: 60_000 }),
      'restore-failed',
    );
    expect(error.details.release).to.equal('released');
    stage.expectFree();
  });

  it('lost on a device that then times out: fails, since nothing shows a restore', async () => {
    const { stage, image } = await scene({
      mangle: loses(ReinitializeState.endRestore, 99),
      device: { procedure: { backupFailureTimeoutS: 20, watchdogLeadsTo: 'idle' } },
    });
    const error = await stage.expectFailure(stage.restore(image), 'restore-failed');
    expect(error.message).to.contain('nothing shows that a restore took place');
  });

  it("refused: fails in the device's own words, and the restore is aborted", async () => {
    const { quirk, seen } = reinitializations();
    const { stage, image } = await scene({
      quirks: [quirk, 'end-refused=SERVICES:INVALID_CONFIGURATION_DATA*1'],
    });
    const error = await stage.expectFailure(stage.restore(image), 'restore-failed');
    expect(error.message).to.contain('SERVICES: INVALID_CONFIGURATION_DATA');
    expect(seen.slice(-2)).to.deep.equal([ReinitializeState.endRestore, ReinitializeState.abortRestore]);
    stage.expectFree();
  });

  it('refused like every ABORT after it: says that the device may be stuck', async () => {
    const { stage, image } = await scene({ quirks: ['end-refused'] });
    const error = await stage.expectFailure(stage.restore(image), 'release-failed');
    expect(error.message).to.contain('may still be in the procedure');
    expect(error.details['failure']).to.equal('restore-failed');
    expect(error.details.release).to.equal('unproven');
  });

  it('finds a device that has come back at another address', async () => {
    const procedure = { restoreCompletionMs: 20_000, restartsAfterRestore: true };
    const { stage, image } = await scene({ device: { procedure } });
    const device = await stage.run(stage.client.device({ instance: 1001 }));
    let moves = false;
    const onEvent = (event: ProgressEvent): void => {
      // The restored configuration brings another IP address with it.
      if (event.kind !== 'phase' || event.phase !== 'return' || moves) return;
      moves = true;
      void stage.world.clock.sleep(1000).then(() => stage.move('10.0.0.77:47808'));
    };
    const report = await stage.run(
      restore(device, stage.repository, image, { expect: { instance: 1001 }, onEvent }),
    );
    expect(report.after.address).to.equal('10.0.0.77:47808');
    expect(report.unproven).to.deep.equal([]);
  });

  it('keeps an address that the user gave, and waits there', async () => {
    const procedure = { restoreCompletionMs: 20_000, restartsAfterRestore: true };
    const report = await done({ device: { procedure } });
    expect(report.after.address).to.equal(DEVICE_LINK);
  });
});

describe('the end of a backup', () => {
  it('with its acknowledgement lost: seen idle, and released', async () => {
    const stage = await Stage.open({ device: { files: GOOD }, quirks: ['lost-ack=end*1'] });
    const report = await stage.backup();
    expect(report.release).to.equal('released');
    stage.expectFree();
  });

  it('lost itself: sent again', async () => {
    const stage = await Stage.open({
      device: { files: GOOD },
      mangle: loses(ReinitializeState.endBackup, 2),
    });
    expect((await stage.backup()).release).to.equal('released');
    stage.expectFree();
  });

  it('refused for ever: the image is whole, and the release is said to be unproven', async () => {
    const stage = await Stage.open({ device: { files: GOOD }, quirks: ['end-refused'] });
    const report = await stage.backup();
    expect(report.release).to.equal('unproven');
    expect(await stage.repository.images()).to.have.length(1);
  });

  it('refused while the device still prepares: sent again when it no longer does', async () => {
    const stage = await Stage.open({
      device: { files: GOOD, procedure: { backupPreparationMs: 20_000 } },
      quirks: ['end-refused-while-preparing'],
    });
    const controller = new AbortController();
    void stage.world.clock.sleep(1000).then(() => controller.abort());
    const error = await stage.expectFailure(stage.backup({ signal: controller.signal }), 'cancelled');
    expect(error.details.release).to.equal('released');
    stage.expectFree();
  });

  it('acknowledged in any state proves nothing: the state is read', async () => {
    const stage = await Stage.open({ device: { files: GOOD }, quirks: ['end-always-acked'] });
    expect((await stage.backup()).release).to.equal('released');
    stage.expectFree();
  });

  it('leaves a device that is silent afterwards as unproven', async () => {
    const stage = await Stage.open({ device: { files: GOOD }, quirks: ['silent-after-end=500'] });
    expect((await stage.backup()).release).to.equal('unproven');
  });
});
