// planRestore and the way through the gate (plan, gather, hearing, pass): it reads and nothing else, it asks
// long enough, and a restore begins only with all permissions and their reasons on disk.

import { expect } from 'chai';
import {
  type Apdu,
  type BacnetValue,
  BROADCAST,
  ConfirmedService,
  decodeReadPropertyMultipleRequest,
  decodeReadPropertyRequest,
  type ObjectId,
  ObjectType,
} from '../../../../protocol/index.js';
import type { Reply } from '../../../../src/client/index.js';
import { planRestore, restore } from '../../../../src/procedure/index.js';
import { CHECK_NAMES } from '../../../../src/procedure/plan/index.js';
import { EngineError } from '../../../../src/errors.js';
import type { StoreHandle } from '../../../../src/ports.js';
import { checkOf, expectOnlyRead, lastRun, plannedIn, planScene, shows } from '../../../support/plans.js';
import { apduOf, CLIENT_LINK, failure, type Stage } from '../../../support/world.js';

const { reinitializeDevice } = ConfirmedService;

describe('a restore plan', () => {
  it('has every check once, in order; those of a replacement only for one', async () => {
    const names = (await plannedIn(await planScene())).checks.map(({ name }) => name);
    const usual = CHECK_NAMES.filter((name) => name !== 'old-device' && name !== 'spare');
    expect(names).to.deep.equal(usual);
    const other = await plannedIn(await planScene({ donor: { instance: 1002 } }));
    expect(other.checks.map(({ name }) => name)).to.deep.equal(CHECK_NAMES);
    expect(other).to.deep.include({ device: 1001, becomes: 1002, replacement: true });
  });

  it('says of which image and device it is, and when it was made', async () => {
    const scene = await planScene();
    const plan = await plannedIn(scene);
    expect(plan).to.deep.include({
      kind: 'restore-plan',
      device: 1001,
      imageId: scene.image,
      site: 'test',
      becomes: 1001,
      replacement: false,
    });
    expect(plan.madeAt).to.match(/^2026-01-01T00:00:/);
    expect(plan.identity.modelName).to.equal('Simulated controller');
    expect(JSON.parse(JSON.stringify(plan))).to.deep.equal(plan);
  });

  it('sends nothing but questions, whatever it finds', async () => {
    const scene = await planScene({
      donor: { instance: 1002, vendorId: 5, firmwareRevision: '9' },
      device: { files: [] },
      neighbour: { instance: 1001 },
    });
    const plan = await plannedIn(scene);
    expect(plan.checks.filter(({ severity }) => severity === 'block')).to.have.length.above(3);
    expectOnlyRead(scene);
    expect(scene.stage.deviceEvents).to.deep.equal([]);
  });

  it('leaves the files of a device in peace that is in somebody’s procedure', async () => {
    for (const [state, asks] of [
      [0, true],
      [4, false],
    ] as const) {
      const scene = await planScene({ quirks: [shows(338, [{ type: 'enumerated', value: state }])] });
      let asked = false;
      scene.stage.world.onDatagram((octets, from) => {
        const apdu = from === CLIENT_LINK ? apduOf(octets) : undefined;
        if (apdu?.type === 'confirmed-request')
          asked ||= objectsRead(apdu).some(({ type }) => type === ObjectType.file);
        return undefined;
      });
      const plan = await plannedIn(scene);
      expect(checkOf(plan, 'backup-state').severity).to.equal(asks ? 'ok' : 'block');
      expect(asked).to.equal(asks);
    }
  });

  it('asks Who-Is three times and waits for a slow answer, for a target with an address as well', async () => {
    const scene = await planScene();
    const asked: number[] = [];
    scene.stage.world.onDatagram((_octets, from, to, now) => {
      if (from === CLIENT_LINK && to === BROADCAST) asked.push(now);
      return undefined;
    });
    await plannedIn(scene);
    expect(asked).to.have.length(3);
    expect(scene.stage.now - asked.at(-1)!).to.be.at.least(5000);
  });

  it('tells its phase, and keeps what its checks say out of the deviations', async () => {
    const scene = await planScene({ quirks: ['file-size-unreadable'] });
    const device = await scene.stage.bind();
    const told: string[] = [];
    const onEvent = (event: { readonly kind: string; readonly phase?: string }): void => {
      told.push(event.phase ?? event.kind);
    };
    await scene.stage.run(planRestore(device, scene.stage.repository, scene.image, { onEvent }));
    expect(told).to.deep.equal(['plan']);
  });

  it('cannot be made of a silent device, nor of an image without files, and can be cancelled', async () => {
    const silent = await planScene();
    const device = await silent.stage.bind();
    silent.stage.world.remove('10.0.0.10:47808');
    const plan = (options = {}): Promise<unknown> =>
      silent.stage.run(planRestore(device, silent.stage.repository, silent.image, options));
    expect((await failure(plan())).code).to.equal('device-silent');
    const signal = AbortSignal.abort();
    expect((await failure(plan({ signal }))).code).to.equal('cancelled');

    const { stage, image } = await planScene();
    const { manifest } = await stage.repository.image(image);
    const draft = await stage.repository.begin();
    const { id } = await draft.publish({ ...manifest, files: [] });
    const empty = await failure(stage.run(planRestore(await stage.bind(), stage.repository, id)));
    expect(empty.code).to.equal('usage');
    expect(empty.message).to.contain('has no files');
  });
});

