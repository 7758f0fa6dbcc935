// Draws a night from its seed: which devices there are and where, how odd they are, which faults exist and
// how often, and what is to be done. The drawing is plain values: the same seed, the same night. Whoever changes
// it makes every seed another night: DRAWING goes up, and fixtures/ is made anew (fixtures/seeds/README.md).

import { type FileConfig, type LinkQuality, SeededRandom } from '../../simulator/index.js';
import type { Phase } from '../../src/procedure/index.js';
import { DISK_OPERATIONS, type DiskFaults, soundDisk } from '../support/simulated-disk.js';
import { COMMON_DRAWS, drawMultiple, drawReads } from './read-draws.js';
import {
  type Act,
  type AtOperation,
  type Death,
  type DeviceSpec,
  type DrawnQuirk,
  type LaneSpec,
  pick,
  type SiteSpec,
} from './site-spec.js';
import { broughtOut, themed } from './themes.js';

/** Number of this way to draw. */
export const DRAWING = 3;

/** A power of two, or near one, so that small things are common and large ones happen. */
function size(random: SeededRandom, bitsMax: number): number {
  return random.below(2 ** random.below(bitsMax + 1) + 1);
}

function drawFile(random: SeededRandom, instance: number): FileConfig {
  if (random.chance(0.35)) {
    const records = Array.from({ length: size(random, 4) }, () => random.octets(size(random, 7)));
    return { instance, access: 'record', records };
  }
  return { instance, access: 'stream', content: random.octets(size(random, random.chance(0.02) ? 16 : 11)) };
}

function drawConfig(random: SeededRandom, instance: number): DeviceSpec['config'] {
  const files = Array.from({ length: 1 + random.below(3) }, (_, i) => drawFile(random, 3 * i + 1));
  if (random.chance(0.3)) files.push({ ...drawFile(random, 90), configuration: false });
  const slow = random.chance(0.5);
  return {
    instance,
    files: random.chance(0.03) ? [] : files,
    databaseRevision: random.below(1000),
    ...(random.chance(0.3) ? { password: 'secret' } : {}),
    limits: {
      maxApdu: pick(random, [50, 128, 206, 480, 480, 1024, 1476]),
      segmentation: pick(random, ['both', 'none', 'transmit', 'receive'] as const),
      maxSegments: pick(random, [2, 4, 16, 64]),
    },
    windowSize: pick(random, [1, 2, 16]),
    procedure: {
      backupPreparationMs: slow ? random.below(20_000) : 0,
      restorePreparationMs: slow ? random.below(20_000) : 0,
      restoreCompletionMs: slow ? random.below(40_000) : 0,
      backupFailureTimeoutS: pick(random, [20, 60, 60, 300]),
      answersWhilePreparing: random.chance(0.7),
      stateProperties: random.chance(0.85),
      restartsAfterRestore: random.chance(0.4),
      watchdogLeadsTo: random.chance(0.5) ? 'failure' : 'idle',
      createsFiles: random.chance(0.9),
    },
  };
}

/** When the router of a lane says that it is busy: short and often, after one another. */
function drawBusy(random: SeededRandom): LaneSpec['busy'] {
  const periods: LaneSpec['busy'] = [];
  for (let fromMs = random.below(10_000), i = 0; i < 8; i += 1) {
    const untilMs = fromMs + 50 + random.below(2 ** (9 + random.below(7)));
    periods.push({ fromMs, untilMs });
    fromMs = untilMs + 200 + random.below(10_000);
  }
  return periods;
}

function drawQuirks(random: SeededRandom): DrawnQuirk[] {
  const count = pick(random, [0, 0, 1, 1, 1, 2]);
  const draws = new Set(Array.from({ length: count }, () => pick(random, COMMON_DRAWS)));
  return [...draws].map((draw) => ({ draw, value: pick(random, draw.values) }));
}

