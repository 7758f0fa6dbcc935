// What is known of devices comes from the run logs, and survives everything but their loss.

import { expect } from 'chai';

import { World } from '../../../simulator/index.js';
import { type Known, readLedger, updated } from '../../../src/fleet/ledger.js';
import { initRepository, MemoryStore, type Repository } from '../../../src/repository/index.js';

async function setUp() {
  const world = new World();
  const { clock } = world;
  const repository = await initRepository(new MemoryStore(), {
    place: 'memory',
    clock,
    random: world.random('repository'),
    defaultSite: 'North',
  });
  /** A log of one of the ledger's commands, a day after the one before. */
  const log = async (
    devices: readonly Known[],
    more: { site?: string; complete?: boolean; end?: boolean; outcome?: string; command?: string } = {},
  ): Promise<string> => {
    await world.advance(86_400_000);
    const { site = 'North', complete = true, end = true, outcome = 'done', command = 'run' } = more;
    const run = await repository.beginRun(command, {
      site,
      rule: 'nightly',
      since: '2026-01-01T00:00:00.000Z',
    });
    for (const device of devices) await run.write('device', { ...device });
    if (end) await run.end(outcome, { complete });
    return run.name;
  };
  const known = async (from: Repository = repository): Promise<Known[]> =>
    [...(await readLedger(from, 'North')).devices.values()].sort((a, b) => a.device - b.device);
  return { world, repository, log, known };
}

describe('ledger', () => {
  it('is empty where no run has told anything', async () => {
    const { known } = await setUp();
    expect(await known()).to.deep.equal([]);
  });

  it('takes the newest that was told of each device, whole runs and those that were killed', async () => {
    const { log, known } = await setUp();
    await log([
      { device: 1, address: '10.0.0.1:47808', outcome: 'failed', code: 'device-silent' },
      { device: 2, address: '10.0.0.2:47808' },
    ]);
    await log([{ device: 1, address: '10.0.0.9:47808', outcome: 'backed-up' }], { end: false });
    expect(await known()).to.deep.include.members([
      { device: 1, address: '10.0.0.9:47808', outcome: 'backed-up' },
      { device: 2, address: '10.0.0.2:47808' },
    ]);
  });

  it('looks back no further than the newest log that tells of everybody, and one more', async () => {
    const { log, known } = await setUp();
    await log([{ device: 1 }, { device: 3 }]);
    await log([]);
    await log([{ device: 1, name: 'AHU' }]);
    await log([{ device: 2 }], { complete: false });
    expect(await known()).to.deep.equal([{ device: 1, name: 'AHU' }, { device: 2 }]);
  });

  it('takes what each of two that ran beside each other has seen last', async () => {
    const { repository, known, world } = await setUp();
    const begin = () =>
      repository.beginRun('run', { site: 'North', rule: 'nightly', since: '2026-01-01T00:00:00.000Z' });
    const run = await begin();
    await world.advance(60_000);
    const probe = await begin();
    await world.advance(1000);
    await run.write('device', { device: 1, outcome: 'failed', code: 'device-silent' });
    await probe.write('device', { device: 2, support: 'yes' });
    await world.advance(1000);
    // Known when it began, and passed on at its end.
    await probe.write('known', { device: 1 });
    await probe.end('done', { complete: true });
    await run.write('known', { device: 2 });
    await run.end('partial', { complete: true });
    expect(await known()).to.deep.equal([
      { device: 1, outcome: 'failed', code: 'device-silent' },
      { device: 2, support: 'yes' },
    ]);
  });

  it('knows nothing of other sites, other commands, and lines that tell of no device', async () => {
    const { log, known } = await setUp();
    await log([{ device: 1 }], { site: 'South' });
    await log([{ device: 2 }], { command: 'restore' });
    await log([{ device: -5 }]);
    expect(await known()).to.deep.equal([]);
  });

  it('tells how the last run of each rule ended', async () => {
    const { repository, log } = await setUp();
    await log([], { outcome: 'partial' });
    const run = await log([], { end: false });
    const { runs } = await readLedger(repository, 'North');
    expect(runs.get('nightly')).to.include({ run, since: '2026-01-01T00:00:00.000Z' });
    expect(runs.get('nightly')).to.not.have.property('outcome');
  });

  it('tells of a run of last night, whatever other rules have run since', async () => {
    const { repository, log, world } = await setUp();
    await log([], { outcome: 'partial' });
    for (let hour = 1; hour <= 5; hour += 1) {
      await world.advance(3_600_000);
      const since = '2026-01-02T00:00:00.000Z';
      const other = await repository.beginRun('run', { site: 'North', rule: 'hourly', since });
      await other.end('done', { complete: true });
    }
    const { runs } = await readLedger(repository, 'North');
    expect(runs.get('nightly')).to.include({ outcome: 'partial' });
    expect(runs.get('hourly')).to.include({ outcome: 'done' });
  });

  it('takes away what is not so any more', () => {
    const known: Known = { device: 1, name: 'AHU', duplicates: ['a', 'b'] };
    expect(updated(known, { name: 'AHU 2', duplicates: undefined })).to.deep.equal({
      device: 1,
      name: 'AHU 2',
    });
  });
});
