// Serving: rules run on time, once, whatever happens to the process. What is defended: killed at any moment and started
// again, it loses no run and repeats none (serve, standing and history together, on a disk that tears writes); it is
// alone; it stops cleanly; and what cannot be written down or run is tried again.

import { expect } from 'chai';
import { World } from '../../../../simulator/index.js';
import { EngineError } from '../../../../src/errors.js';
import type { Clock, Store } from '../../../../src/ports.js';
import { parseSite, type Rule } from '../../../../src/fleet/index.js';
import { type RuleRun, serve, type ServeEvent } from '../../../../src/fleet/schedule/serve.js';
import {
  initRepository,
  MemoryStore,
  openRepository,
  type Repository,
  utcText,
} from '../../../../src/repository/index.js';
import { changedStore, rejection } from '../../repository/samples.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The world begins at 2026-01-01T00:00Z, or says otherwise. */
const SITE = parseSite(`
site: North
time-zone: UTC
rules:
  two-hourly: { what: all, cron: 0 */2 * * * }
  late: { what: all, cron: 30 3 * * *, window: { start: "03:00", stop: "05:00" } }
`);
const DEVICES = [1, 2, 3];
const DEVICE_MS = 4 * MINUTE_MS;

type FakeEvent =
  | { readonly kind: 'device-begin' | 'device-end'; readonly device: number }
  | { readonly kind: 'fleet-summary'; readonly outcome: string; readonly rule: string };

/** The controllers and their images: what outlives every process. */
class Building {
  /** "rule due device", one for each image that was made. */
  readonly images: string[] = [];
  readonly told: string[] = [];
  readonly #imageAt = new Map<string, number>();

  /** What a run of a rule does here: devices that have an image since then are left alone, as a fleet does. */
  run({
    clock,
    pass,
  }: Pick<Life, 'clock' | 'pass'>): (rule: Rule, run: RuleRun) => AsyncGenerator<FakeEvent> {
    return async function* (
      this: Building,
      rule: Rule,
      { sinceMs, signal }: RuleRun,
    ): AsyncGenerator<FakeEvent> {
      const imageAt = (device: number): number => this.#imageAt.get(`${rule.name} ${device}`) ?? 0;
      for (const device of DEVICES.filter((one) => imageAt(one) < sinceMs)) {
        await pass();
        yield { kind: 'device-begin', device };
        await clock.sleep(DEVICE_MS, signal);
        this.images.push(`${rule.name} ${utcText(sinceMs).slice(11, 16)} ${device}`);
        this.#imageAt.set(`${rule.name} ${device}`, clock.unixTime());
        await pass();
        yield { kind: 'device-end', device };
      }
      yield { kind: 'fleet-summary', outcome: 'done', rule: rule.name };
    }.bind(this);
  }
}

type HowKilled = 'before' | 'torn' | 'after';

/** A process, its clock and its disk: once it is killed, nothing that it waits for ever comes. */
class Life {
  readonly clock: Clock;
  readonly store: Store;
  readonly death: Promise<'died'>;
  readonly #judge: () => HowKilled | undefined;
  #isDead = false;
  #die: () => void = () => undefined;

