// A night over a whole site in the simulated world: `node bench/fleet.mjs [networks] [devices per network] [B/IP
// devices] [octets]` (default 20 networks of 40 devices at 38,400 baud, 50 B/IP devices, 100 kB each). Prints the
// virtual time of the run beside the time that its longest lane takes by itself, the most transfers that a lane ever
// had, the frames a second of the busiest lane, and how far the estimate was off after a tenth. Then the same with 5 %
// of the devices dead, 3 % with another password and 1 % of all datagrams lost, inside a window, and the rerun of the
// next evening. Measured, never asserted; takes minutes. Needs a built project (npm run build).
import { performance } from 'node:perf_hooks';
import { paceOf } from '../dist/src/fleet/index.js';
import { FleetStage, SITE } from '../dist/test/support/fleet.js';

const [networks = 20, perNetwork = 40, direct = 50, octets = 100_000] = process.argv.slice(2).map(Number);
const HOUR = 3_600_000;
const lanes = { ...SITE.lanes, framesPerSecond: 20 };
const base = { networks, perNetwork, direct, octets, site: { lanes }, client: { pace: paceOf(lanes) } };

const minutes = (ms) => `${(ms / 60_000).toFixed(1)} min`;
const print = (what, value) => console.log(`  ${what.padEnd(46)} ${value}`);

/** Runs it, and gives the summary with what it took of this computer. */
async function night(stage, options) {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const from = stage.world.clock.now();
  const summary = await stage.run(options);
  const { user, system } = process.cpuUsage(cpu);
  return {
    summary,
    virtualMs: stage.world.clock.now() - from,
    realMs: performance.now() - began,
    cpuMs: (user + system) / 1000,
  };
}

function tell({ summary, virtualMs, realMs, cpuMs }) {
  const { counts, outcome, exitCode } = summary;
  print('outcome', `${outcome}, exit status ${exitCode}`);
  print('devices', `${counts.protected} of ${counts.devices} protected, ${counts.failed} failed`);
  print('virtual time', minutes(virtualMs));
  print('real time, CPU time', `${(realMs / 1000).toFixed(1)} s, ${(cpuMs / 1000).toFixed(1)} s`);
  print('peak of resident memory', `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
}

/** The most that overlaps, from begin and end events. */
function mostAtOnce(events) {
  const now = new Map();
  const most = new Map();
  for (const event of events) {
    if (event.kind === 'device-begin') {
      const under = now.get(event.lane) ?? new Set();
      now.set(event.lane, under.add(event.device));
      most.set(event.lane, Math.max(most.get(event.lane) ?? 0, under.size));
    }
    if (event.kind === 'device-end') now.get(event.lane)?.delete(event.result.device);
  }
  return most;
}

function busiestSecond(times) {
  let most = 0;
  let first = 0;
  for (let last = 0; last < times.length; last += 1) {
    while (times[last] - times[first] >= 10_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most / 10;
}

function estimateAfterTenth(events, virtualMs) {
  const told = events.find(
    (event) =>
      event.kind === 'fleet-progress' && event.remainingMs !== undefined && event.elapsedMs >= virtualMs / 10,
  );
  if (told === undefined) return 'none';
  const off =
    (told.elapsedMs + told.remainingMs) / (events.at(-1).durationMs - (virtualMs - lastElapsed(events))) - 1;
  return `${(off * 100).toFixed(1)} % off after ${minutes(told.elapsedMs)}`;
}

function lastElapsed(events) {
  return events.findLast((event) => event.kind === 'fleet-progress')?.elapsedMs ?? 0;
}

console.log(`one lane by itself: ${perNetwork} devices of ${octets} octets at 38,400 baud`);
const alone = await night(await FleetStage.open({ ...base, networks: 1, direct: 0 }));
tell(alone);

console.log(`\nthe whole site: ${networks} networks of ${perNetwork} devices, ${direct} B/IP devices`);
const stage = await FleetStage.open(base);
const whole = await night(stage);
tell(whole);
const most = mostAtOnce(stage.events);
print(
  'against the longest lane by itself',
  `${((whole.virtualMs / alone.virtualMs - 1) * 100).toFixed(1)} % more`,
);
print(
  'transfers at once in one network, at most',
  Math.max(...[...most].filter(([l]) => l !== 'B/IP').map(([, n]) => n)),
);
print('transfers at once of B/IP devices, at most', most.get('B/IP') ?? 0);
print(
  'frames a second in one network, at most',
  `${Math.max(...[...stage.frames.values()].map(busiestSecond)).toFixed(1)} of ${lanes.framesPerSecond}`,
);
print('estimate', estimateAfterTenth(stage.events, whole.virtualMs));

console.log('\nthe same site, 5 % dead, 3 % other passwords, 1 % of all datagrams lost, window of 8 h');
const all = networks * perNetwork + direct;
const kind = (instance) => (Math.imul(instance, 2_654_435_761) >>> 8) % 100;
const bad = await FleetStage.open({
  ...base,
  link: { lossRate: 0.01 },
  seed: 7,
  device: (instance, config) =>
    kind(instance) < 8 && kind(instance) >= 5 ? { ...config, password: 'other' } : config,
});
const dead = [...bad.views.keys()].filter((instance) => kind(instance) < 5);
nameDevices(bad);
const isOff = { now: true };
cut(bad, dead, isOff);
print(
  'dead, with another password',
  `${dead.length}, ${[...bad.views.keys()].filter((i) => kind(i) >= 5 && kind(i) < 8).length} of ${all}`,
);
const first = await night(bad, { stopsAtMs: bad.world.clock.unixTime() + 8 * HOUR });
tell(first);
print('codes', JSON.stringify(codes(first.summary)));

console.log('\nthe rerun, when the devices are on again and the password is known');
isOff.now = false;
const site = {
  ...bad.site,
  groups: [{ name: 'all', select: {}, password: { kind: 'clear', password: 'other' } }],
};
Object.defineProperty(bad, 'site', { value: site });
const second = await night(bad, { secret: (ref) => Promise.resolve(ref.password) });
tell(second);
print('touched again, left alone', `${second.summary.counts.backedUp}, ${second.summary.counts.present}`);
print('codes', JSON.stringify(codes(second.summary)));

function codes({ devices }) {
  const count = {};
  for (const { code } of devices) if (code !== undefined) count[code] = (count[code] ?? 0) + 1;
  return count;
}

/** The site file names every device, so that a dead one is missed. */
function nameDevices(one) {
  const devices = [...one.views.keys()].map((instance) => ({ instance, tags: [] }));
  Object.defineProperty(one, 'site', { value: { ...one.site, devices } });
}

/** Nothing reaches a device that is off, and nothing comes from it. */
function cut(one, off, state) {
  for (const instance of off) {
    const node = one.views.get(instance);
    const receive = node.receive.bind(node);
    const start = node.start.bind(node);
    node.receive = (...given) => (state.now ? [] : receive(...given));
    node.start = (...given) => (state.now ? [] : start(...given));
  }
}
