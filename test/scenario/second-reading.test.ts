// backup --verify: second-reading, and what it teaches. An image is called verified only when a second
// procedure read the same octets; everything else keeps the image and says why it proves nothing.

import { expect } from 'chai';
import { BackupState, PropertyId, ReinitializeState } from '../../protocol/index.js';
import type { Quirk } from '../../simulator/index.js';
import { EngineError } from '../../src/errors.js';
import { standingOf } from '../../src/repository/index.js';
import type { BackupReport } from '../../src/procedure/index.js';
import { counter, restless, upon } from '../support/living.js';
import { NARROW } from '../support/restores.js';
import { octetsOf, recordFile, Stage, type StageOptions, streamFile } from '../support/world.js';

const FILES = [streamFile(1, 2000), recordFile(2, [10, 0, 300, 200])];

async function twice(
  options: StageOptions = {},
): Promise<{ readonly stage: Stage; readonly report: BackupReport; readonly how: string | undefined }> {
  const stage = await Stage.open({ device: { files: FILES, limits: NARROW }, ...options });
  const report = await stage.backup({ verify: true });
  const image = await stage.repository.image(report.imageId);
  const { verified } = standingOf(image, await stage.repository.facts(image));
  if (verified !== undefined) expect(verified.run).to.equal(report.run);
  stage.expectFree();
  return { stage, report, how: verified?.how };
}

describe('a backup that is verified by a second reading', () => {
  it('reads the device in two procedures, and records that they were equal, and in which run', async () => {
    const { stage, report, how } = await twice();
    expect(report.secondReading).to.deep.include({ outcome: 'equal', reasons: [] });
    expect(how).to.equal('second-reading');
    expect(report.unrecorded).to.deep.equal([]);
    const starts = stage.deviceEvents.filter(
      (event) => event.kind === 'state' && event.on === 'start-backup',
    );
    expect(starts).to.have.length(2);
    const { lines, faults, ended } = await stage.repository.readRun(report.run ?? '');
    expect(lines.map(({ event }) => event)).to.deep.equal(['begin', 'image', 'second-reading', 'end']);
    expect(lines.at(-1)).to.include({ outcome: 'equal', image: report.imageId });
    expect({ faults, ended }).to.deep.equal({ faults: [], ended: true });
  });

  it('learns where a counter counts, keeps it in the manifest, and is verified all the same', async () => {
    const { report, how, stage } = await twice({ quirks: [counter(1, 500, 504)] });
    expect(report.secondReading?.outcome).to.equal('volatile');
    expect(how).to.equal('second-reading');
    const [file, other] = report.manifest.files;
    expect(file?.volatileRanges).to.deep.equal([{ start: 495, end: 512 }]);
    expect(other?.volatileRanges).to.equal(undefined);
    // The image is what the first reading gave, and the manifest on disk has the place as well.
    expect(await stage.content(await stage.repository.image(report.imageId), 1)).to.have.length(2000);
    const kept = await stage.repository.image(report.imageId);
    expect(kept.manifest.files[0]?.volatileRanges).to.deep.equal(file?.volatileRanges);
  });

  it('is not verified when the readings differ nearly everywhere: the image is kept, and called unproven', async () => {
    const { report, how } = await twice({ quirks: [restless(1, (count) => octetsOf(2000, 100 + count))] });
    expect(report.secondReading?.outcome).to.equal('different');
    expect(report.secondReading?.reasons.join()).to.match(/file 1: \d+ of 2000 octets differ/);
    expect(how).to.equal(undefined);
    expect(report.manifest.files[0]?.volatileRanges).to.equal(undefined);
  });

  it('is not verified when a file grew between the readings', async () => {
    const { report, how } = await twice({
      quirks: [restless(1, (count, before) => octetsOf(before.length + count, 7))],
    });
    expect(report.secondReading?.outcome).to.equal('different');
    expect(how).to.equal(undefined);
  });

  it('keeps the image when the second reading fails, and says how that left the device', async () => {
    const refuses = upon(ReinitializeState.endBackup, (device, now, count) => {
      if (count === 1) device.restart(600_000, now);
    });
    const stage = await Stage.open({ device: { files: FILES }, quirks: [refuses] });
    const report = await stage.backup({ verify: true });
    expect(report.secondReading?.outcome).to.equal('failed');
    expect(report.secondReading?.reasons.join()).to.match(/^Device 1001/);
    expect(await stage.repository.facts(await stage.repository.image(report.imageId))).to.deep.equal([]);
  });

  it('does not say "released" of a device that is in a procedure again: it may be a doubled START of ours', async () => {
    let hasEnded = false;
    let looks = 0;
    const again: Quirk = {
      ...upon(ReinitializeState.endBackup, () => {
        hasEnded = true;
      }),
      property: ({ property }) => {
        if (!hasEnded || property !== PropertyId.backupAndRestoreState) return undefined;
        looks += 1;
        const state = BackupState.performingABackup;
        return looks === 1 ? undefined : [{ type: 'enumerated', value: state }];
      },
    };
    const stage = await Stage.open({ device: { files: FILES, limits: NARROW }, quirks: [again] });
    const report = await stage.backup({ verify: true });
    expect(report.secondReading?.outcome).to.equal('failed');
    expect(report.secondReading?.reasons.join()).to.contain('another backup or restore is running');
    expect(report.release).to.equal('unproven');
  });

  it('leaves no image when it is stopped in the second reading, and releases the device', async () => {
    const stage = await Stage.open({ device: { files: FILES, limits: NARROW } });
    const controller = new AbortController();
    let steps = 0;
    const act = stage.backup({
      verify: true,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'step') steps += 1;
        if (steps > 0 && event.kind === 'chunk') controller.abort();
      },
    });
    const error = await stage.expectFailure(act, 'cancelled');
    expect(error.details.release).to.equal('released');
    expect(await stage.repository.images()).to.deep.equal([]);
    stage.expectFree();
  });

  it('says when the proof could not be written down, which changes nothing about the image', async () => {
    const stage = await Stage.open({ device: { files: FILES } });
    stage.repository.record = () => Promise.reject(new EngineError('store-no-space', 'the disk is full'));
    const report = await stage.backup({ verify: true });
    expect(report.secondReading?.outcome).to.equal('equal');
    expect(report.unrecorded.join()).to.contain('the disk is full');
  });

  it('sends nothing when its run log cannot be begun', async () => {
    const stage = await Stage.open({ device: { files: FILES } });
    stage.repository.beginRun = () => Promise.reject(new EngineError('store-no-space', 'the disk is full'));
    const error = await stage.expectFailure(stage.backup({ verify: true }), 'store-no-space');
    expect(error.details.release).to.equal('not-started');
    expect(stage.deviceEvents).to.deep.equal([]);
  });
});

describe('a backup that is read once', () => {
  it('keeps no run log and calls nothing verified, but knows its tags and the Object_List of the device', async () => {
    const stage = await Stage.open({ device: { files: FILES } });
    const report = await stage.backup({ tags: ['as-built'] });
    expect(report).to.not.have.any.keys('secondReading', 'run');
    expect(report.manifest.tags).to.deep.equal(['as-built']);
    expect(report.manifest.procedure.objects?.count).to.equal(3);
    const image = await stage.repository.image(report.imageId);
    expect(standingOf(image, await stage.repository.facts(image))).to.deep.equal({
      tags: ['as-built'],
      notes: [],
    });
    const runs: string[] = [];
    for await (const run of stage.repository.runs()) runs.push(run);
    expect(runs).to.deep.equal([]);
  });
});
