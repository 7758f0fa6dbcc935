// restore, write-and-prove, write-restore, file-object, write-files and return, as a program sees them: what a
// report holds, and in which order things are told. The hard stories, those of undo, proof, failed-restore and
// rollback among them, are in test/scenario.

import { expect } from 'chai';
import { damaged, exact, expectExact, GOOD, scene } from '../../support/restores.js';
import { Stage, streamFile } from '../../support/world.js';
import { imageOf } from '../../support/images.js';

describe('a restore', () => {
  it('reports what was written, what was read back and what the device showed', async () => {
    const report = await exact({});
    expect(report).to.deep.include({
      kind: 'restore-report',
      device: 1001,
      readBack: 'equal',
      octets: 2000 + 510 + 10,
      octetsRewritten: 0,
      deviations: [],
      unproven: [],
      release: 'released',
    });
    expect(report.after).to.deep.include({
      state: 'idle',
      systemStatus: 'operational',
      address: '10.0.0.10:47808',
    });
  });

  it('tells its phases in order, and every file twice: written, then read back', async () => {
    const set = await scene({});
    await set.stage.restore(set.image);
    const told = set.stage.events.flatMap((event) => {
      if (event.kind === 'phase') return [event.phase];
      return event.kind === 'file' ? [`file ${event.file}`] : [];
    });
    const files = ['file 1', 'file 2', 'file 3'];
    expect(told).to.deep.equal([
      'plan',
      'identify',
      'start',
      'prepare',
      'write',
      ...files,
      'read-back',
      ...files,
      'end',
      'return',
      // The proof: a backup that is compared.
      'identify',
      'start',
      'prepare',
      'list',
      'compare',
      ...files,
      'end',
    ]);
    expect(set.stage.events.at(-1)).to.deep.equal({ kind: 'released', device: 1001, release: 'released' });
  });

  it('writes the files in the order of the image, whatever the device lists', async () => {
    const stage = await Stage.open({ device: { files: damaged([streamFile(9, 20), streamFile(4, 20)]) } });
    const image = await imageOf(stage, { files: [streamFile(4, 20), streamFile(9, 20)] });
    await stage.restore(image);
    const written = stage.events.flatMap((event) => (event.kind === 'file' ? [event.file] : []));
    expect(written.slice(0, 4), 'written, and read back').to.deep.equal([4, 9, 4, 9]);
  });

  it('waits for a device that prepares in silence', async () => {
    const procedure = { restorePreparationMs: 90_000, answersWhilePreparing: false };
    const report = await exact({ device: { procedure } });
    expect(report.durationMs).to.be.above(90_000);
  });

  it('takes the password for START and END alike', async () => {
    const stage = await Stage.open({ device: { files: damaged(GOOD), password: 'geheim' } });
    const image = await imageOf(stage, { files: GOOD });
    const report = await stage.restore(image, { password: 'geheim' });
    expect(report.release).to.equal('released');
    expectExact({ stage, good: GOOD });
  });

  it('can be done again at once', async () => {
    const set = await scene({});
    await set.stage.restore(set.image);
    const again = await set.stage.restore(set.image);
    expect(again.unproven).to.deep.equal([]);
    expectExact(set);
  });

  it('has the quiet that it is given before it reads back', async () => {
    const set = await scene({});
    const long = await set.stage.restore(set.image, { quietMs: 30_000 });
    expect(long.durationMs).to.be.above(30_000);
  });
});
