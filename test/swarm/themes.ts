// Combinations that chance alone would bring once in ten thousand nights, each as what is changed in a night
// that was drawn. Everything else of the night stays as it is, so that they meet all other faults.

import { BackupState } from '../../protocol/index.js';
import type { FileConfig, SeededRandom } from '../../simulator/index.js';
import { DISK_OPERATIONS, soundDisk } from '../support/simulated-disk.js';
import { QUIRK_DRAWS } from './quirk-draws.js';
import {
  type Act,
  type AtOperation,
  type DeviceSpec,
  type DrawnQuirk,
  pick,
  type SiteSpec,
} from './site-spec.js';

type Theme = (random: SeededRandom, site: SiteSpec) => SiteSpec;

const ACT: Act = { kind: 'backup', pauseMs: 0, tampers: false, filesLost: 0 };
const RESTORE: Act = { ...ACT, kind: 'restore', tampers: true };

function drawnQuirk(random: SeededRandom, name: string): DrawnQuirk {
  const draw = QUIRK_DRAWS.find((candidate) => candidate.name === name);
  if (draw === undefined) throw new Error(`there is no quirk ${name}`);
  return { draw, value: pick(random, draw.values) };
}

/** Changes the first device of the night, and its procedure. */
function first(
  site: SiteSpec,
  change: (device: DeviceSpec) => DeviceSpec,
  procedure: DeviceSpec['config']['procedure'] = {},
): SiteSpec {
  const [device, ...others] = site.devices;
  if (device === undefined) return site;
  const changed = change(device);
  const config = { ...changed.config, procedure: { ...changed.config.procedure, ...procedure } };
  return { ...site, devices: [{ ...changed, config }, ...others] };
}

/** START is refused, for every reason that devices give: three devices, each with another one. */
const refused: Theme = (random, site) => {
  const [device] = site.devices;
  if (device === undefined) return site;
  const devices = [0, 1, 2].map((number) => ({
    ...device,
    config: { ...device.config, instance: 1101 + number },
    quirks: [drawnQuirk(random, 'start-refused')],
    oddLater: true as const,
    acts: [pick(random, [ACT, RESTORE])],
  }));
  return { ...site, devices, beginsCalm: true };
};

/** The router is busy from the START on: for long, or so that one of the three gets through. */
const busyRouter: Theme = (random, site) => {
  const lane = { network: 2001, latencyMs: 5, octetMs: 0, maxApdu: 480, busy: [] };
  const lanes = site.lanes.length > 0 ? site.lanes : [lane];
  const cut = {
    how: 'busy' as const,
    nth: 1,
    requestToo: true,
    forMs: random.chance(0.7) ? 1_500_000 : random.below(600_000),
  };
  return first({ ...site, lanes, cut, deaths: [] }, (device) => ({
    ...device,
    lane: 0,
    acts: [ACT],
  }));
};

/** A device that prepares for long: cancelled, restarted, ended, or failing then. */
const preparing: Theme = (random, site) => {
  const { preparingForBackup, preparingForRestore } = BackupState;
  const cancelled = {
    cancelIn: { phase: 'prepare' as const, nth: pick(random, [1, 1, 2, 3]), afterMs: random.below(8000) },
  };
  const ways: readonly Partial<DeviceSpec>[] = [
    { acts: [{ ...RESTORE, ...cancelled }, { ...ACT, ...cancelled }, RESTORE] },
    { rebootsIn: { state: preparingForRestore, afterMs: random.below(8000) }, acts: [RESTORE, RESTORE] },
    { rebootsIn: { state: preparingForBackup, afterMs: random.below(8000) }, acts: [ACT, RESTORE] },
    { quirks: [drawnQuirk(random, 'preparation-fails')], oddLater: true, acts: [RESTORE, ACT] },
    {
      quirks: [drawnQuirk(random, 'end-refused-while-preparing')],
      acts: [{ ...RESTORE, ...cancelled }, ACT],
    },
  ];
  const way = pick(random, ways);
  return first({ ...site, beginsCalm: true }, (device) => ({ ...device, ...way }), {
    backupPreparationMs: 10_000,
    restorePreparationMs: 10_000,
    answersWhilePreparing: random.chance(0.8),
  });
};

