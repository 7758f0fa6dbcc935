// A night over a small site: the promises that bench/fleet.mjs measures at full size. Four networks of six devices at
// 38,400 baud and four B/IP devices.

import { expect } from 'chai';

import { paceOf } from '../../src/fleet/index.js';
import { type FleetOptions, FleetStage, SITE } from '../support/fleet.js';

const HOUR = 3_600_000;
const LANES = { ...SITE.lanes, framesPerSecond: 20 };
const base: FleetOptions = {
  networks: 4,
  perNetwork: 6,
  direct: 4,
  octets: 10_000,
  site: { lanes: LANES },
  client: { pace: paceOf(LANES) },
};

/** The most transfers that each lane ever had at once. */
function mostAtOnce({ events }: FleetStage): Map<string, number> {
  const running = new Map<string, Set<number>>();
  const most = new Map<string, number>();
  for (const event of events) {
    if (event.kind === 'device-begin') {
      const lane = running.get(event.lane) ?? new Set();
      running.set(event.lane, lane.add(event.device));
      most.set(event.lane, Math.max(most.get(event.lane) ?? 0, lane.size));
    }
    if (event.kind === 'device-end') running.get(event.lane ?? '')?.delete(event.result.device);
  }
  return most;
}

/** Nothing reaches the device, and nothing comes from it. */
function turnOff(stage: FleetStage, instance: number): () => void {
  const node = stage.views.get(instance);
  if (node === undefined) throw new Error(`there is no device ${instance}`);
  const receive = node.receive.bind(node);
  node.receive = () => [];
  return () => {
    node.receive = receive;
  };
}

describe('a night over a site', function () {
  // Many devices: minutes of them on a machine that has much else to do.
  this.timeout(120_000);

  it('takes no longer than its longest lane by itself and a tenth, with one transfer on each network', async () => {
    const alone = await FleetStage.open({ ...base, networks: 1, direct: 0 });
    const { durationMs: longest } = await alone.run();
    const stage = await FleetStage.open(base);
    const summary = await stage.run();
    expect(summary).to.include({ outcome: 'done' });
    expect(summary.durationMs).to.be.lessThan(longest * 1.1);
    const most = mostAtOnce(stage);
    for (const network of [2001, 2002, 2003, 2004]) expect(most.get(`network ${network}`)).to.equal(1);
    expect(most.get('B/IP')).to.equal(4);
  });

  it('keeps the frames of every network within their budget, ours and the answers', async () => {
    const lanes = { ...LANES, framesPerSecond: 6 };
    const stage = await FleetStage.open({
      ...base,
      perNetwork: 2,
      site: { lanes },
      client: { pace: paceOf(lanes) },
    });
    await stage.run();
    const windowMs = 10_000;
    for (const times of stage.frames.values()) {
      for (let first = 0, last = 0; last < times.length; last += 1) {
        while ((times[last] ?? 0) - (times[first] ?? 0) >= windowMs) first += 1;
        // A burst of three requests, and their answers, may come on top.
        expect(last - first + 1).to.be.at.most((6 * windowMs) / 1000 + 6);
      }
    }
  });

  it('knows after a tenth of it how long it takes, within a fifth', async () => {
    const stage = await FleetStage.open({ ...base, perNetwork: 12 });
    const summary = await stage.run();
    const told = stage.events.filter((event) => event.kind === 'fleet-progress');
    const whole = told.at(-1)?.elapsedMs ?? 0;
    const early = told.filter(({ elapsedMs }) => elapsedMs >= whole / 10);
    expect(early.length).to.be.greaterThan(10);
    for (const { elapsedMs, remainingMs = 0 } of early)
      expect(Math.abs(elapsedMs + remainingMs - whole) / whole, `after ${elapsedMs} ms`).to.be.lessThan(0.2);
    expect(summary.durationMs).to.be.at.least(whole);
  });

  it('ends in its window with dead devices, wrong passwords and losses; the rerun does the rest, and no more', async () => {
    const dead = [200103, 200304];
    const locked = [200202];
    const stage = await FleetStage.open({
      ...base,
      seed: 7,
      link: { lossRate: 0.01 },
      device: (instance, config) => (locked.includes(instance) ? { ...config, password: 'other' } : config),
      site: {
        lanes: LANES,
        devices: dead.map((instance) => ({ instance, tags: [] })),
        groups: [{ name: 'all', select: {}, password: { kind: 'env', name: 'REINIT' } }],
      },
    });
    const turnOn = dead.map((instance) => turnOff(stage, instance));
    const stopsAtMs = stage.world.clock.unixTime() + HOUR;
    const wrong = (): Promise<string> => Promise.resolve('wrong');
    const first = await stage.run({ stopsAtMs, secret: wrong });
    expect(first).to.include({ outcome: 'partial', exitCode: 3 });
    expect(first.endedAt < new Date(stopsAtMs).toISOString()).to.equal(true);
    const failed = first.devices.filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ device, code }) => [device, code])).to.deep.equal([
      [200103, 'device-not-found'],
      [200202, 'device-password'],
      [200304, 'device-not-found'],
    ]);
    for (const on of turnOn) on();
    const second = await stage.run({ secret: () => Promise.resolve('other') });
    expect(second).to.include({ outcome: 'done', exitCode: 0 });
    expect(second.counts).to.include({ backedUp: 3, present: 25 });
    for (const { backupState } of stage.views.values()) expect(backupState).to.equal(0);
  });
});
