// A run over a small site, from who is there to the summary: run, and its parts ground, turn and passes, with the defaults of
// options and the words of types. The large stories are in test/scenario/fleet.test.ts.

import { expect } from 'chai';

import { PropertyId } from '../../../../protocol/index.js';
import { type Quirk, quirkNamed } from '../../../../simulator/index.js';
import { type FleetEvent, protection } from '../../../../src/fleet/index.js';
import { ruleOf } from '../../../../src/fleet/run/ground.js';
import { RETRY_PAUSE_MS } from '../../../../src/fleet/run/options.js';
import { PROTECTING } from '../../../../src/fleet/run/types.js';
import { utcText } from '../../../../src/repository/index.js';
import { saveImage } from '../../repository/samples.js';
import { FleetStage, outcomes, RULE, SITE } from '../../../support/fleet.js';
import { restless } from '../../../support/living.js';
import { failure, octetsOf } from '../../../support/world.js';

const DAY_MS = 86_400_000;

const kinds = (events: readonly FleetEvent[]): string[] => [...new Set(events.map(({ kind }) => kind))];

describe('runFleet', () => {
  it('backs up every device of a site that it finds, and tells it once', async () => {
    const stage = await FleetStage.open();
    const summary = await stage.run();
    expect(summary).to.include({ outcome: 'done', exitCode: 0, octets: 14_000 });
    expect(Object.values(outcomes(summary))).to.deep.equal(Array(7).fill('backed-up'));
    expect(summary.counts).to.include({ devices: 7, protected: 7, first: 7 });
    expect(summary.devices.find(({ device }) => device === 200102)).to.include({
      name: 'Controller 200102',
      address: '2001:2@10.0.1.1:47808',
      network: 2001,
      change: 'first',
      tries: 1,
      release: 'released',
    });
    expect(kinds(stage.events)).to.deep.equal([
      'fleet-begin',
      'fleet-survey',
      'fleet-plan',
      'device-begin',
      'device-progress',
      'fleet-progress',
      'device-end',
      'fleet-summary',
    ]);
    for (const { backupState } of stage.views.values()) expect(backupState).to.equal(0);
  });

  it('keeps a log of the run with one line for each device', async () => {
    const stage = await FleetStage.open();
    const { run = '' } = await stage.run();
    const { lines, ended } = await stage.repository.readRun(run);
    expect(ended).to.equal(true);
    const devices = lines.filter(({ event }) => event === 'device').map((line) => line['device']);
    expect(devices.sort()).to.deep.equal([...stage.views.keys()].sort());
    expect(lines.at(-1)).to.include({ outcome: 'done', complete: true });
  });

  it('tries those that failed again at the end, and says why those are not protected that fail again', async () => {
    const stage = await FleetStage.open({
      device: (instance, config) =>
        instance === 200101 || instance === 200102 ? { ...config, password: 'secret' } : config,
    });
    const dead = stage.views.get(200201);
    stage.world.onDatagram((octets, _, to, now) =>
      to.startsWith('10.0.1.2') && now < 70_000 && octets.length > 0 ? 'drop' : undefined,
    );
    const summary = await stage.run();
    expect(dead?.backupState).to.equal(0);
    expect(summary).to.include({ outcome: 'partial', exitCode: 3 });
    const failed = summary.devices.filter(({ outcome }) => !PROTECTING.includes(outcome));
    expect(failed.map(({ device, code, tries }) => ({ device, code, tries }))).to.deep.equal([
      // A wrong password is never tried twice: devices lock out.
      { device: 200101, code: 'device-password', tries: 1 },
      { device: 200102, code: 'device-password', tries: 1 },
    ]);
    for (const { message, hint } of failed) {
      expect(message).to.match(/^Device \d+ .*password/i);
      expect(hint).to.be.a('string');
    }
  });

  it('waits before it tries a device again', async () => {
    const stage = await FleetStage.open({
      networks: 0,
      direct: 2,
      device: (instance, config) => (instance === 100 ? { ...config, quirks: [] } : config),
    });
    stage.world.onDatagram((_, from, to, now) =>
      now > 3000 && now < 40_000 && [from, to].some((link) => link.startsWith('10.1.0.1'))
        ? 'drop'
        : undefined,
    );
    const summary = await stage.run();
    const begins = stage.events.filter((event) => event.kind === 'device-end');
    expect(begins.map(({ final }) => final)).to.include(false);
    expect(summary).to.include({ outcome: 'done' });
    expect(summary.durationMs).to.be.greaterThan(RETRY_PAUSE_MS);
  });

  it('does not touch a device again in the same run, and asks only for those that are missing', async () => {
    const stage = await FleetStage.open({ rule: { retries: 0 } });
    const cut = stage.world.onDatagram((_, from, to) =>
      [from, to].some((link) => link.startsWith('10.0.1.2')) ? 'drop' : undefined,
    );
    // Known from an earlier night, so that it is missed.
    cut();
    await stage.run();
    await stage.world.advance(2 * DAY_MS);
    const again = stage.world.onDatagram((_, from, to) =>
      [from, to].some((link) => link.startsWith('10.0.1.2')) ? 'drop' : undefined,
    );
    const first = await stage.run();
    expect(first).to.include({ outcome: 'partial', exitCode: 3 });
    expect(first.counts).to.include({ backedUp: 4, failed: 3 });
    again();
    const sent: number[] = [];
    stage.world.onDatagram((octets) => {
      sent.push(octets.length);
      return undefined;
    });
    await stage.world.advance(60_000);
    const second = await stage.run();
    expect(second).to.include({ outcome: 'done', since: first.since });
    expect(second.counts).to.include({ backedUp: 3, present: 4, protected: 7 });
    const third = await stage.run();
    expect(third.counts).to.include({ backedUp: 7, present: 0 });
  }).timeout(10_000);

  it('backs up first what was never backed up, then what has moved, then the oldest', async () => {
    let revision = 1;
    const moves: Quirk = {
      name: 'moves',
      summary: 'its Database_Revision moves',
      property: ({ property }) =>
        property === PropertyId.databaseRevision ? [{ type: 'unsigned', value: revision }] : undefined,
    };
    const off = { now: true };
    const deaf: Quirk = { name: 'deaf', summary: 'is off', isDeaf: () => off.now };
    const stage = await FleetStage.open({
      networks: 1,
      perNetwork: 4,
      direct: 0,
      device: (instance, config) => ({
        ...config,
        quirks: [...(instance === 200103 ? [moves] : []), ...(instance === 200104 ? [deaf] : [])],
      }),
    });
    await stage.run();
    revision = 2;
    off.now = false;
    await stage.world.advance(2 * DAY_MS);
    await stage.run();
    const begun = stage.events.filter((event) => event.kind === 'device-begin').map(({ device }) => device);
    expect(begun).to.deep.equal([200104, 200103, 200101, 200102]);
    const summary = stage.events.find((event) => event.kind === 'fleet-summary');
    expect(summary?.devices.find(({ device }) => device === 200103)).to.include({ outcome: 'backed-up' });
  });

  it('leaves a device alone whose Database_Revision has not moved, if the rule says so', async () => {
    const stage = await FleetStage.open({ rule: { unchanged: 'skip' } });
    await stage.run();
    await stage.world.advance(2 * DAY_MS);
    const second = await stage.run();
    expect(second).to.include({ outcome: 'done' });
    expect(second.counts).to.include({ unchanged: 7, backedUp: 0, protected: 7 });
    expect(second.devices[0]?.image).to.be.a('string');
  });

  it('stops at duplicate instances, and names both places', async () => {
    const stage = await FleetStage.open({
      device: (instance, config) => (instance === 200201 ? { ...config, instance: 200101 } : config),
    });
    const summary = await stage.run();
    const one = summary.devices.find(({ device }) => device === 200101);
    expect(one).to.include({ outcome: 'failed', code: 'device-duplicate', tries: 1 });
    expect(one?.message).to.include('2001:1@10.0.1.1:47808').and.include('2002:1@10.0.1.2:47808');
    expect(await stage.repository.images({ instance: 200101 })).to.deep.equal([]);
    expect(summary.exitCode).to.equal(3);
  });

  it('tells of every device that it planned how it ended, also of those that could not even be asked', async () => {
    const stage = await FleetStage.open({
      device: (instance, config) => (instance === 200201 ? { ...config, instance: 200101 } : config),
      site: { devices: [{ instance: 7, tags: [] }] },
    });
    const summary = await stage.run();
    const plan = stage.events.find((event) => event.kind === 'fleet-plan');
    const final = stage.events.filter((event) => event.kind === 'device-end').filter((event) => event.final);
    expect(final.map(({ result }) => result.device).sort()).to.deep.equal(
      summary.devices.map(({ device }) => device).sort(),
    );
    expect(plan?.waiting).to.equal(final.length);
    expect(plan?.lanes.reduce((sum, { devices }) => sum + devices, 0)).to.equal(final.length - 1);
    expect(final.find(({ result }) => result.device === 7)).to.not.have.property('lane');
    const ends = stage.events.filter((event) => event.kind === 'device-end');
    expect(ends.filter(({ result }) => result.device === 7).map((one) => one.final)).to.deep.equal([
      false,
      true,
    ]);
    const progress = stage.events.filter((event) => event.kind === 'fleet-progress').at(-1);
    expect(progress).to.include({ done: final.length, total: final.length, remainingMs: 0 });
  });

  it('frees first what an earlier run could not release', async () => {
    const stage = await FleetStage.open({ networks: 2, perNetwork: 1, direct: 0, octets: 30_000 });
    const stop = new AbortController();
    void stage.world.clock.sleep(18_000).then(() => {
      stage.world.setLink({}, { lossRate: 1 });
      stop.abort();
    });
    const first = await stage.run({ signal: stop.signal });
    const unproven = first.devices
      .filter(({ release }) => release === 'unproven')
      .map(({ device }) => device);
    expect(unproven).to.deep.equal([200101, 200201]);
    stage.world.setLink({}, { lossRate: 0 });
    const second = await stage.run();
    expect(second).to.include({ outcome: 'done' });
    const recovered = stage.events.filter((event) => event.kind === 'fleet-recovered');
    expect(recovered.map(({ device }) => device).sort()).to.deep.equal([200101, 200201]);
    expect(await stage.repository.journal.entries()).to.deep.equal([]);
  });

  it('gives each device the password of its group, and asks for it once', async () => {
    const asked: string[] = [];
    const stage = await FleetStage.open({
      device: (instance, config) => ({ ...config, password: instance < 200200 ? 'one' : 'two' }),
      site: {
        groups: [
          {
            name: 'north',
            select: { networks: [{ low: 0, high: 2001 }] },
            password: { kind: 'env', name: 'ONE' },
          },
          { name: 'rest', select: { models: ['Simulated*'] }, password: { kind: 'env', name: 'TWO' } },
        ],
      },
    });
    const summary = await stage.run({
      secret: (ref) => {
        asked.push(ref.kind === 'env' ? ref.name : ref.kind);
        return Promise.resolve(ref.kind === 'env' ? ref.name.toLowerCase() : '');
      },
    });
    expect(summary).to.include({ outcome: 'done' });
    expect(asked.sort()).to.deep.equal(['ONE', 'TWO']);
    expect(JSON.stringify(summary)).to.not.match(/"one"|"two"/);
  });

  it('tries only devices that the rule means, once it has read who they are', async () => {
    const stage = await FleetStage.open({
      device: (instance, config) => ({ ...config, modelName: instance === 200102 ? 'EC-7' : 'EC-8' }),
      rule: { what: { models: ['EC-7'] } },
    });
    const summary = await stage.run();
    expect(outcomes(summary)).to.deep.equal({ 200102: 'backed-up' });
  });

  it('does not take an image for enough that nothing proves, where the rule wants proof', async () => {
    const stage = await FleetStage.open({
      networks: 0,
      direct: 2,
      rule: { verify: true, unchanged: 'skip' },
      device: (instance, config) =>
        instance === 100
          ? { ...config, quirks: [restless(1, (count) => octetsOf(2000, 100 + count))] }
          : config,
    });
    const states = async (): Promise<unknown[]> => {
      const nowMs = stage.world.clock.unixTime();
      const all: unknown[] = [];
      for await (const one of protection(stage.site, stage.repository, { nowMs })) all.push(one.state);
      return all;
    };
    const first = await stage.run();
    expect(first).to.include({ outcome: 'partial', exitCode: 3 });
    expect(first.devices[0]).to.include({ code: 'readings-differ', verified: false });
    expect(await states()).to.deep.equal(['failing', 'protected']);
    await stage.world.advance(60_000);
    const second = await stage.run();
    expect(second).to.include({ outcome: 'partial', exitCode: 3 });
    expect(outcomes(second)).to.deep.equal({ 100: 'backed-up', 101: 'present' });
    await stage.world.advance(2 * DAY_MS);
    expect(outcomes(await stage.run())).to.deep.equal({ 100: 'backed-up', 101: 'unchanged' });
  });

  it('reads as eagerly as its rule says', async () => {
    for (const reads of ['gentle', 'auto'] as const) {
      const stage = await FleetStage.open({
        networks: 0,
        direct: 1,
        octets: 100_000,
        rule: { pacing: { reads } },
        device: (_, config) => ({
          ...config,
          limits: { maxApdu: 480, segmentation: 'none' },
          quirks: [quirkNamed('second-read', 'dropped')],
        }),
      });
      await stage.run();
      const [image] = await stage.repository.images();
      const { retries = 0 } = image?.manifest.procedure ?? {};
      if (reads === 'gentle') expect(retries).to.equal(0);
      else expect(retries).to.be.greaterThan(0);
    }
  });

  it('does what the retention of its rule says, for its own devices alone', async () => {
    const stage = await FleetStage.open({
      rule: { retention: { last: 1 }, what: { instances: [{ low: 100, high: 199 }] } },
    });
    for (const content of ['of another rule', 'as well']) {
      const createdAt = utcText(stage.world.clock.unixTime());
      const device = { instance: 200_101 };
      await saveImage(stage.repository, content, { site: stage.site.name, createdAt, device });
      await stage.world.advance(1000);
    }
    await stage.run();
    await stage.world.advance(2 * DAY_MS);
    const { retention } = await stage.run();
    expect(retention).to.deep.equal({ kept: 1, forgotten: 1 });
    expect(await stage.repository.images({ instance: 200_101 })).to.have.length(2);
    expect(await stage.repository.images({ instance: 100 })).to.have.length(1);
  });

  it('ends at once for a rule that is none, and for one that means nobody', async () => {
    const stage = await FleetStage.open({ networks: 0, direct: 1 });
    expect((await failure(stage.run({ rule: 'weekly' }))).message).to.include('nightly');
    const nobody = await FleetStage.open({ networks: 0, direct: 0 });
    const summary = await nobody.run();
    expect(summary).to.include({ outcome: 'broken', exitCode: 14 });
    expect(summary.problem?.code).to.equal('device-not-found');
  });

  it('needs the name of a rule when there are several', () => {
    const site = { ...SITE, rules: [RULE, { ...RULE, name: 'weekly' }] };
    expect(ruleOf(site, 'weekly').name).to.equal('weekly');
    expect(() => ruleOf(site, undefined)).to.throw('nightly, weekly');
  });
});
