// The undo image of a restore: taken right before, read twice, and enough to put the device back octet by
// octet. Without one nothing is written, unless the user said so by name, and the run log says it.

import { expect } from 'chai';
import { ReinitializeState } from '../../protocol/index.js';
import { EngineError } from '../../src/errors.js';
import type { ImageSummary } from '../../src/repository/index.js';
import { counter, restless, upon } from '../support/living.js';
import { lastRun } from '../support/plans.js';
import { damaged, expectExact, GOOD, reinitializations, scene, type Scene } from '../support/restores.js';
import { octetsOf, recordFile, Stage, streamFile } from '../support/world.js';

/** The images of the stage that were taken to undo a restore. */
async function undoImages({ stage }: Scene): Promise<ImageSummary[]> {
  const images = await stage.repository.images();
  return images.filter(({ manifest }) => manifest.tags?.includes('undo'));
}

describe('the undo image of a restore', () => {
  it('is taken before anything is written, tagged from its birth, read twice, and named in the report', async () => {
    const set = await scene({});
    const report = await set.stage.restore(set.image, { undo: 'twice' });
    expect(report.verdict).to.equal('verified');
    const [undo, ...others] = await undoImages(set);
    expect(others).to.deep.equal([]);
    expect(report.undo?.imageId).to.equal(undo?.id);
    expect(report.undo?.secondReading).to.deep.include({ outcome: 'equal' });
    const starts = set.stage.deviceEvents.flatMap((event) =>
      event.kind === 'state' && event.on.startsWith('start-') ? [event.on] : [],
    );
    expect(starts).to.deep.equal(['start-backup', 'start-backup', 'start-restore', 'start-backup']);
  });

  it('restores the former state octet for octet', async () => {
    const before = damaged(GOOD, 100);
    const set = await scene({ before });
    const { undo } = await set.stage.restore(set.image, { undo: 'twice' });
    expectExact(set);
    const back = await set.stage.restore(undo?.imageId ?? '', { undo: 'once' });
    expect(back.verdict).to.equal('verified');
    expectExact({ stage: set.stage, good: before });
  });

  it('is never "the latest image": who restores again after a failure means what he meant before', async () => {
    const set = await scene({});
    await set.stage.restore(set.image, { undo: 'twice' });
    const again = await set.stage.restore('latest', { undo: 'twice' });
    expect(again.imageId).to.equal(set.image);
    expectExact(set);
  });

  it('costs one procedure less when it is read once', async () => {
    const set = await scene({});
    const report = await set.stage.restore(set.image, { undo: 'once' });
    expect(report.undo).to.have.all.keys('imageId');
    expect(report.steps.map(({ step }) => step)).to.include.members(['undo', 'write', 'prove']);
    expect(report.steps.map(({ step }) => step)).to.not.include('second-reading');
  });

  it('is left out by name, and the run log says so', async () => {
    const set = await scene({});
    const report = await set.stage.restore(set.image, { undo: 'none' });
    expect(report.undo).to.equal(undefined);
    expect(await undoImages(set)).to.deep.equal([]);
    const line = (await lastRun(set)).find(({ event }) => event === 'undo');
    expect(line).to.deep.include({ taken: false, choice: 'none' });
  });

  it('that cannot be taken stops the restore before START, with the way to go on', async () => {
    const { quirk, seen } = reinitializations();
    const set = await scene({ quirks: [quirk, 'reads-refused'] });
    const error = await set.stage.expectFailure(
      set.stage.restore(set.image, { undo: 'twice' }),
      'transfer-failed',
    );
    expect(error.message).to.contain('nothing was written').and.to.contain('--no-undo');
    expect(error.details).to.not.have.property('verdict');
    expect(seen).to.not.include(ReinitializeState.startRestore);
    set.stage.expectFree();
    const lines = await lastRun(set);
    expect(lines.at(-1)).to.include({ event: 'end', outcome: 'not-started' });
  });

  it('that two readings do not agree on stops the restore before START; it is kept, unproven', async () => {
    const { quirk, seen } = reinitializations();
    const restlessFile = restless(1, (count) => octetsOf(2007, 50 + count));
    const set = await scene({ quirks: [quirk, restlessFile] });
    const error = await set.stage.expectFailure(
      set.stage.restore(set.image, { undo: 'twice' }),
      'readings-differ',
    );
    expect(error.message).to.contain('file 1').and.to.contain('--undo-once');
    expect(seen).to.not.include(ReinitializeState.startRestore);
    const [undo] = await undoImages(set);
    expect(error.details['undo']).to.equal(undo?.id);
    expect(await set.stage.repository.facts(undo!)).to.deep.equal([]);
    // By name it goes on, and is then not called verified: nothing can prove such a file.
    const report = await set.stage.restore(set.image, { undo: 'once' });
    expect(report.verdict).to.equal('restored-unverified');
    expect(report.unproven.join()).to.contain('file 1');
  });

  it('stops the restore when the disk is full: what cannot be written down is not begun', async () => {
    const set = await scene({});
    const { stage } = set;
    stage.repository.beginRun = () => Promise.reject(new EngineError('store-no-space', 'the disk is full'));
    const error = await stage.expectFailure(stage.restore(set.image, { undo: 'twice' }), 'store-no-space');
    expect(error.details.release).to.equal('not-started');
    expect(stage.deviceEvents).to.deep.equal([]);
  });

  it('stops the restore when the run log breaks off while it is taken', async () => {
    const set = await scene({});
    const { stage } = set;
    let lines = 0;
    const append = stage.store.append.bind(stage.store);
    stage.store.append = (handle, octets) => {
      lines += 1;
      return lines > 2 ? Promise.reject(new EngineError('store-no-space', 'full')) : append(handle, octets);
    };
    const error = await stage.expectFailure(stage.restore(set.image, { undo: 'twice' }), 'store-no-space');
    expect(error.details).to.not.have.property('verdict');
    // The undo image has been taken by then: the device was in our procedures, and left them.
    expect(
      stage.deviceEvents.some((event) => event.kind === 'state' && event.on === 'start-backup'),
    ).to.equal(true);
    expect(error.details.release).to.equal('released');
    expect(
      stage.deviceEvents.some((event) => event.kind === 'state' && event.on === 'start-restore'),
    ).to.equal(false);
  });
});

