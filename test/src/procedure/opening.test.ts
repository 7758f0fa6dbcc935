// opening: the next procedure on a device that an earlier process of ours has left in one.

import { expect } from 'chai';
import { BackupState, ReinitializeState } from '../../../protocol/index.js';
import type { EngineError } from '../../../src/errors.js';
import { abandoned, FILES, open, scene } from '../../support/abandoned.js';
import { imageOf } from '../../support/images.js';
import { NARROW } from '../../support/restores.js';
import { DEVICE_LINK } from '../../support/world.js';

const { startBackup, startRestore, endBackup, abortRestore } = ReinitializeState;

describe('the next procedure on a device that was left in ours', () => {
  it('releases it first, says so, and goes on', async () => {
    for (const verb of ['backup', 'verify', 'restore'] as const) {
      for (const procedure of ['backup', 'restore'] as const) {
        const set = await scene();
        const { stage } = set;
        const image = await imageOf(stage, { files: FILES, limits: NARROW });
        await abandoned(set, procedure);
        const report = await (verb === 'backup' ? stage.backup() : stage[verb](image));
        expect(report.release).to.equal('released');
        expect(set.seen.slice(0, 2)).to.deep.equal(
          procedure === 'backup' ? [startBackup, endBackup] : [startRestore, abortRestore],
        );
        const told = stage.events.filter(({ kind }) => kind === 'recovered');
        expect(told).to.have.length(1);
        expect(await open(set)).to.deep.equal([]);
      }
    }
  });

  it('takes away the entry of what is over', async () => {
    const set = await scene();
    await abandoned(set, 'backup');
    await set.stage.world.advance(100_000);
    await set.stage.backup();
    expect(set.seen).to.deep.equal([startBackup, startBackup, endBackup]);
    expect(await open(set)).to.deep.equal([]);
  });

  it("leaves alone what may be somebody else's, and says whose it may be", async () => {
    const set = await scene();
    await abandoned(set, 'backup', 'ending');
    const error = await set.stage
      .backup()
      .then(() => undefined)
      .catch((thrown: unknown) => thrown as EngineError);
    expect(error?.code).to.equal('device-busy');
    expect(error?.message)
      .to.contain('it may be the backup that we began at')
      .and.to.contain('bacvault recover');
    expect(set.seen).to.deep.equal([startBackup]);
    expect(set.stage.view.backupState).to.equal(BackupState.performingABackup);
    expect(await open(set)).to.have.length(1);
  });

  it('does not touch the entry of another site, or of another device', async () => {
    const set = await scene();
    await set.stage.repository.journal.open({
      procedure: 'backup',
      site: 'other',
      instance: 1001,
      target: `1001@${DEVICE_LINK}`,
    });
    await set.stage.repository.journal.open({
      procedure: 'backup',
      site: 'test',
      instance: 1002,
      target: '1002@10.0.0.11:47808',
    });
    set.fates.die();
    await set.stage.backup();
    expect(await open(set)).to.have.length(2);
  });
});
