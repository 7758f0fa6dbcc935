// Draws a night from its seed: which devices there are and where, how odd they are, which faults exist and
// how often, and what is to be done. The drawing is plain values: the same seed, the same night.

import {
  type DeviceConfigInput,
  type FileConfig,
  type LinkQuality,
  SeededRandom,
} from '../../simulator/index.js';
import { type DiskFaults, soundDisk } from '../support/simulated-disk.js';
import { QUIRK_DRAWS, type QuirkDraw } from './quirk-draws.js';

export type ActKind = 'backup' | 'restore' | 'verify' | 'probe' | 'recover';

/** A target with a mistake: another instance at the address, or a network that no router knows. */
export type Mistake = 'instance' | 'network';

export interface Act {
  readonly kind: ActKind;
  /** Before it begins, ms. */
  readonly pauseMs: number;
  readonly cancelAfterMs?: number;
  /** Somebody changes the device first. */
  readonly tampers: boolean;
  /** A backup that reads the device twice. */
  readonly readsTwice?: true;
  /** A restore onto a device that has lost this many of its files. */
  readonly filesLost: number;
  readonly mistake?: Mistake;
}

export interface DrawnQuirk {
  readonly draw: QuirkDraw;
  readonly value: string | undefined;
}

export interface DeviceSpec {
  readonly config: DeviceConfigInput & { readonly instance: number };
  readonly quirks: readonly DrawnQuirk[];
  /** Number of the lane it is on; absent: on the link itself. */
  readonly lane?: number;
  readonly findsByWhoIs: boolean;
  readonly acts: readonly Act[];
  /** Somebody power-cycles it at this time of the chaos, ms. */
  readonly rebootsAtMs?: number;
  /** Somebody power-cycles it so long after it shows a failure, ms, as operators do. */
  readonly rebootsOnFailureMs?: number;
  /** It comes back under another address after each restore that restarts it, and says I-Am from there. */
  readonly moves?: true;
}

export interface LaneSpec {
  readonly network: number;
  readonly latencyMs: number;
  readonly octetMs: number;
  readonly maxApdu: number;
  /** Grows when a cut says so. */
  readonly busy: { readonly fromMs: number; readonly untilMs: number }[];
}

export interface SiteSpec {
  readonly seed: number;
  readonly devices: readonly DeviceSpec[];
  readonly lanes: readonly LaneSpec[];
  readonly link: Partial<LinkQuality>;
  readonly disk: DiskFaults;
  /** The process dies at these times after the chaos began, ms, and at these operations of the disk. */
  readonly deaths: readonly {
    readonly atMs?: number;
    readonly atOperation?: number;
    readonly powerFails: boolean;
  }[];
  /** A second client backs up one of the devices at this time of the chaos. */
  readonly rival?: { readonly device: number; readonly atMs: number };
  /**
   * Everything is lost for a time from the n-th START, END or ABORT of the chaos on, at the worst moment; or
   * the router says that it is busy.
   */
  readonly cut?: {
    readonly how: 'loss' | 'busy';
    readonly nth: number;
    readonly requestToo: boolean;
    readonly forMs: number;
  };
  /** Whether a process can tell of another one if it still runs. */
  readonly seesProcesses: boolean;
  /** Locks that others have left behind: of a dead process here, of one elsewhere, and one that was cut short. */
  readonly staleLocks: number;
  /** After the healing, comparisons too. */
  readonly endsWithVerify: boolean;
  /** A backup of everything before the chaos. */
  readonly beginsCalm: boolean;
}

/** A power of two, or near one, so that small things are common and large ones happen. */
function size(random: SeededRandom, bitsMax: number): number {
  return random.below(2 ** random.below(bitsMax + 1) + 1);
}

function pick<T>(random: SeededRandom, from: readonly [T, ...T[]] | readonly T[]): T {
  return from[random.below(from.length)]!;
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

/** What brings out a quirk that otherwise shows in one night of ten thousand. */
function broughtOut(quirks: readonly DrawnQuirk[], device: DeviceSpec): DeviceSpec {
  const has = (...names: string[]): boolean => quirks.some(({ draw }) => names.includes(draw.name));
  const { config, acts } = device;
  if (has('end-refused-while-preparing')) {
    // Whoever cancels a device that prepares wants to end it.
    const procedure = { ...config.procedure, backupPreparationMs: 20_000, answersWhilePreparing: true };
    const cancelled: Act = { kind: 'backup', pauseMs: 0, tampers: false, filesLost: 0, cancelAfterMs: 4000 };
    return { ...device, config: { ...config, procedure }, acts: [cancelled, ...acts] };
  }
  if (has('create-refused', 'create-by-type-only')) return { ...device, acts: acts.map(losingFiles) };
  const refused = QUIRK_DRAWS.find(({ name }) => name === 'file-size-refused');
  if (!has('empty-write-refused') || has('file-size-refused') || refused === undefined) return device;
  // Only a file that must become empty, and whose size cannot be written, is emptied by writing nothing.
  const [first, ...more] = config.files ?? [];
  const empty: FileConfig = { instance: first?.instance ?? 1, access: 'stream', content: new Uint8Array(0) };
  return {
    ...device,
    config: { ...config, files: [empty, ...more] },
    quirks: [...quirks, { draw: refused, value: undefined }],
    acts: [...acts, { kind: 'restore', pauseMs: 0, tampers: true, filesLost: 0 }],
  };
}

function losingFiles(act: Act): Act {
  return act.kind === 'restore' ? { ...act, filesLost: 1 } : act;
}

function drawQuirks(random: SeededRandom): DrawnQuirk[] {
  const count = pick(random, [0, 0, 1, 1, 1, 2]);
  const draws = new Set(Array.from({ length: count }, () => pick(random, QUIRK_DRAWS)));
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
    ...(random.chance(0.2) ? { cancelAfterMs: random.below(2 ** random.below(17)) } : {}),
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
    ...(random.chance(0.5)
      ? { atMs: random.below(2 ** (4 + random.below(15))) }
      : { atOperation: random.below(60) }),
    powerFails: random.chance(0.5),
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
      ...(random.chance(0.15) ? { rebootsOnFailureMs: random.below(20_000) } : {}),
      // Whoever gave an address means that address.
      ...(findsByWhoIs && lane === undefined && random.chance(0.4) ? { moves: true } : {}),
      acts: Array.from({ length: pick(random, [1, 1, 2, 3]) }, () => drawAct(random)),
    });
  });
  return {
    seed,
    devices,
    lanes,
    link: drawLink(random),
    disk: drawDisk(random),
    deaths: drawDeaths(random),
    ...(random.chance(0.15)
      ? { rival: { device: random.below(devices.length), atMs: random.below(20_000) } }
      : {}),
    ...(random.chance(0.15) ? { cut: drawCut(random, lanes.length > 0) } : {}),
    seesProcesses: random.chance(0.8),
    staleLocks: random.chance(0.2) ? 1 + random.below(3) : 0,
    endsWithVerify: random.chance(0.3),
    beginsCalm: random.chance(0.4),
  };
}
