// serve with real runs of real procedures: the process is killed at many moments (at any operation of its disk, before or
// after it; before or after a datagram leaves; when one comes), with the power or without it, once or again and again, and started
// again. What is defended: no run is lost and none is done twice, and no device stays in a procedure.

import { expect } from 'chai';
import {
  createDevice,
  deviceConfig,
  type DeviceView,
  Router,
  type SimulatedNode,
  World,
} from '../../simulator/index.js';
import { type FleetEvent, parseSite, type Rule, runFleet } from '../../src/fleet/index.js';
import { serve } from '../../src/fleet/schedule/serve.js';
import { utcText } from '../../src/repository/index.js';
import { EngineProcess, HOST } from '../swarm/engine-process.js';
import { MSTP_38400 } from '../support/fleet.js';
import { SimulatedDisk } from '../support/simulated-disk.js';
import { streamFile } from '../support/world.js';

const MINUTE_MS = 60_000;
/** The world begins at 2026-01-01T00:00Z, and is looked at when nothing is due any more. */
const OVER_MS = 175 * MINUTE_MS;
const SITE = parseSite(`
site: North
time-zone: UTC
discovery: { ranges: [100-199, 200100-200199], repeats: 0, pause: 1s }
rules:
  hourly: { what: { networks: [2001] }, cron: 0 * * * *, retries: 3 }
  late: { what: { networks: [0] }, cron: 20 1 * * *, window: { start: "01:00", stop: "05:00" }, retries: 3 }
`);
/** Which image each device has of which time. */
const WHOLE = ['100 01:20', '200101 01:00', '200101 02:00', '200102 01:00', '200102 02:00'];

interface Killing {
  /** Each life but the last dies at this point of its own; 0: nobody dies. */
  readonly atPoint: number;
  readonly deaths: number;
  readonly powerFails: boolean;
}

interface Morning {
  readonly images: readonly string[];
  readonly told: readonly string[];
  readonly states: readonly number[];
  readonly open: number;
  readonly faults: readonly string[];
  /** Points that the first life came to. */
  readonly points: number;
}

class Night {
  readonly #world = new World({ seed: 'serve-kills' });
  readonly #disk = new SimulatedDisk(this.#world.random('disk'), () => this.#world.clock.now());
  readonly #views: (DeviceView & SimulatedNode)[] = [];
  readonly #killing: Killing;
  readonly #over = new AbortController();
  readonly #told: string[] = [];
  #lives = 0;
  #points = 0;
  #firstPoints = 0;