describe('octets that change by themselves', () => {
  it('are learnt before the restore, and named where they differ after it: the restore is verified', async () => {
    const before = GOOD.map((file) =>
      file.access === 'stream' ? { ...file, content: octetsOf(file.content.length, 4711) } : file,
    );
    const set = await scene({ before, quirks: [counter(1, 500, 504)] });
    const report = await set.stage.restore(set.image, { undo: 'twice' });
    expect(report.verdict).to.equal('verified');
    expect(report.undo?.secondReading?.outcome).to.equal('volatile');
    const file = report.proof.files.find((candidate) => candidate.file === 1);
    expect(file?.equal).to.equal(false);
    expect(file?.volatile).to.deep.equal(file?.ranges);
    expect(file?.ranges[0]?.start).to.be.within(500, 503);
    expect(report.unproven).to.deep.equal([]);
  });

  it('are known of an image that was read twice, whatever the device holds before', async () => {
    const files = [streamFile(1, 2000), recordFile(2, [10, 20, 30])];
    const stage = await Stage.open({ device: { files }, quirks: [counter(1, 500, 504)] });
    const { imageId } = await stage.backup({ verify: true });
    stage.view.setFile(1, octetsOf(77, 1), stage.now);
    const report = await stage.restore(imageId, { undo: 'twice' });
    expect(report.verdict).to.equal('verified');
    expect(report.proof.files[0]?.volatile).to.have.length(1);
  });

  it('excuse nothing beside them', async () => {
    const before = GOOD.map((file) =>
      file.access === 'stream' ? { ...file, content: octetsOf(file.content.length, 4711) } : file,
    );
    let ended = false;
    const lies = upon(ReinitializeState.startBackup, (device, now) => {
      if (!ended) return;
      const octets = device.fileOctets(1)?.slice() ?? new Uint8Array(0);
      octets[700] = (octets[700] ?? 0) ^ 1;
      device.setFile(1, octets, now);
    });
    const noted = upon(ReinitializeState.endRestore, () => (ended = true));
    const set = await scene({ before, quirks: [counter(1, 500, 504), noted, lies] });
    const report = await set.stage.restore(set.image, { undo: 'twice' });
    expect(report.verdict).to.equal('restored-unverified');
    expect(report.unproven.join()).to.contain('octet 700 differs').and.to.contain('known to be volatile');
  });

  it('are not known in a file of another size: what differs there is a doubt', async () => {
    const set = await scene({ quirks: [counter(1, 500, 504)] });
    const report = await set.stage.restore(set.image, { undo: 'twice' });
    expect(report.verdict).to.equal('restored-unverified');
    expect(report.unproven.join()).to.match(/file 1: octet 50\d differs/);
  });
});