/** A procedure that nobody can go on with until the watchdog of the device ends it, and what comes after. */
const abandoned: Theme = (random, site) => {
  const { backupFailure, restoreFailure } = BackupState;
  const cut = {
    how: 'loss' as const,
    nth: pick(random, [1, 1, 2, 3]),
    requestToo: false,
    forMs: 18_000 + random.below(pick(random, [10_000, 60_000])),
  };
  const quirk = pick(random, ['silent-after-timeout', 'silent-after-timeout', 'watchdog-short', undefined]);
  const rebootsIn = { state: pick(random, [backupFailure, restoreFailure]), afterMs: random.below(2000) };
  return first(
    { ...site, cut, beginsCalm: true },
    (device) => ({
      ...device,
      quirks: quirk === undefined ? [] : [drawnQuirk(random, quirk)],
      ...(random.chance(0.4) ? { rebootsIn } : {}),
      acts: [pick(random, [ACT, RESTORE]), RESTORE, ...device.acts],
    }),
    { backupFailureTimeoutS: 20, watchdogLeadsTo: random.chance(0.8) ? 'failure' : 'idle' },
  );
};

/** Files that change by themselves, read twice. */
const restless: Theme = (random, site) => {
  const cut = { how: 'loss' as const, nth: 3, requestToo: true, forMs: 900_000 };
  return first({ ...site, ...(random.chance(0.3) ? { cut } : {}) }, (device) => {
    const { config, acts } = device;
    const [, ...more] = config.files ?? [];
    const file: FileConfig = {
      instance: 1,
      access: 'stream',
      content: random.octets(60 + random.below(900)),
    };
    return {
      ...device,
      config: { ...config, files: [file, ...more] },
      quirks: random.chance(0.3) ? [drawnQuirk(random, 'file-changes')] : [],
      ...(random.chance(0.7) ? { living: random.chance(0.7) ? 'counter' : 'restless' } : {}),
      acts: [{ ...ACT, readsTwice: true }, RESTORE, ...acts],
    };
  });
};

/** A process that dies at a START or END, and what the next one can know of it. */
const orphaned: Theme = (random, site) => {
  const death = { atReinitialize: 1 + random.below(4), powerFails: random.chance(0.3) };
  const recover: Act = { ...ACT, kind: 'recover', pauseMs: random.below(6000) };
  const foreign: Act = { ...recover, foreign: true };
  return first(
    { ...site, deaths: [death], seesProcesses: random.chance(0.5), beginsCalm: true },
    (device) => ({
      ...device,
      acts: [pick(random, [ACT, RESTORE]), recover, pick(random, [foreign, recover, ACT]), recover],
    }),
  );
};

/** Somebody else's backup, ended by name. */
const foreign: Theme = (random, site) =>
  first({ ...site, rival: { device: 0, atMs: random.below(4000) } }, (device) => ({
    ...device,
    quirks: random.chance(0.5)
      ? []
      : [drawnQuirk(random, pick(random, ['end-refused', 'slow-answers', 'end-always-acked']))],
    acts: [{ ...ACT, kind: 'recover', foreign: true, pauseMs: random.below(8000) }, ACT],
  }));

/** What shows in restores alone. */
const RESTORE_QUIRKS = [
  'silent-after-writes',
  'write-corrupts',
  'write-dropped',
  'writes-refused',
  'wrong-write-position',
  'empty-write-refused',
  'create-by-type-only',
  'create-refused',
  'file-size-refused',
  'lost-ack',
  'restore-changes-instance',
  'restore-changes-password',
  'restore-fails',
  'restore-ignored',
  'restore-unrecorded',
  'restore-wrecks',
  'restarts-after-restore',
  'silent-after-end',
  'status-after-restore',
  'truncates-at-zero',
] as const;

const restoring: Theme = (random, site) => {
  // A write that is refused is what a restore is aborted for.
  const phase = pick(random, ['abort', 'read-back', undefined, undefined, undefined, undefined] as const);
  const name = phase === undefined ? pick(random, RESTORE_QUIRKS) : 'writes-refused';
  const cancelIn = phase && { cancelIn: { phase, nth: 1, afterMs: random.below(500) } };
  const rebootsIn = { state: BackupState.restoreFailure, afterMs: random.below(3000) };
  return first({ ...site, beginsCalm: true }, (device) => {
    const quirks = phase === 'read-back' ? [] : [drawnQuirk(random, name)];
    return broughtOut(quirks, {
      ...device,
      quirks,
      oddLater: true,
      ...(random.chance(0.3) ? { rebootsIn } : {}),
      acts: [{ ...RESTORE, filesLost: random.chance(0.3) ? 1 : 0, ...cancelIn }, ...device.acts, RESTORE],
    });
  });
};