  constructor(killing: Killing) {
    this.#killing = killing;
    const router = new Router({ lanes: [{ network: 2001, ...MSTP_38400 }] });
    router.attach(2001, '01', this.#device(200_101, 'npdu'));
    router.attach(2001, '02', this.#device(200_102, 'npdu'));
    this.#world.add(router, '10.0.1.1:47808');
    this.#world.add(this.#device(100, 'bip'), '10.1.0.1:47808');
  }

  pass(): Promise<Morning> {
    return this.#world.run(this.#story(), { limitMs: 2 * OVER_MS });
  }

  async #story(): Promise<Morning> {
    const { clock } = this.#world;
    const ended = clock.sleep(OVER_MS).then(() => this.#over.abort());
    const setup = this.#process();
    await setup.init();
    setup.kill();
    for (;;) {
      this.#points = 0;
      const life = this.#process();
      const outcome = await Promise.race([life.death, this.#serve(life)]);
      life.kill();
      if (this.#lives === 2) this.#firstPoints = this.#points;
      if (outcome !== 'died') break;
      await clock.sleep(2 * MINUTE_MS);
      if (this.#killing.powerFails) this.#disk.crash();
    }
    await ended;
    return this.#morning();
  }

  async #serve(life: EngineProcess): Promise<'ended'> {
    await life.open();
    const events = serve<FleetEvent>(SITE, life.repository, {
      clock: life.clock,
      signal: this.#over.signal,
      run: (rule: Rule, run) =>
        runFleet(SITE, life.repository, { ...run, client: life.client, rule: rule.name }),
      notify: (rule, summary) => {
        this.#told.push(`${rule.name} ${summary.outcome}`);
        return Promise.resolve();
      },
    });
    for await (const event of events) if (event.kind === 'serve-end') break;
    return 'ended';
  }

  async #morning(): Promise<Morning> {
    const last = this.#process();
    await last.open();
    const images: string[] = [];
    for (const { instance } of this.#views)
      for (const { manifest } of await last.repository.images({ instance }))
        images.push(`${instance} ${dueOf(instance, manifest.createdAt)}`);
    const { findings } = await last.repository.check();
    return {
      images: images.sort(),
      told: this.#told,
      states: this.#views.map(({ backupState }) => backupState),
      open: (await last.repository.journal.entries()).length,
      faults: findings.filter(({ severity }) => severity === 'error').map(({ place }) => place),
      points: this.#firstPoints,
    };
  }

  #process(): EngineProcess {
    const life = this.#lives;
    this.#lives += 1;
    const process: EngineProcess = new EngineProcess({
      world: this.#world,
      disk: this.#disk,
      address: '10.0.0.1:47808',
      life,
      processes: {
        own: () => Promise.resolve({ processId: life, host: HOST }),
        stateOf: ({ processId }) => Promise.resolve(processId === life ? 'running' : 'gone'),
      },
      observer: {
        sent: () => {
          if (this.#isDue(life)) process.kill();
          if (this.#isDue(life)) queueMicrotask(() => process.kill());
        },
        heard: () => {
          if (this.#isDue(life)) process.kill();
        },
      },
      judge: () => {
        if (this.#isDue(life)) return 'before';
        return this.#isDue(life) ? 'after' : undefined;
      },
    });
    return process;
  }

  /** Counts one point of a life, and says whether it dies there. The first has set the repository up. */
  #isDue(life: number): boolean {
    const { atPoint, deaths } = this.#killing;
    this.#points += 1;
    return life >= 1 && life <= deaths && this.#points === atPoint;
  }

  #device(instance: number, framing: 'bip' | 'npdu'): DeviceView & SimulatedNode {
    const limits = { maxApdu: 480, segmentation: 'none' as const };
    const config = { instance, limits, files: [streamFile(1, 900)] };
    const node = createDevice(deviceConfig(config), { framing });
    this.#views.push(node);
    return node;
  }
}

/** Of which time of its rule an image is. */
function dueOf(instance: number, createdAt: string): string {
  if (instance === 100) return '01:20';
  return createdAt < utcText(Date.UTC(2026, 0, 1, 2)) ? '01:00' : '02:00';
}

function expectWhole(morning: Morning, what: string): void {
  const { images, told, states, open, faults } = morning;
  expect(images, what).to.deep.equal(WHOLE);
  expect(states, what).to.deep.equal([0, 0, 0]);
  expect({ open, faults }, what).to.deep.equal({ open: 0, faults: [] });
  // A kill between telling and writing down that it is told again is the price of telling for sure.
  expect(told.filter((one) => one.startsWith('late')).length, what).to.be.at.least(1);
}

describe('serving real runs through kills', function () {
  this.timeout(120_000);

  it('loses no run, repeats none and leaves no device behind, wherever it dies', async () => {
    const whole = await new Night({ atPoint: 0, deaths: 0, powerFails: false }).pass();
    expectWhole(whole, 'nobody died');
    expect(whole.told).to.deep.equal(['hourly done', 'late done', 'hourly done']);
    expect(whole.points).to.be.greaterThan(400);
    const stride = Math.ceil(whole.points / 40);
    for (let atPoint = 1; atPoint <= whole.points; atPoint += stride) {
      const killing = { atPoint, deaths: 1, powerFails: atPoint % 2 === 0 };
      expectWhole(await new Night(killing).pass(), JSON.stringify(killing));
    }
  });

  it('also when it dies again and again', async () => {
    for (let atPoint = 20; atPoint <= 420; atPoint += 40) {
      const killing = { atPoint, deaths: 4, powerFails: atPoint % 80 === 20 };
      expectWhole(await new Night(killing).pass(), JSON.stringify(killing));
    }
  });
});
