// What every device of a site can do, by reading alone.

import { expect } from 'chai';

import { type ProbedDevice, probeFleet, protection } from '../../../src/fleet/index.js';
import { FleetStage } from '../../support/fleet.js';

async function probed(stage: FleetStage, signal?: AbortSignal): Promise<ProbedDevice[]> {
  const all: ProbedDevice[] = [];
  const { site, repository, client } = stage;
  const stop = signal === undefined ? {} : { signal };
  const read = async (): Promise<void> => {
    for await (const one of probeFleet(site, repository, { client, ...stop })) all.push(one);
  };
  await stage.world.run(read());
  return all.sort((a, b) => a.device - b.device);
}

describe('probe of a whole site', () => {
  it('says of every device whether it can be backed up, and starts nothing', async () => {
    const stage = await FleetStage.open({
      networks: 2,
      perNetwork: 2,
      direct: 1,
      device: (instance, config) => (instance === 200102 ? { ...config, quirks: [], files: [] } : config),
    });
    const all = await probed(stage);
    expect(all.map(({ device, kind }) => [device, kind])).to.deep.equal(
      [100, 200101, 200102, 200201, 200202].map((device) => [device, 'probed']),
    );
    for (const one of all)
      expect(one.kind === 'probed' && one.capabilities.backupAndRestore).to.be.oneOf(['yes', 'unknown']);
    for (const { backupState } of stage.views.values()) expect(backupState).to.equal(0);
    expect(await stage.repository.images()).to.deep.equal([]);
  });

  it('is remembered: status knows of devices that nobody has backed up', async () => {
    const stage = await FleetStage.open({ networks: 1, perNetwork: 1, direct: 0 });
    await probed(stage);
    const states = [];
    for await (const one of protection(stage.site, stage.repository, { nowMs: stage.world.clock.unixTime() }))
      states.push([one.device, one.state, one.name]);
    expect(states).to.deep.equal([[200101, 'never', 'Controller 200101']]);
  });

  it('tells what is silent and what answers twice, and goes on', async () => {
    const stage = await FleetStage.open({
      networks: 2,
      perNetwork: 2,
      direct: 0,
      device: (instance, config) => (instance === 200201 ? { ...config, instance: 200101 } : config),
      site: { devices: [{ instance: 9, tags: [] }] },
    });
    const all = await probed(stage);
    const codes = all.map((one) => [one.device, one.kind === 'probed' ? 'probed' : one.code]);
    expect(codes).to.deep.equal([
      [9, 'device-not-found'],
      [200101, 'device-duplicate'],
      [200102, 'probed'],
      [200202, 'probed'],
    ]);
    const twice = all.find(({ device }) => device === 200101);
    expect(twice?.kind === 'probe-failed' && twice.places).to.have.length(2);
  });

  it('ends when it is stopped', async () => {
    const stage = await FleetStage.open({ networks: 1, perNetwork: 5, direct: 0 });
    const stop = new AbortController();
    void stage.world.clock.sleep(8000).then(() => stop.abort());
    const error: unknown = await probed(stage, stop.signal).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.have.property('code', 'cancelled');
  });
});