  constructor(clock: Clock, store: MemoryStore, judge: () => HowKilled | undefined) {
    this.#judge = judge;
    this.death = new Promise((resolve) => {
      this.#die = () => resolve('died');
    });
    this.clock = {
      now: () => clock.now(),
      unixTime: () => clock.unixTime(),
      sleep: (ms, signal) => this.#ifAlive(clock.sleep(ms, signal)),
      after: (ms, act) =>
        clock.after(ms, () => {
          if (!this.#isDead) act();
        }),
    };
    this.store = changedStore(store, {
      save: (handle, content) => this.#act(() => store.save(handle, content)),
      remove: (handle) => this.#act(() => store.remove(handle)),
      touch: (handle) => (this.#isDead ? new Promise(() => undefined) : store.touch(handle)),
      append: (handle, octets) =>
        this.#act(
          () => store.append(handle, octets),
          () => store.append(handle, octets.subarray(0, octets.length / 2)),
        ),
    });
  }

  /** Comes to the next point at which it may die. */
  async pass(): Promise<void> {
    await this.#act(() => Promise.resolve());
  }

  async #act<T>(act: () => Promise<T>, tear?: () => Promise<unknown>): Promise<T> {
    if (this.#isDead) return new Promise(() => undefined);
    const how = this.#judge();
    if (how === undefined) return this.#ifAlive(act());
    this.#isDead = true;
    if (how === 'after') await act();
    if (how === 'torn') await tear?.();
    this.#die();
    return new Promise(() => undefined);
  }

  #ifAlive<T>(work: Promise<T>): Promise<T> {
    return work.finally(() => (this.#isDead ? new Promise(() => undefined) : undefined));
  }
}

/** One night in which the process is killed at one point, and started again after a while. */
async function night(
  killAt: number,
  downMs: number,
  how: HowKilled = 'after',
  hours = 7,
): Promise<{ readonly building: Building; readonly points: number }> {
  const world = new World({ seed: 'serve' });
  const store = new MemoryStore(() => world.clock.now());
  const building = new Building();
  let points = 0;
  let lives = 0;
  const live = async (life: Life, signal: AbortSignal): Promise<void> => {
    const processId = lives;
    const repository = await openRepository(life.store, {
      place: '/r',
      clock: life.clock,
      random: world.random(`life ${processId}`),
      processes: {
        own: () => Promise.resolve({ host: 'server', processId }),
        stateOf: (other) => Promise.resolve(other.processId === processId ? 'running' : 'gone'),
      },
    });
    const events = serve<FakeEvent>(SITE, repository, {
      clock: life.clock,
      signal,
      run: building.run({ clock: life.clock, pass: () => life.pass() }),
      notify: async (rule) => {
        await life.pass();
        building.told.push(rule.name);
      },
    });
    for await (const event of events) if (event.kind !== 'serve-waiting') await life.pass();
  };
  const born = (): Life => {
    lives += 1;
    return new Life(world.clock, store, () => ((points += 1) === killAt ? how : undefined));
  };
  const story = async (): Promise<void> => {
    const setup = { place: '/r', clock: world.clock, random: world.random('setup'), defaultSite: 'hq' };
    await initRepository(store, setup);
    const over = new AbortController();
    const ended = world.clock.sleep(hours * HOUR_MS).then(() => over.abort());
    const first = born();
    const outcome = await Promise.race([first.death, live(first, over.signal).then(() => 'ended')]);
    if (outcome === 'died') {
      await world.clock.sleep(downMs);
      await live(born(), over.signal);
    }
    await ended;
  };
  await world.run(story(), { limitMs: 24 * HOUR_MS });
  return { building, points };
}

/** Each point, and at each how an operation on the disk may end that a kill interrupts. */
function everyPoint(points: number): (readonly [number, HowKilled])[] {
  return Array.from({ length: points }, (_, index) => index + 1).flatMap((at) =>
    (['before', 'torn', 'after'] as const).map((how) => [at, how] as const),
  );
}

describe('serving through a kill', () => {
  const whole = ['two-hourly 02:00', 'late 03:30', 'two-hourly 04:00', 'two-hourly 06:00'].flatMap((run) =>
    DEVICES.map((device) => `${run} ${device}`),
  );

  it('at every single point loses no run and repeats none', async () => {
    const { points, building } = await night(0, 0);
    expect(building.images).to.deep.equal(whole);
    expect(points).to.be.greaterThan(60);
    for (const [killAt, how] of everyPoint(points)) {
      const { images, told } = (await night(killAt, 7 * MINUTE_MS, how)).building;
      expect([...images].sort(), `killed at point ${killAt} of ${points}`).to.deep.equal([...whole].sort());
      expect(told.length, `told, killed at point ${killAt}`).to.be.within(4, 5);
    }
  }).timeout(60_000);

  it('and hours of downtime makes up once for what was missed, and nothing in a closed window', async () => {
    const { points } = await night(0, 0);
    for (let killAt = 1; killAt <= points; killAt += 7) {
      const { images } = (await night(killAt, 3 * HOUR_MS, 'after', 15)).building;
      expect(new Set(images).size, `killed at point ${killAt}: nothing twice`).to.equal(images.length);
      expect(
        images.filter((image) => image.startsWith('two-hourly 14:00')),
        `killed at point ${killAt}`,
      ).to.have.length(3);
    }
  }).timeout(60_000);
});

describe('serving', () => {
  const open = (
    world: World,
    store: MemoryStore,
    over: ConstructorParameters<typeof Object>[0] = {},
  ): Promise<Repository> =>
    openRepository(changedStore(store, over as object), {
      place: '/r',
      clock: world.clock,
      random: world.random('r'),
    });

  /** Serves for some hours of virtual time. */
  async function served(
    hours: number,
    run: (rule: Rule, run: RuleRun) => AsyncIterable<FakeEvent>,
    over: (store: MemoryStore) => object = () => ({}),
  ): Promise<{ readonly events: (ServeEvent | FakeEvent)[] }> {
    const world = new World();
    const store = new MemoryStore(() => world.clock.now());
    const events: (ServeEvent | FakeEvent)[] = [];
    await world.run(
      (async () => {
        await initRepository(store, {
          place: '/r',
          clock: world.clock,
          random: world.random('i'),
          defaultSite: 'hq',
        });
        const over_ = new AbortController();
        void world.clock.sleep(hours * HOUR_MS).then(() => over_.abort());
        const ports = { clock: world.clock, signal: over_.signal, run, notify: () => Promise.resolve() };
        for await (const event of serve<FakeEvent>(SITE, await open(world, store, over(store)), ports))
          events.push(event);
      })(),
      { limitMs: (hours + 1) * HOUR_MS },
    );
    return { events };
  }
  const kinds = (events: readonly (ServeEvent | FakeEvent)[]): string[] =>
    events.map((event) =>
      [
        event.kind,
        ...('outcome' in event ? [event.outcome] : []),
        ...('due' in event ? [event.due.slice(11, 16)] : []),
      ].join(' '),
    );
  const quick = async function* (rule: Rule): AsyncGenerator<FakeEvent> {
    yield await Promise.resolve({ kind: 'fleet-summary', outcome: 'partial', rule: rule.name });
  };

  it('tells what it waits for, runs it, and says how it ended', async () => {
    const { events } = await served(3, quick);
    expect(kinds(events)).to.deep.equal([
      'serve-begin',
      'serve-waiting',
      'rule-begin 02:00',
      'fleet-summary partial',
      'rule-end partial 02:00',
      'serve-waiting',
      'serve-end',
    ]);
    expect(events.find(({ kind }) => kind === 'serve-waiting')).to.include({ rule: 'two-hourly' });
  });

  it('is alone in its repository', async () => {
    const world = new World();
    const store = new MemoryStore(() => world.clock.now());
    await world.run(
      (async () => {
        await initRepository(store, {
          place: '/r',
          clock: world.clock,
          random: world.random('i'),
          defaultSite: 'hq',
        });
        const stop = new AbortController();
        const ports = {
          clock: world.clock,
          signal: stop.signal,
          run: quick,
          notify: () => Promise.resolve(),
        };
        const first = serve<FakeEvent>(SITE, await open(world, store), ports);
        await first.next();
        await rejection(serve<FakeEvent>(SITE, await open(world, store), ports).next(), 'repository-locked');
        stop.abort();
        while ((await first.next()).done !== true);
        const second = serve<FakeEvent>(SITE, await open(world, store), ports);
        expect((await second.next()).value).to.include({ kind: 'serve-begin' });
        await second.return();
      })(),
    );
  });

  it('is stopped in the middle of a run without calling that run over', async () => {
    let signalled = false;
    const long = async function* (rule: Rule, { signal }: RuleRun): AsyncGenerator<FakeEvent> {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      signalled = true;
      yield { kind: 'fleet-summary', outcome: 'cancelled', rule: rule.name };
    };
    const { events } = await served(3, long);
    expect(signalled).to.equal(true);
    expect(kinds(events).slice(-3)).to.deep.equal([
      'fleet-summary cancelled',
      'rule-end stopped 02:00',
      'serve-end',
    ]);
  });

  it('tries again what could not be run, later each time, and gives up in the end', async () => {
    const begun: number[] = [];
    const failing = (rule: Rule, { sinceMs }: RuleRun): AsyncIterable<FakeEvent> => {
      if (rule.name === 'two-hourly') begun.push(sinceMs);
      throw new EngineError('port-in-use', 'the port is in use');
    };
    const { events } = await served(3.4, failing);
    expect(kinds(events).filter((kind) => kind.startsWith('rule-end'))).to.deep.equal(
      Array(5).fill('rule-end broken 02:00'),
    );
    expect(new Set(begun).size).to.equal(1);
    expect(events.filter(({ kind }) => kind === 'serve-trouble')).to.have.length(1);
  });

  it('waits for a disk that takes no lines, and repeats nothing when it could not write down the end', async () => {
    let appends = 0;
    const { events } = await served(3, quick, (store) => ({
      append: (...args: Parameters<MemoryStore['append']>) =>
        // The lines of the log: its begin, the begin of the run, and then the end of the run is refused.
        (appends += 1) === 3
          ? Promise.reject(new EngineError('store-no-space', 'the disk is full'))
          : store.append(...args),
    }));
    expect(kinds(events).filter((kind) => kind.startsWith('rule-'))).to.deep.equal([
      'rule-begin 02:00',
      'rule-end partial 02:00',
    ]);
    expect(events.filter(({ kind }) => kind === 'serve-trouble')).to.have.length(1);
  });
});