describe('the way through the gate', () => {
  it('refuses permissions without a reason, and unknown ones, before anything is sent', async () => {
    const { stage, image } = await planScene();
    const device = await stage.bind();
    let sent = 0;
    stage.world.onDatagram((_octets, from) => {
      if (from === CLIENT_LINK) sent += 1;
      return undefined;
    });
    for (const options of [
      { allow: ['model'] },
      { allow: ['model'], reason: ' ' },
      { allow: ['modle'], reason: 'r' },
    ]) {
      const act = restore(device, stage.repository, image, { expect: { instance: 1001 }, ...options });
      const error = await failure(stage.run(act));
      expect(error.code).to.equal('usage');
      expect(error.details.release).to.equal('not-started');
    }
    expect(sent).to.equal(0);
    expect(await runsOf(stage)).to.equal(0);
  });

  it('tells in the run log what was planned and how it went', async () => {
    const scene = await planScene({ donor: { firmwareRevision: '2.4' } });
    const allow = ['firmware', 'model'];
    const report = await scene.stage.restore(scene.image, { allow, reason: 'board failed' });
    expect(report.allowed).to.deep.equal(['firmware']);
    const lines = await lastRun(scene);
    const events = lines.map(({ event }) => event);
    expect(events.slice(0, 3)).to.deep.equal(['begin', 'plan', 'allowed']);
    const [begin, plan, allowed] = lines;
    const end = lines.at(-1);
    expect(begin).to.deep.include({
      command: 'restore',
      device: 1001,
      image: scene.image,
      reason: 'board failed',
    });
    expect(plan?.['checks']).to.have.length(CHECK_NAMES.length - 2);
    expect(allowed).to.deep.include({
      check: 'firmware',
      title: 'Firmware_Revision',
      image: '2.4',
      device: '1.0',
      reason: 'board failed',
    });
    expect(end).to.deep.include({ event: 'end', outcome: 'verified', release: 'released' });
    expect(report.run).to.be.a('string');
  });

  it('starts nothing when a line of the log before it cannot be written', async () => {
    for (const failing of ['begin', 'plan', 'allowed']) {
      const scene = await planScene({ donor: { firmwareRevision: '2.4' } });
      failAt(scene.stage, failing);
      const act = scene.stage.restore(scene.image, { allow: ['firmware'], reason: 'board failed' });
      const error = await failure(act);
      expect(error.code, failing).to.equal('store-no-space');
      expect(error.details.release).to.equal('not-started');
      expect(scene.sent).to.not.include(reinitializeDevice);
    }
  });

  it('has the permission on disk when START goes out', async () => {
    const scene = await planScene({ donor: { firmwareRevision: '2.4' } });
    const order: string[] = [];
    const { store } = scene.stage;
    const append = store.append.bind(store);
    store.append = async (handle, octets) => {
      await append(handle, octets);
      order.push((JSON.parse(new TextDecoder().decode(octets)) as { event: string }).event);
    };
    scene.stage.world.onDatagram(() => {
      if (scene.sent.at(-1) === reinitializeDevice && order.at(-1) !== 'START') order.push('START');
      return undefined;
    });
    await scene.stage.restore(scene.image, { allow: ['firmware'], reason: 'board failed' });
    const before = order.slice(0, order.indexOf('START'));
    expect(before).to.include.members(['begin', 'plan', 'allowed', 'start']);
  });

  it('finds a device that became another one after the plan', async () => {
    const scene = await planScene();
    let reads = 0;
    const { stage } = scene;
    const device = await stage.bind();
    const another = (reply: Reply<BacnetValue[]>): Reply<BacnetValue[]> => {
      reads += 1;
      return reads === 1 ? reply : { ok: true, value: [{ type: 'character-string', text: 'Other' }] };
    };
    const readProperty = device.readProperty.bind(device);
    Object.defineProperty(device, 'readProperty', {
      value: async (...args: Parameters<typeof readProperty>) => {
        const reply = await readProperty(...args);
        return args[1] === 70 ? another(reply) : reply;
      },
    });
    const readProperties = device.readProperties.bind(device);
    Object.defineProperty(device, 'readProperties', {
      value: async (...args: Parameters<typeof readProperties>) => {
        const reply = await readProperties(...args);
        if (!reply.ok) return reply;
        return { ok: true, value: reply.value.map((one, at) => (args[1][at] === 70 ? another(one) : one)) };
      },
    });
    const act = restore(device, stage.repository, scene.image, { expect: { instance: 1001 } });
    const error = await failure(stage.run(act));
    expect(error.code).to.equal('device-mismatch');
    expect(error.message).to.contain('Model_Name was Simulated controller');
    expectOnlyRead(scene);
  });
});

/** The objects that a request reads properties of. */
function objectsRead({
  service,
  payload,
}: Extract<Apdu, { type: 'confirmed-request' }>): readonly ObjectId[] {
  if (service === ConfirmedService.readProperty) return [decodeReadPropertyRequest(payload).object];
  if (service !== ConfirmedService.readPropertyMultiple) return [];
  return decodeReadPropertyMultipleRequest(payload).specs.map(({ object }) => object);
}

async function runsOf(stage: Stage): Promise<number> {
  let runs = 0;
  for await (const name of stage.repository.runs()) runs += name === '' ? 0 : 1;
  return runs;
}

/** The disk is full when this line of a run log shall be written. */
function failAt(stage: Stage, event: string): void {
  const { store } = stage;
  const append = store.append.bind(store);
  store.append = (handle: StoreHandle, octets: Uint8Array) => {
    const line = JSON.parse(new TextDecoder().decode(octets)) as { readonly event: string };
    return line.event === event
      ? Promise.reject(new EngineError('store-no-space', 'no space'))
      : append(handle, octets);
  };
}