/** One device alone, with a file of a megabyte or two. */
const large: Theme = (random, site) => {
  const content = random.octets(2 ** 20 + random.below(2 ** 20));
  const [device] = site.devices;
  if (device === undefined) return site;
  const config: DeviceSpec['config'] = {
    ...device.config,
    files: [{ instance: 1, access: 'stream', content }],
    limits: { maxApdu: 1476, segmentation: 'both', maxSegments: 64 },
  };
  return {
    ...site,
    devices: [
      { config, quirks: [], findsByWhoIs: device.findsByWhoIs, acts: [pick(random, [ACT, RESTORE])] },
    ],
  };
};

/** Nightly jobs beside backups of a device that changes, and deaths at the rare operations of the disk. */
const kept: Theme = (random, site) => {
  const at = (): AtOperation => ({
    nth: random.below(pick(random, [1, 4])),
    kind: pick(random, ['rmdir', 'rmdir', 'unlink', 'rename', ...DISK_OPERATIONS] as const),
    when: pick(random, ['before', 'after'] as const),
  });
  const death = { atOperation: at(), powerFails: random.chance(0.5) };
  const upkeeps = Array.from({ length: 1 + random.below(3) }, () => ({
    atMs: random.below(2 ** (11 + random.below(7))),
    last: 1,
    lockWaitMs: random.chance(0.3) ? 0 : 600_000,
    ...(random.chance(0.5) ? { dies: at() } : {}),
  }));
  const hasHardLinks = !random.chance(0.5);
  const staleLocks = pick(random, [0, 0, 1, 2, 3]);
  const deaths = random.chance(0.5) ? [death] : [];
  const changed: Act = { ...ACT, tampers: true };
  return first({ ...site, deaths, upkeeps, hasHardLinks, staleLocks, beginsCalm: true }, (device) => ({
    ...device,
    quirks: [],
    acts: [changed, changed, RESTORE, changed, ...device.acts, { ...ACT, kind: 'verify' }],
  }));
};

const COMMON: readonly Theme[] = [
  refused,
  refused,
  busyRouter,
  preparing,
  preparing,
  abandoned,
  restless,
  orphaned,
  foreign,
  restoring,
  restoring,
  kept,
  kept,
];

/** A night with one of these combinations in it; in half of them little else is in the way. */
export function themed(random: SeededRandom, site: SiteSpec): SiteSpec {
  const base = random.chance(0.5) ? quiet(site) : site;
  return random.chance(0.02) ? large(random, base) : pick(random, COMMON)(random, base);
}

/** The same site, with a sound network, a sound disk, and nobody who dies. */
function quiet(site: SiteSpec): SiteSpec {
  return { ...site, link: {}, disk: soundDisk, deaths: [], upkeeps: [] };
}

/** What a quirk needs of its device, so that it shows at all. */
export function broughtOut(quirks: readonly DrawnQuirk[], device: DeviceSpec): DeviceSpec {
  const has = (...names: string[]): boolean => quirks.some(({ draw }) => names.includes(draw.name));
  const { config, acts } = device;
  if (has('end-refused-while-preparing')) {
    // Whoever cancels a device that prepares wants to end it.
    const procedure = { ...config.procedure, backupPreparationMs: 20_000, answersWhilePreparing: true };
    return { ...device, config: { ...config, procedure }, acts: [{ ...ACT, cancelAfterMs: 4000 }, ...acts] };
  }
  if (has('error-class')) {
    // The file services answer with errors where files are asked for too early.
    const procedure = {
      ...config.procedure,
      backupPreparationMs: 8000,
      answersWhilePreparing: true,
      stateProperties: false,
    };
    return { ...device, config: { ...config, procedure } };
  }
  const [file, ...more] = config.files ?? [];
  if (has('create-refused', 'create-by-type-only')) {
    // A file is created where one is missing, and another is still there.
    const second: FileConfig = { instance: 80, access: 'stream', content: Uint8Array.of(8, 0) };
    const others = (config.files ?? []).filter(({ instance }) => instance !== second.instance);
    const files = [...others, second];
    const lost = { ...RESTORE, filesLost: 1 };
    return { ...device, config: { ...config, files }, acts: [ACT, lost, ...acts] };
  }
  const sizing = QUIRK_DRAWS.find(({ name }) => name === 'file-size-refused');
  if (!has('empty-write-refused') || has('file-size-refused') || sizing === undefined) return device;
  // Only a file that must become empty, and whose size cannot be written, is emptied by writing nothing.
  const empty: FileConfig = { instance: file?.instance ?? 1, access: 'stream', content: new Uint8Array(0) };
  return {
    ...device,
    config: { ...config, files: [empty, ...more] },
    quirks: [...quirks, { draw: sizing, value: undefined }],
    acts: [...acts, RESTORE],
  };
}
