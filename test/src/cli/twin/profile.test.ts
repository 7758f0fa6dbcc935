// An image as the description of a device: what is taken over, and that every gap is told.

import { expect } from 'chai';
import { twinDevice } from '../../../../src/cli/twin/device.js';
import { twinProfile } from '../../../../src/cli/twin/profile.js';
import { manifest } from '../fakes.js';

const recorded = manifest();

describe('the profile of a twin', () => {
  it('has the identity, the limits and the Database_Revision of the image', () => {
    const profile = twinProfile(recorded);
    expect(twinDevice(profile, [], {})).to.deep.include({
      instance: 1201,
      name: 'AHU-3',
      vendorId: 555,
      vendorName: 'Acme Controls',
      modelName: 'AC-9',
      firmwareRevision: '2.4',
      protocolRevision: 14,
      databaseRevision: 7,
    });
    expect(profile.device.limits).to.deep.equal({ maxApdu: 480, segmentation: 'none' });
  });

  it('takes as long as was measured, and a restore at least as long as the device says', () => {
    const { device, answerMs, quirks, assumed } = twinProfile({
      ...recorded,
      procedure: {
        ...recorded.procedure,
        requests: 200,
        backupPreparationTimeS: 60,
        restorePreparationTimeS: 30,
        restoreCompletionTimeS: 90,
        backupFailureTimeoutS: 120,
        timings: { prepareMs: 12_345, copyMs: 5000, endMs: 100 },
      },
    });
    expect(device.procedure).to.deep.equal({
      backupPreparationMs: 12_345,
      restorePreparationMs: 30_000,
      restoreCompletionMs: 90_000,
      backupPreparationTimeS: 60,
      restorePreparationTimeS: 30,
      restoreCompletionTimeS: 90,
      backupFailureTimeoutS: 120,
    });
    expect(answerMs).to.equal(25);
    expect(quirks.map(({ quirk }) => quirk)).to.include('slow-answers=25');
    expect(assumed.join()).to.not.contain('not recorded');
  });

  it('prepares a restore no faster than its backup', () => {
    const timings = { prepareMs: 45_000, copyMs: 0, endMs: 0 };
    const { device, quirks } = twinProfile({
      ...recorded,
      procedure: { ...recorded.procedure, restorePreparationTimeS: 1, timings },
    });
    expect(device.procedure?.restorePreparationMs).to.equal(45_000);
    expect(quirks.map(({ quirk }) => quirk).join()).to.not.contain('slow-answers');
  });

  it('is silent while it prepares when nobody saw the recorded device prepare, and ready at once when it was', () => {
    const seen = (prepareMs: number, ...statesSeen: readonly string[]) =>
      twinProfile({
        ...recorded,
        procedure: { ...recorded.procedure, statesSeen, timings: { prepareMs, copyMs: 0, endMs: 0 } },
      }).device.procedure;
    expect(seen(9000, 'idle', 'performing-a-backup')).to.include({
      answersWhilePreparing: false,
      backupPreparationMs: 9000,
    });
    expect(seen(9000, 'preparing-for-backup', 'performing-a-backup')).to.not.have.property(
      'answersWhilePreparing',
    );
    expect(seen(40, 'idle', 'performing-a-backup')).to.include({ backupPreparationMs: 0 });
    expect(seen(40, 'idle', 'performing-a-backup')).to.not.have.property('answersWhilePreparing');
    // A device that does not tell its state says "busy" instead: silence was not seen.
    expect(seen(9000)).to.not.have.property('answersWhilePreparing');
  });

  it('tells that nothing was measured, and believes the device', () => {
    const { device, assumed, answerMs } = twinProfile({
      ...recorded,
      procedure: { ...recorded.procedure, backupPreparationTimeS: 20 },
    });
    expect(device.procedure?.backupPreparationMs).to.equal(20_000);
    expect(answerMs).to.equal(undefined);
    expect(assumed[0]).to.contain('not recorded');
  });

  it('does everything at once when asked to be fast, and still says what the device said', () => {
    const profile = twinProfile(
      {
        ...recorded,
        procedure: {
          ...recorded.procedure,
          restorePreparationTimeS: 30,
          timings: { prepareMs: 9000, copyMs: 90_000, endMs: 0 },
        },
      },
      { fast: true },
    );
    expect(twinDevice(profile, [], {}).procedure).to.include({
      restorePreparationTimeS: 30,
      backupPreparationMs: 0,
      restorePreparationMs: 0,
      restoreCompletionMs: 0,
    });
    expect(profile.quirks.map(({ quirk }) => quirk).join()).to.not.contain('slow-answers');
  });

  it('does not turn what nobody looked for into habits of the device', () => {
    const { quirks, assumed } = twinProfile({
      ...recorded,
      device: { instance: 1201 },
      procedure: {
        startedAt: recorded.procedure.startedAt,
        endedAt: recorded.procedure.endedAt,
        statesSeen: [],
        systemStatusSeen: [],
        passwordUsed: false,
        deviations: [],
        requests: 0,
        retries: 0,
      },
    });
    expect(quirks).to.deep.equal([]);
    expect(assumed.join('; ')).to.contain('keeps to the standard').and.to.contain('Vendor_Identifier 65535');
  });

  it('stays within what a device can be, and tells where that is not what was recorded', () => {
    const odd = twinProfile({
      ...recorded,
      device: { ...recorded.device, vendorId: 100_000, protocolRevision: 0 },
      reachedAt: { ...recorded.reachedAt, maxApdu: 20, segmentation: 'perhaps' },
    });
    expect(odd.device.limits).to.deep.equal({ maxApdu: 50, segmentation: 'none' });
    expect(odd.assumed.join('; ')).to.contain('not 20 as recorded').and.to.contain('no segmentation');
    expect(() => twinDevice(odd, [], {})).to.not.throw();
  });
});