function drawAct(random: SeededRandom): Act {
  const kind = pick(random, [
    'backup',
    'backup',
    'backup',
    'restore',
    'restore',
    'restore',
    'verify',
    'probe',
    'recover',
  ] as const);
  return {
    kind,
    pauseMs: random.chance(0.5) ? 0 : random.below(30_000),
    tampers: random.chance(0.5),
    ...(kind === 'backup' && random.chance(0.15) ? { readsTwice: true } : {}),
    filesLost: kind === 'restore' && random.chance(0.2) ? 1 : 0,
    ...(random.chance(0.02) ? { mistake: pick(random, ['instance', 'network'] as const) } : {}),
    ...drawCancel(random),
    ...(kind === 'recover' && random.chance(0.3) ? { foreign: true } : {}),
  };
}

const PHASES: readonly Phase[] = [
  'plan',
  'identify',
  'start',
  'prepare',
  'list',
  'copy',
  'write',
  'read-back',
  'end',
  'abort',
  'return',
  'compare',
];

/** After a time, or in a phase, which every phase then is. */
function drawCancel(random: SeededRandom): Pick<Act, 'cancelAfterMs' | 'cancelIn'> {
  if (random.chance(0.1)) return { cancelAfterMs: random.below(2 ** random.below(17)) };
  if (!random.chance(0.12)) return {};
  return {
    cancelIn: {
      phase: pick(random, PHASES),
      nth: pick(random, [1, 1, 2, 3]),
      afterMs: random.below(2 ** random.below(12)),
    },
  };
}

/** Each fault exists in some nights only, so that every pair of them is met alone, too. */
function drawLink(random: SeededRandom): Partial<LinkQuality> {
  const has = (): boolean => random.chance(0.3);
  const rate = (most: number): number => (most * (1 + random.below(100))) / 100;
  const periods = (lengthMs: number): { fromMs: number; untilMs: number }[] =>
    Array.from({ length: 1 + random.below(4) }, () => {
      const fromMs = random.below(240_000);
      return { fromMs, untilMs: fromMs + 1 + random.below(lengthMs) };
    });
  return {
    delayMs: pick(random, [1, 1, 5, 60]),
    ...(has() ? { jitterMs: random.below(80) } : {}),
    ...(has() ? { lossRate: rate(0.15) } : {}),
    ...(has() ? { duplicateRate: rate(0.2) } : {}),
    ...(has() ? { reorderRate: rate(0.1), reorderMs: 1 + random.below(400) } : {}),
    ...(has() ? { lateDuplicateRate: rate(0.1), lateDuplicateMs: 1 + random.below(1200) } : {}),
    ...(has() ? { truncateRate: rate(0.03) } : {}),
    ...(has() ? { corruptRate: rate(0.03), corruptOctets: 6 } : {}),
    ...(has() ? { clogs: periods(1500) } : {}),
  };
}

/** One-way partitions belong to one direction between two addresses, and are drawn where links are made. */
export function drawPartitions(random: SeededRandom): LinkQuality['partitions'] {
  return Array.from({ length: random.below(3) }, () => {
    const fromMs = random.below(240_000);
    return { fromMs, untilMs: fromMs + 1 + random.below(2 ** random.below(17)) };
  });
}

function drawDisk(random: SeededRandom): DiskFaults {
  if (random.chance(0.6)) return soundDisk;
  return {
    errorRate: random.chance(0.5) ? 0.02 : 0,
    shortWriteRate: random.chance(0.5) ? 0.3 : 0,
    fullRate: random.chance(0.3) ? 0.05 : 0,
  };
}

function drawDeaths(random: SeededRandom): SiteSpec['deaths'] {
  if (random.chance(0.6)) return [];
  return Array.from({ length: 1 + random.below(2) }, () => ({
    ...pick(random, [drawDeathAtTime, drawDeathAtTime, drawDeathAtDisk, drawDeathAtDisk, drawDeathAtWire])(
      random,
    ),
    powerFails: random.chance(0.5),
  }));
}

const drawDeathAtTime = (random: SeededRandom): Omit<Death, 'powerFails'> => ({
  atMs: random.below(2 ** (4 + random.below(15))),
});

const drawDeathAtWire = (random: SeededRandom): Omit<Death, 'powerFails'> => ({
  atReinitialize: 1 + random.below(4),
});

const drawDeathAtDisk = (random: SeededRandom): Omit<Death, 'powerFails'> => ({
  atOperation: drawOperation(random),
});

