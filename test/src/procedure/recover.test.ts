// recover and settle-entries: what a dead process left on a device is ended when it is surely ours; everything
// else is told and left alone.

import { expect } from 'chai';
import { ReinitializeState } from '../../../protocol/index.js';
import { createClient } from '../../../src/client/index.js';
import { EngineError } from '../../../src/errors.js';
import { recover, type RecoverOptions, type RecoverReport } from '../../../src/procedure/index.js';
import { isSameDevice } from '../../../src/procedure/settle-entries.js';
import { Session } from '../../../src/procedure/session.js';
import { utcText } from '../../../src/repository/index.js';
import { abandoned, open, type Scene, scene } from '../../support/abandoned.js';
import { DEVICE_LINK, failure } from '../../support/world.js';

const { startBackup, startRestore, endBackup, abortRestore } = ReinitializeState;

const recovered = ({ stage, device }: Scene, options: RecoverOptions = {}): Promise<RecoverReport> =>
  stage.run(recover(device, stage.repository, options));

const verdicts = (report: RecoverReport): (readonly [string, boolean])[] =>
  report.entries.map(({ verdict, closed }) => [verdict, closed]);

describe('recover', () => {
  for (const [procedure, commands] of [
    ['backup', [startBackup, endBackup]],
    ['restore', [startRestore, abortRestore]],
  ] as const) {
    it(`releases a device from a ${procedure} of ours whose process is gone`, async () => {
      const set = await scene();
      const entry = await abandoned(set, procedure);
      const report = await recovered(set);
      expect(set.seen).to.deep.equal(commands);
      set.stage.expectFree();
      expect(report.released).to.deep.include({ procedure, foreign: false, release: 'released' });
      expect(report).to.deep.include({ name: 'Controller 1001', state: 'idle', systemStatus: 'operational' });
      expect(verdicts(report)).to.deep.equal([['released', true]]);
      expect(report.entries[0]?.entry.id).to.equal(entry.id);
      expect(await open(set)).to.deep.equal([]);
    });
  }

  it('names the undo image of a restore that was broken off, and none of a backup', async () => {
    const set = await scene();
    await set.stage.backup({ tags: ['as-built'] });
    const { imageId } = await set.stage.backup({ tags: ['undo'] });
    await set.stage.run(set.stage.world.clock.sleep(1000));
    const entry = await abandoned(set, 'restore');
    const { brokenOff } = await recovered(set);
    expect(brokenOff).to.deep.equal({ openedAt: entry.openedAt, undo: imageId });
    const other = await scene();
    await abandoned(other, 'backup');
    expect(await recovered(other)).to.not.have.property('brokenOff');
  });

  it('says the password with END', async () => {
    const set = await scene({ device: { password: 'secret' } });
    const { stage, fates } = set;
    const { journal } = stage.repository;
    const start = await stage.run(set.device.reinitialize(startBackup, 'secret'));
    expect(start.ok).to.equal(true);
    const entry = await journal.open({
      procedure: 'backup',
      site: 'test',
      instance: 1001,
      target: `1001@${DEVICE_LINK}`,
    });
    await journal.note(entry, { standing: 'held', heldAt: utcText(stage.world.clock.unixTime()) });
    fates.die();
    const wrong = await recovered(set);
    expect(wrong.released?.release).to.equal('unproven');
    expect(wrong.released?.words).to.contain('PASSWORD_FAILURE');
    expect(verdicts(wrong)).to.deep.equal([['unproven', false]]);
    const right = await recovered(set, { password: 'secret' });
    expect(verdicts(right)).to.deep.equal([['released', true]]);
    stage.expectFree();
  });

  it('does not touch the work of a process that runs', async () => {
    const set = await scene();
    await abandoned(set, 'restore');
    set.fates.dead.clear();
    const report = await recovered(set, { waitMs: 0 });
    expect(set.seen).to.deep.equal([startRestore]);
    expect(verdicts(report)).to.deep.equal([['under-way', false]]);
    expect(report.leftAlone).to.deep.include({ procedure: 'restore' });
    expect(report.leftAlone?.why).to.contain('process 7 on this computer is working on it');
  });

  it('leaves a procedure alone of which the journal knows nothing', async () => {
    for (const [start, procedure] of [
      [startBackup, 'backup'],
      [startRestore, 'restore'],
    ] as const) {
      const set = await scene();
      await set.stage.run(set.device.reinitialize(start, undefined));
      const report = await recovered(set);
      expect(set.seen).to.deep.equal([start]);
      expect(report.leftAlone).to.deep.equal({
        procedure,
        why: "the journal knows nothing of it, so it is somebody else's",
      });
    }
  });

  it('knows a procedure of the other kind as foreign, and forgets ours', async () => {
    const set = await scene();
    await abandoned(set, 'backup');
    set.stage.view.restart(0, set.stage.now);
    await set.stage.world.advance(100);
    await set.stage.run(set.device.reinitialize(startRestore, undefined));
    const report = await recovered(set);
    expect(set.seen).to.deep.equal([startBackup, startRestore]);
    expect(verdicts(report)).to.deep.equal([['replaced', true]]);
    expect(report.leftAlone?.procedure).to.equal('restore');
    expect(await open(set)).to.deep.equal([]);
  });

  it('waits for what may be ours until the device has ended it by itself', async () => {
    for (const standing of ['starting', 'ending'] as const) {
      const set = await scene();
      await abandoned(set, 'backup', standing);
      const before = set.stage.now;
      const report = await recovered(set);
      expect(set.seen, 'no END').to.deep.equal([startBackup]);
      expect(set.stage.now - before).to.be.within(60_000, 70_000);
      expect(verdicts(report)).to.deep.equal([['over', true]]);
      expect(report.state).to.equal('backup-failure');
      expect(await open(set)).to.deep.equal([]);
    }
  });

  it('leaves it alone when that takes too long, and says why', async () => {
    const device = { procedure: { backupFailureTimeoutS: 1200 } };
    const set = await scene({ device });
    await abandoned(set, 'backup', 'starting', { backupFailureTimeoutS: 1200 });
    const before = set.stage.now;
    const report = await recovered(set);
    expect(set.stage.now - before).to.be.below(15_000);
    expect(verdicts(report)).to.deep.equal([['unknown', false]]);
    expect(report.leftAlone?.why).to.contain('START was on its way when its process ended');
    expect(await open(set)).to.have.length(1);
  });

  it('leaves alone what it cannot tell from the next procedure of somebody else after the device had timed out', async () => {
    const set = await scene();
    await abandoned(set, 'backup');
    await set.stage.world.advance(61_000);
    set.stage.expectFree();
    await set.stage.run(set.device.reinitialize(startBackup, undefined));
    const report = await recovered(set, { waitMs: 0 });
    expect(set.seen).to.deep.equal([startBackup, startBackup]);
    expect(verdicts(report)).to.deep.equal([['unknown', false]]);
    expect(report.leftAlone?.why).to.contain('more than its 60 s ago');
  });

  it('takes an entry away whose device has ended it by itself, though not in the first moments', async () => {
    const set = await scene({ quirks: ['state-late=2'] });
    await abandoned(set, 'restore');
    const at = set.stage.now;
    const report = await recovered(set);
    set.stage.expectFree();
    expect(verdicts(report)[0]?.[1]).to.equal(true);
    expect(set.stage.now - at).to.be.greaterThan(5000);

    const late = await scene();
    await abandoned(late, 'backup');
    await late.stage.world.advance(120_000);
    expect(verdicts(await recovered(late))).to.deep.equal([['over', true]]);
    expect(late.seen).to.deep.equal([startBackup]);
  });

  it('keeps the entry of a silent device', async () => {
    const set = await scene();
    await abandoned(set, 'backup');
    set.stage.world.remove(DEVICE_LINK);
    const error = await failure(recovered(set));
    expect(error.code).to.equal('device-silent');
    expect(error.message).to.match(/^Device 1001: /);
    expect(await open(set)).to.have.length(1);
  });

  it('keeps the entry, as ours, when END is refused, and ends it later', async () => {
    const set = await scene({ quirks: ['end-refused=DEVICE:OPERATIONAL_PROBLEM*2'] });
    await abandoned(set, 'backup');
    const first = await recovered(set);
    expect(first.released).to.deep.include({ release: 'unproven', foreign: false });
    const [entry] = await open(set);
    expect(entry?.note).to.deep.include({ standing: 'held', left: true });
    const second = await recovered(set);
    expect(second.released?.release).to.equal('released');
    set.stage.expectFree();
    expect(await open(set)).to.deep.equal([]);
  });

  it('finds the device at another address by its name, and never takes another device for it', async () => {
    const set = await scene();
    const entry = await abandoned(set, 'backup', 'held', { target: '1001@10.0.0.99:47808' });
    expect(verdicts(await recovered(set))).to.deep.equal([['released', true]]);
    set.stage.expectFree();

    const other = await scene();
    await abandoned(other, 'backup', 'held', { target: '1001@10.0.0.99:47808', deviceName: 'Chiller' });
    const report = await recovered(other, { waitMs: 0 });
    expect(verdicts(report)).to.deep.equal([['unknown', false]]);
    expect(other.seen).to.deep.equal([startBackup]);

    const session = new Session(set.device, {});
    expect(isSameDevice(session, { ...entry, target: `1001@${DEVICE_LINK}` })).to.equal(true);
    expect(isSameDevice(session, entry), 'no name, another place').to.equal(false);
  });

  it('settles the entries of one site alone when asked', async () => {
    const set = await scene();
    await abandoned(set, 'backup', 'held', { site: 'other' });
    const report = await recovered(set, { site: 'test', waitMs: 0 });
    expect(report.entries).to.deep.equal([]);
    expect(report.leftAlone?.procedure).to.equal('backup');
    expect(verdicts(await recovered(set, { site: 'other' }))).to.deep.equal([['released', true]]);
  });

  it('lets one of two recoveries at once do it', async () => {
    const set = await scene();
    await abandoned(set, 'backup');
    const { stage, device } = set;
    const clock = stage.world.clock;
    const transport = stage.world.transport('10.0.0.4:47808');
    const second = createClient({ clock, transport, random: stage.world.random('second') });
    const again = await stage.run(second.device(`1001@${DEVICE_LINK}`));
    const both = await stage.run(
      Promise.all([
        recover(device, stage.repository, { waitMs: 0 }),
        recover(again, stage.repository, { waitMs: 0 }),
      ]),
    );
    expect(set.seen).to.deep.equal([startBackup, endBackup]);
    expect(both.map((report) => report.entries.map(({ verdict }) => verdict)).flat()).to.have.members([
      'released',
      'under-way',
    ]);
    stage.expectFree();
    expect(await open(set)).to.deep.equal([]);
    expect((await stage.repository.check()).findings).to.deep.equal([]);
  });
});

