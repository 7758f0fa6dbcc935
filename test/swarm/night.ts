// One night from one seed: a calm, then chaos, then the world heals and everything must work. Whatever a
// checker finds is a fault of the night; a night without faults is a good one.

import { type LinkPeriod, Router, SeededRandom, World } from '../../simulator/index.js';
import { SimulatedDisk, soundDisk } from '../support/simulated-disk.js';
import { Actor } from './actor.js';
import { healed } from './heal.js';
import { Lives } from './lives.js';
import { Reach } from './reach.js';
import { rivalBackup } from './rival.js';
import { Keeper } from './keeper.js';
import { drawPartitions, drawSite } from './site.js';
import type { DeviceSpec, SiteSpec } from './site-spec.js';
import { WatchedDevice } from './watched-device.js';
import { placeOf } from './wire-messages.js';
import { WireWatch } from './wire-watch.js';

export const CLIENT = '10.0.0.1:47808';
export const RIVAL = '10.0.0.3:47808';
const ROUTER = '10.0.0.2:47808';
const HOUR_MS = 3_600_000;

/** A night may take so long at most: beyond it somebody waits for ever. */
const NIGHT_MS = 48 * HOUR_MS;

export interface Night {
  readonly seed: number;
  /** Fingerprint of everything that was sent. */
  readonly hash: string;
  readonly faults: readonly string[];
  readonly virtualMs: number;
  readonly reach: Reach;
  readonly acts: number;
  readonly requests: number;
}

/** One device, where it stands, and how a user names it. */
export interface Station {
  readonly device: WatchedDevice;
  readonly target: string;
  /** As the wire knows it. */
  readonly place: string;
}

/** What everybody in a night shares. */
export interface NightContext {
  readonly site: SiteSpec;
  readonly world: World;
  readonly disk: SimulatedDisk;
  readonly stations: readonly Station[];
  readonly reach: Reach;
  readonly fault: (text: string) => void;
  readonly trace: ((text: string) => void) | undefined;
}

export interface NightOptions {
  /** Told every step, for a replay. */
  readonly trace?: (text: string) => void;
}

