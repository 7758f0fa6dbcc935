// A dead controller is replaced: the new one has no instance yet, or that of the factory, and gets image,
// instance and perhaps address of the old one with the restore. The documented path, from plan to return.

import { expect } from 'chai';
import type { DeviceConfigInput } from '../../simulator/index.js';
import {
  planRestore,
  type ProgressEvent,
  restore,
  type RestoreReport,
  verify,
} from '../../src/procedure/index.js';
import { imageOf } from '../support/images.js';
import { checkOf, lastRun } from '../support/plans.js';
import { damaged, expectExact, GOOD, NARROW } from '../support/restores.js';
import { DEVICE_LINK, NETWORK, ROUTER_LINK, Stage, type StageOptions } from '../support/world.js';

const UNCONFIGURED = 4194303;
const RESTARTS = { restoreCompletionMs: 20_000, restartsAfterRestore: true } as const;
const ALLOWED = { allow: ['instance'], reason: 'board failed, WO 8812' };

interface New {
  readonly stage: Stage;
  readonly image: string;
}

/** A new controller on the network, and the image of the dead one, 1201. */
async function replaced(device: DeviceConfigInput, options: StageOptions = {}): Promise<New> {
  const common = { limits: NARROW, files: damaged(GOOD), procedure: RESTARTS };
  const stage = await Stage.open({
    ...options,
    device: { ...common, ...device },
    quirks: ['restore-changes-instance=1201'],
  });
  return { stage, image: await imageOf(stage, { instance: 1201, limits: NARROW, files: GOOD }) };
}

function expectReplaced(set: New, report: RestoreReport): void {
  expect(report.unproven).to.deep.equal([]);
  expect(report.release).to.equal('released');
  expect(report.allowed).to.deep.equal(['instance']);
  expectExact({ stage: set.stage, good: GOOD });
  set.stage.expectFree();
}

describe('replacing a dead controller', () => {
  for (const [what, instance] of [
    ['an unconfigured controller', UNCONFIGURED],
    ['a controller with the instance of the factory', 9999],
  ] as const) {
    it(`restores onto ${what}, which then answers as the old one`, async () => {
      const set = await replaced({ instance });
      const device = await set.stage.bind();
      expect(device.instance).to.equal(instance);
      const { stage, image } = set;
      const act = restore(device, stage.repository, image, { expect: { instance }, ...ALLOWED });
      expectReplaced(set, await stage.run(act));
      expect(device.instance).to.equal(1201);
      const [line] = (await lastRun(set)).filter(({ event }) => event === 'allowed');
      expect(line).to.deep.include({ check: 'instance', image: '1201', reason: ALLOWED.reason });
    });

    it(`finds ${what} when the restore also gave it another address`, async () => {
      const set = await replaced({ instance });
      const { stage, image } = set;
      const device = await stage.bind();
      let moves = false;
      const onEvent = (event: ProgressEvent): void => {
        if (event.kind !== 'phase' || event.phase !== 'return' || moves) return;
        moves = true;
        void stage.world.clock.sleep(1000).then(() => stage.move('10.0.0.77:47808'));
      };
      const act = restore(device, stage.repository, image, { expect: { instance }, ...ALLOWED, onEvent });
      expectReplaced(set, await stage.run(act));
      expect(device.instance).to.equal(1201);
      expect(device.address).to.deep.equal({ link: '10.0.0.77:47808' });
    });
  }

  it('finds a controller that takes its new instance without a restart', async () => {
    const set = await replaced({ instance: 9999, procedure: {} });
    expectReplaced(set, await set.stage.restore(set.image, ALLOWED));
  });

  it('does so behind a router, too', async () => {
    const set = await replaced({ instance: 9999 }, { lane: {} });
    const target = `9999@${NETWORK}:10@${ROUTER_LINK}`;
    const device = await set.stage.run(set.stage.client.device(target));
    const { stage, image } = set;
    const act = restore(device, stage.repository, image, { expect: { instance: 9999 }, ...ALLOWED });
    expectReplaced(set, await stage.run(act));
    expect(device.instance).to.equal(1201);
  });

  it('says so when the controller keeps its own instance, which then has to be set by hand', async () => {
    const keeps: DeviceConfigInput = {
      instance: 9999,
      limits: NARROW,
      files: damaged(GOOD),
      procedure: RESTARTS,
    };
    const stage = await Stage.open({ device: keeps });
    const image = await imageOf(stage, { instance: 1201, limits: NARROW, files: GOOD });
    const report = await stage.restore(image, ALLOWED);
    expect(report.unproven.join()).to.contain('it answers as device 9999, not as device 1201');
    expectExact({ stage, good: GOOD });
  });

  it('says which instance a controller took that nobody expected, and what proves it then', async () => {
    const stage = await Stage.open({
      device: { instance: 1201, limits: NARROW, files: damaged(GOOD), procedure: RESTARTS },
      quirks: ['restore-changes-instance=4711'],
    });
    const image = await imageOf(stage, { instance: 1201, limits: NARROW, files: GOOD });
    const report = await stage.restore(image, { undo: 'once' });
    expect(report.verdict).to.equal('restored-unverified');
    expect(report.unproven[0]).to.contain('does not answer to its instance any more');
    expect(report.unproven[0]).to.contain('device 4711 answers at its address');
    const renamed = await stage.run(stage.client.device(`4711@${DEVICE_LINK}`));
    const verified = await stage.run(verify(renamed, stage.repository, image));
    expect(verified.equal).to.equal(true);
  });

  it('needs nothing but a look at the plan when the new controller was given the old instance before', async () => {
    const { stage, image } = await replaced({ instance: 1201, serialNumber: 'B-2' });
    stage.move('10.0.0.77:47808');
    const device = await stage.run(stage.client.device('1201@10.0.0.77'));
    const plan = await stage.run(planRestore(device, stage.repository, image));
    expect(plan.replacement).to.equal(false);
    expect(checkOf(plan, 'address')).to.deep.include({
      severity: 'warn',
      image: DEVICE_LINK,
      device: '10.0.0.77:47808',
    });
    expect(plan.checks.filter(({ severity }) => severity === 'block')).to.deep.equal([]);
  });
});