describe("recover of what is somebody else's", () => {
  it('ends it when asked by name, and the log of the run says so', async () => {
    for (const [start, end] of [
      [startBackup, endBackup],
      [startRestore, abortRestore],
    ] as const) {
      const set = await scene();
      await set.stage.run(set.device.reinitialize(start, undefined));
      const report = await recovered(set, { foreign: { instance: 1001 } });
      expect(set.seen).to.deep.equal([start, end]);
      expect(report.released).to.deep.include({ foreign: true, release: 'released' });
      set.stage.expectFree();
      const names: string[] = [];
      for await (const name of set.stage.repository.runs()) names.push(name);
      const { lines, ended } = await set.stage.repository.readRun(names[0] ?? '');
      expect(ended).to.equal(true);
      expect(lines[0]).to.deep.include({ event: 'begin', command: 'recover', device: 1001, foreign: true });
    }
  });

  it('takes the entry away that it may have been', async () => {
    const set = await scene();
    await abandoned(set, 'backup', 'starting');
    const report = await recovered(set, { foreign: { instance: 1001 } });
    expect(verdicts(report)).to.deep.equal([['released', true]]);
    expect(await open(set)).to.deep.equal([]);
    set.stage.expectFree();
  });

  it('sends nothing to a free device, nor when another instance is named', async () => {
    const set = await scene();
    const report = await recovered(set, { foreign: { instance: 1001 } });
    expect(report.released).to.equal(undefined);
    const error = await failure(recovered(set, { foreign: { instance: 1002 } }));
    expect(error.code).to.equal('usage');
    expect(set.seen).to.deep.equal([]);
  });

  it('does nothing that it cannot write down', async () => {
    const set = await scene();
    await set.stage.run(set.device.reinitialize(startBackup, undefined));
    const broken = new Proxy(set.stage.repository, {
      get: (target, name) =>
        name === 'beginRun'
          ? () => Promise.reject(new EngineError('store-no-space', 'the disk is full'))
          : (Reflect.get(target, name) as unknown),
    });
    const error = await failure(set.stage.run(recover(set.device, broken, { foreign: { instance: 1001 } })));
    expect(error.code).to.equal('store-no-space');
    expect(set.seen).to.deep.equal([startBackup]);
  });
});