/** Runs the night of a seed. Never rejects because of the engine: what it does wrong is in `faults`. */
export async function night(seed: number, options: NightOptions = {}): Promise<Night> {
  const site = drawSite(seed);
  const world = new World({ seed, subnet: () => '' });
  const reach = new Reach();
  const faults: string[] = [];
  const now = (): number => world.clock.now();
  const trace = options.trace && ((text: string) => options.trace?.(`${String(now()).padStart(9)} ${text}`));
  const fault = (text: string): void => {
    trace?.(`FAULT ${text}`);
    if (faults.length < 20 && !faults.includes(text)) faults.push(text);
  };
  const disk = new SimulatedDisk(world.random('disk'), now);
  disk.hasHardLinks = site.hasHardLinks;
  const watch = new WireWatch(now, fault, trace);
  const stations = populate(site, world, watch, reach, trace);
  const context: NightContext = { site, world, disk, stations, reach, fault, trace };
  const lives = new Lives(context, watch);
  const cast: Cast = {
    lives,
    actor: new Actor(context, lives, watch),
    keeper: new Keeper(context, lives),
    watch,
  };
  if (site.devices.length >= 30) reach.met('site of thirty devices');
  if (!site.hasHardLinks) reach.met('fault no hard links');
  try {
    await world.run(wholeNight(context, cast), { limitMs: NIGHT_MS });
  } catch (error) {
    fault(
      `the night did not end: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
  return {
    seed,
    hash: world.traceHash,
    faults,
    virtualMs: now(),
    reach,
    acts: cast.actor.acts,
    requests: watch.requests,
  };
}

/** Who is at work in a night. */
interface Cast {
  readonly lives: Lives;
  readonly actor: Actor;
  readonly keeper: Keeper;
  readonly watch: WireWatch;
}

async function wholeNight(context: NightContext, { lives, actor, keeper, watch }: Cast): Promise<void> {
  const { site, stations, world, trace, reach } = context;
  await lives.begin();
  if (site.beginsCalm) {
    trace?.('--- calm');
    const backup = { kind: 'backup', pauseMs: 0, tampers: false, filesLost: 0 } as const;
    await Promise.all(stations.map((station) => actor.act(station, backup)));
  }
  trace?.('--- chaos');
  const chaosFromMs = world.clock.now();
  unleash(context, chaosFromMs);
  const cut = cutter(context);
  watch.onReinitialize = (link) => {
    cut(link);
    lives.reinitialized();
  };
  lives.schedule(chaosFromMs);
  const healing = { begun: false };
  for (const { device } of stations) disturb(context, device, healing);
  await Promise.all([
    ...stations.map((station) => actor.actAll(station)),
    ...(site.rival === undefined ? [] : [rivalBackup(context, site.rival)]),
    keeper.keepAll(chaosFromMs),
  ]);
  watch.onReinitialize = undefined;
  healing.begun = true;
  for (const { busy } of site.lanes) busy.length = 0;
  trace?.('--- heal');
  if (stations.some(({ device }) => device.holdsAtLeast(2 ** 20))) reach.met('file of a megabyte');
  await healed(context, lives, actor, keeper);
}

/** What happens to one device in the chaos. */
function disturb(
  { world, reach }: NightContext,
  device: WatchedDevice,
  healing: { readonly begun: boolean },
): void {
  const { rebootsAtMs, rebootsIn, oddLater, living } = device.spec;
  if (oddLater === true) reach.met('fault odd later');
  if (living !== undefined) reach.met(`living ${living}`);
  device.turnOdd();
  const rebootAfter = (ms: number, fault: string): void => {
    void world.clock.sleep(ms).then(() => {
      if (healing.begun) return;
      reach.met(fault);
      device.view.restart(3000, world.clock.now());
    });
  };
  if (rebootsAtMs !== undefined) rebootAfter(rebootsAtMs, 'fault reboot');
  if (rebootsIn === undefined) return;
  device.onState = (state) => {
    if (state !== rebootsIn.state) return;
    device.onState = undefined;
    rebootAfter(rebootsIn.afterMs, 'fault reboot in a state');
  };
}

/** Puts everybody in place. */
function populate(
  site: SiteSpec,
  world: World,
  watch: WireWatch,
  reach: Reach,
  trace: ((text: string) => void) | undefined,
): Station[] {
  const router = site.lanes.length === 0 ? undefined : new Router({ lanes: site.lanes });
  const stations = site.devices.map((spec, i) => {
    const told =
      trace && ((event: object) => trace(`   device ${spec.config.instance}: ${JSON.stringify(event)}`));
    trace?.(`device ${spec.config.instance}: ${descriptionOf(spec)}`);
    const device = new WatchedDevice(spec, (what) => reach.met(what), told);
    const { instance } = device;
    const network = spec.lane === undefined ? undefined : site.lanes[spec.lane]?.network;
    if (router === undefined || network === undefined) {
      const link = `10.0.1.${i + 1}:47808`;
      world.add(device, link);
      if (spec.moves === true) device.onRestart = mover(world, watch, reach, device, link);
      return { device, place: link, target: spec.findsByWhoIs ? `${instance}` : `${instance}@${link}` };
    }
    const mac = (i + 10).toString(16).padStart(2, '0');
    router.attach(network, mac, device);
    return {
      device,
      place: placeOf(ROUTER, { network, mac }),
      target: spec.findsByWhoIs ? `${instance}` : `${instance}@${network}:${i + 10}@${ROUTER}`,
    };
  });
  if (router !== undefined) world.add(router, ROUTER);
  return stations;
}

/** Takes a device that restarts to another address, and back the next time. */
function mover(
  world: World,
  watch: WireWatch,
  reach: Reach,
  device: WatchedDevice,
  home: string,
): () => void {
  const away = home.replace('10.0.1.', '10.0.2.');
  watch.alias(away, home);
  let at = home;
  return () => {
    // Not while it is still being asked: what it answers leaves from where it is.
    void world.clock.sleep(1).then(() => {
      reach.met('fault move');
      world.remove(at);
      at = at === home ? away : home;
      world.add(device, at);
    });
  };
}

/** For a replay: what kind of device it is. */
function descriptionOf({ config, quirks, lane, acts }: DeviceSpec): string {
  const { files, ...rest } = config;
  const sizes = (files ?? []).map((file) =>
    file.access === 'stream'
      ? `${file.instance}:${file.content.length}`
      : `${file.instance}:${file.records.length}r`,
  );
  const odd = quirks.map(({ draw, value }) => (value === undefined ? draw.name : `${draw.name}=${value}`));
  return JSON.stringify({ ...rest, sizes, odd, lane, acts });
}

/** Lets the faults of the night in. */
function unleash({ site, world, disk, stations, trace, reach }: NightContext, fromMs: number): void {
  const shifted = (periods: readonly LinkPeriod[] | undefined): LinkPeriod[] =>
    (periods ?? []).map((period) => ({ fromMs: period.fromMs + fromMs, untilMs: period.untilMs + fromMs }));
  const quality = { ...site.link, clogs: shifted(site.link.clogs) };
  trace?.(
    `link ${JSON.stringify(quality)} disk ${JSON.stringify(site.disk)} deaths ${JSON.stringify(site.deaths)}`,
  );
  world.setLink({}, quality);
  const random = new SeededRandom(`partitions ${site.seed}`);
  if (random.chance(0.3)) {
    for (const link of new Set(stations.map(({ place }) => place.split('@').pop() ?? ''))) {
      const towards = shifted(drawPartitions(random));
      const back = shifted(drawPartitions(random));
      if (towards.length + back.length > 0) reach.met('fault partitions');
      trace?.(`partitions ${link} ${JSON.stringify({ towards, back })}`);
      world.setLink({ from: CLIENT, to: link }, { partitions: towards });
      world.setLink({ from: link, to: CLIENT }, { partitions: back });
    }
  }
  for (const [name, value] of Object.entries(site.link)) {
    if (name !== 'delayMs' && value !== 0) reach.met(`fault ${name}`);
  }
  if (site.disk !== soundDisk) {
    for (const [name, rate] of Object.entries(site.disk)) if (rate > 0) reach.met(`fault disk ${name}`);
  }
  disk.faults = site.disk;
}

/** Loses everything to and from a device, from the moment at which it hurts most. */
function cutter({ site, world, reach, trace }: NightContext): (link: string) => void {
  const { cut } = site;
  if (cut === undefined) return () => undefined;
  let seen = 0;
  return (link) => {
    seen += 1;
    if (seen !== cut.nth) return;
    const now = world.clock.now();
    reach.met(`fault cut by ${cut.how}`);
    trace?.(`=== cut ${JSON.stringify(cut)} ${link}`);
    const period = { fromMs: now + (cut.requestToo ? 0 : 1), untilMs: now + cut.forMs };
    if (cut.how === 'busy') {
      for (const { busy } of site.lanes) busy.push(period);
      return;
    }
    world.setLink({ from: CLIENT, to: link }, { partitions: [period] });
    world.setLink({ from: link, to: CLIENT }, { partitions: [period] });
  };
}