/** Among all operations, or among those of one kind: most kinds are rare. */
export function drawOperation(random: SeededRandom): AtOperation {
  const when = random.chance(0.5) ? 'before' : 'after';
  if (random.chance(0.4)) return { nth: random.below(60), when };
  return { nth: random.below(2 ** random.below(5)), kind: pick(random, DISK_OPERATIONS), when };
}

function drawUpkeeps(random: SeededRandom): SiteSpec['upkeeps'] {
  if (random.chance(0.75)) return [];
  return Array.from({ length: 1 + random.below(3) }, () => ({
    atMs: random.below(2 ** (4 + random.below(15))),
    last: 1 + random.below(3),
    lockWaitMs: random.chance(0.5) ? 0 : random.below(600_000),
    ...(random.chance(0.3) ? { dies: drawOperation(random) } : {}),
  }));
}

/** A router that is busy is waited for 5 minutes with each of three STARTs: a short while, or longer than that. */
function drawCut(random: SeededRandom, hasRouter: boolean): NonNullable<SiteSpec['cut']> {
  const how = hasRouter && random.chance(0.5) ? 'busy' : 'loss';
  const short = 1 + random.below(2 ** (10 + random.below(10)));
  return {
    how,
    nth: pick(random, [1, 1, 2, 3]),
    requestToo: random.chance(0.5),
    forMs: how === 'busy' && random.chance(0.5) ? 1_500_000 : short,
  };
}

/** Most sites are small, so that a seed costs little; some have thirty devices. */
function deviceCount(random: SeededRandom): number {
  if (random.chance(0.95)) return pick(random, [1, 1, 2]);
  return random.chance(0.02) ? 30 : 4 + random.below(5);
}

export function drawSite(seed: number): SiteSpec {
  const random = new SeededRandom(`site ${seed}`);
  const lanes = Array.from({ length: random.below(3) }, (_, i) => ({
    network: 2001 + i,
    latencyMs: 1 + random.below(20),
    octetMs: pick(random, [0, 0.1, 0.26]),
    maxApdu: 480,
    busy: random.chance(0.2) ? drawBusy(random) : [],
  }));
  const devices = Array.from({ length: deviceCount(random) }, (_, i): DeviceSpec => {
    const lane = lanes.length > 0 && random.chance(0.4) ? random.below(lanes.length) : undefined;
    const quirks = drawQuirks(random);
    const findsByWhoIs = random.chance(0.3);
    return broughtOut(quirks, {
      config: drawConfig(random, 1001 + i),
      quirks,
      ...(lane === undefined ? {} : { lane }),
      findsByWhoIs,
      ...(random.chance(0.15) ? { rebootsAtMs: random.below(2 ** (6 + random.below(13))) } : {}),
      ...(random.chance(0.15)
        ? { rebootsIn: { state: 1 + random.below(6), afterMs: random.below(2 ** random.below(15)) } }
        : {}),
      ...(random.chance(0.3) ? { oddLater: true } : {}),
      ...(random.chance(0.06) ? { living: random.chance(0.7) ? 'counter' : 'restless' } : {}),
      // Whoever gave an address means that address.
      ...(findsByWhoIs && lane === undefined && random.chance(0.4) ? { moves: true } : {}),
      acts: Array.from({ length: pick(random, [1, 1, 2, 3]) }, () => drawAct(random)),
    });
  });
  const site: SiteSpec = {
    seed,
    devices,
    lanes,
    link: drawLink(random),
    disk: drawDisk(random),
    hasHardLinks: random.chance(0.85),
    deaths: drawDeaths(random),
    upkeeps: drawUpkeeps(random),
    ...(random.chance(0.15)
      ? { rival: { device: random.below(devices.length), atMs: random.below(20_000) } }
      : {}),
    ...(random.chance(0.15) ? { cut: drawCut(random, lanes.length > 0) } : {}),
    seesProcesses: random.chance(0.8),
    staleLocks: random.chance(0.2) ? 1 + random.below(3) : 0,
    endsWithVerify: random.chance(0.3),
    beginsCalm: random.chance(0.4),
  };
  const drawn = random.chance(0.5) ? themed(random, site) : site;
  const told = drawn.devices.map((device, index) =>
    drawMultiple(seed, drawReads(seed, device, index), index),
  );
  return { ...drawn, devices: told };
}
