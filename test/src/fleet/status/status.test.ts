// The protection of a whole site, from facts on disk: through runs, restarts, renames and moves.

import { expect } from 'chai';

import { type DeviceStatus, protection, runFleet } from '../../../../src/fleet/index.js';
import { openRepository, utcText } from '../../../../src/repository/index.js';
import { saveImage } from '../../repository/samples.js';
import { FleetStage, type FleetOptions } from '../../../support/fleet.js';

const DAY = 86_400_000;

async function setUp(options: FleetOptions = {}) {
  const stage = await FleetStage.open({ networks: 1, perNetwork: 2, ...options });
  const status = async (
    site: FleetStage['site'] | { name: string } = stage.site,
  ): Promise<DeviceStatus[]> => {
    // As a new process: nothing of the run is in memory.
    const { clock } = stage.world;
    const random = stage.world.random('another process');
    const repository = await openRepository(stage.store, { place: 'memory', clock, random });
    const all: DeviceStatus[] = [];
    for await (const one of protection(site, repository, { nowMs: clock.unixTime() })) all.push(one);
    return all;
  };
  const states = async (...given: Parameters<typeof status>): Promise<Record<number, string>> =>
    Object.fromEntries((await status(...given)).map(({ device, state }) => [device, state]));
  return { stage, status, states };
}

describe('status', () => {
  it('knows every device that was named, backed up or seen, without any network', async () => {
    const { stage, states, status } = await setUp({
      rule: { what: { instances: [{ low: 0, high: 200_101 }] } },
      site: { devices: [{ instance: 7, tags: [] }] },
    });
    expect(await states()).to.deep.equal({ 7: 'never' });
    await stage.run();
    await stage.client.close();
    expect(await states()).to.deep.equal({
      7: 'unreachable',
      100: 'protected',
      200101: 'protected',
      200102: 'never',
    });
    const seen = (await status()).find(({ device }) => device === 200102);
    expect(seen).to.deep.include({ address: '2001:2@10.0.1.1:47808', rules: [] });
  });

  it('forgets a device that was never seen when the site file names it no more', async () => {
    const { stage, states } = await setUp({ site: { devices: [{ instance: 7, tags: [] }] } });
    expect(await stage.run()).to.include({ outcome: 'partial' });
    expect(await states()).to.include({ 7: 'unreachable' });
    const corrected = { ...stage.site, devices: [] };
    expect(Object.keys(await states(corrected))).to.deep.equal(['100', '200101', '200102']);
    const { client, repository } = stage;
    const again = async (): Promise<string> => {
      let outcome = '';
      for await (const event of runFleet(corrected, repository, { client }))
        if (event.kind === 'fleet-summary') ({ outcome } = event);
      return outcome;
    };
    expect(await stage.world.run(again())).to.equal('done');
  });

  it('survives later runs that do not see a device, and grows old by itself', async () => {
    const { stage, states, status } = await setUp({ rule: { retries: 0 } });
    await stage.run();
    stage.world.remove('10.0.1.1:47808');
    for (let night = 1; night <= 9; night += 1) {
      await stage.world.advance(DAY);
      await stage.run();
      if (night === 3) expect(await states()).to.include({ 200101: 'protected' });
    }
    expect(await states()).to.deep.equal({ 100: 'protected', 200101: 'unreachable', 200102: 'unreachable' });
    const gone = (await status()).find(({ device }) => device === 200101);
    expect(gone?.reason).to.match(/older than 8 days: .*9 runs in a row/);
    expect(gone?.name).to.equal('Controller 200101');
  }).timeout(10_000);

  it('is that of the instance, whatever it is called and wherever it is', async () => {
    const { stage, status } = await setUp({ networks: 0, direct: 1 });
    await stage.run();
    const view = stage.views.get(100);
    if (view === undefined) throw new Error('there is no device 100');
    stage.world.remove('10.1.0.1:47808');
    stage.world.add(view, '10.9.9.9:47808');
    await stage.world.advance(DAY);
    await stage.run();
    const all = await status();
    expect(all).to.have.length(1);
    expect(all[0]).to.deep.include({ state: 'protected', address: '10.9.9.9:47808' });
    expect(await stage.repository.images({ instance: 100 })).to.have.length(2);
  });

  it('goes on under a new name: what was kept under the old one counts', async () => {
    const { stage, status } = await setUp({ networks: 0, direct: 1, rule: { unchanged: 'skip' } });
    const createdAt = utcText(stage.world.clock.unixTime());
    const device = { instance: 100, name: 'AHU-3 (old name)' };
    await saveImage(stage.repository, 'as it was', { site: stage.site.name, createdAt, device });
    expect((await status())[0]).to.deep.include({ state: 'protected', name: 'AHU-3 (old name)' });
    await stage.world.advance(DAY);
    await stage.run();
    const all = await status();
    expect(all).to.have.length(1);
    expect(all[0]).to.deep.include({ device: 100, state: 'protected', name: 'Controller 100' });
    expect(await stage.repository.images({ instance: 100 })).to.have.length(2);
  });

  it('says unchanged for a device that a run left alone because nothing moved', async () => {
    const { stage, states, status } = await setUp({ rule: { unchanged: 'skip' } });
    await stage.run();
    for (let night = 1; night <= 10; night += 1) {
      await stage.world.advance(DAY);
      await stage.run();
    }
    expect(await stage.repository.images()).to.have.length(3);
    expect(Object.values(await states())).to.deep.equal(Array(3).fill('protected'));
    expect((await status())[0]?.reason).to.equal('it has not changed since its image');
  }).timeout(10_000);

  it('is not made by an image that another program took some time ago', async () => {
    const { stage, states } = await setUp({ site: { devices: [{ instance: 100, tags: [] }] } });
    const imported = { layout: 'folder', unknown: [] };
    const createdAt = utcText(stage.world.clock.unixTime());
    const device = { instance: 100 };
    await saveImage(stage.repository, 'old', { site: stage.site.name, createdAt, device, imported });
    expect(await states()).to.include({ 100: 'never' });
    await stage.run();
    expect(await states()).to.include({ 100: 'protected' });
  });

  it('needs no site file', async () => {
    const { stage, states } = await setUp();
    await stage.run();
    expect(await states({ name: 'North' })).to.deep.equal({
      100: 'protected',
      200101: 'protected',
      200102: 'protected',
    });
    expect(await states({ name: 'South' })).to.deep.equal({});
  });
});
