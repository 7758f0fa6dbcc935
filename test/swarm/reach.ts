// What the nights have met so far: event kinds, error codes, rows of the tables, quirks, faults. What is
// never met is not tested, however many seeds have run.

import { BackupState } from '../../protocol/index.js';
import { quirks } from '../../simulator/device/index.js';
import { PHASES, TRANSITIONS } from '../../simulator/device/procedure.js';
import { perfectLink } from '../../simulator/index.js';
import { type ErrorCode, ERRORS } from '../../src/errors.js';
import {
  type EntryOutcome,
  type Phase,
  PREPARATION,
  type ProgressEvent,
  START_REFUSALS,
  type Step,
} from '../../src/procedure/index.js';
import { DISK_OPERATIONS, soundDisk } from '../support/simulated-disk.js';

/** Codes that no night can give, each with the place that tests it. */
const ELSEWHERE: Partial<Record<ErrorCode, string>> = {
  usage: 'what a user types: test/src/cli',
  'device-duplicate': 'two devices of one instance: test/src/client',
  'repository-not-found': 'test/src/repository',
  'repository-exists': 'test/src/repository',
  'repository-format': 'test/src/repository',
  'repository-corrupt': 'a fault of the night; fixtures/repositories',
  'check-found': 'test/src/cli/commands/check.test.ts',
  'site-file': 'test/src/fleet/site',
  'not-protected': 'several devices: test/src/cli/commands',
  'image-not-found': 'every image of a night is chosen among those that are there: test/src/repository',
  'image-ambiguous': 'test/src/repository',
  'store-exists': 'test/src/repository',
  'store-missing': 'test/src/repository',
  'port-in-use': 'real sockets: test/src/io',
  'network-failed': 'real sockets: test/src/io',
  partial: 'several devices: test/src/cli',
  'not-verified': 'test/src/cli',
  'restore-unverified': 'test/src/cli',
  'window-ended': 'several devices: test/src/fleet/run',
  'archive-damaged': 'test/src/repository/archive',
  'drill-failed': 'test/src/cli/commands/drill.test.ts',
  internal: 'a defect, which is a fault of the night',
};

/** Exhaustive: a kind or a phase that is new does not compile without its line. */
const KINDS: Readonly<Record<ProgressEvent['kind'], true>> = {
  phase: true,
  step: true,
  file: true,
  chunk: true,
  retry: true,
  resumed: true,
  waiting: true,
  state: true,
  deviation: true,
  quirk: true,
  released: true,
  recovered: true,
};
const PHASE_NAMES: Readonly<Record<Phase, true>> = {
  plan: true,
  identify: true,
  start: true,
  prepare: true,
  list: true,
  copy: true,
  write: true,
  'read-back': true,
  end: true,
  abort: true,
  return: true,
  compare: true,
};
const RECOVERIES: Readonly<Record<EntryOutcome['verdict'], true>> = {
  'under-way': true,
  elsewhere: true,
  silent: true,
  over: true,
  replaced: true,
  unknown: true,
  released: true,
  unproven: true,
};
const STEPS: Readonly<Record<Step, true>> = {
  undo: true,
  'second-reading': true,
  write: true,
  prove: true,
  'roll-back': true,
};
const DEVICE_EVENTS = ['refused', 'restored', 'file-created', 'restarting'];

/** Rows and quirks that no client of ours can meet, each with the reason. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  'quirk failure-timeout-fixed': 'the engine never writes Backup_Failure_Timeout',
  'event quirk': 'no device of the swarm is of a vendor of quirks.json; test/scenario/known-deviations',
  'quirk append-echoed': 'the engine never appends',
  'recovery under-way': 'one process at a time; test/src/procedure/recover',
  'recovery silent':
    'a device that is silent ends the recovery as device-silent; test/src/procedure/judgement.test.ts',
  'refusal the router on the way is busy':
    'a START is on its way before its router can say so, and is then unanswered; test/scenario/start-refusals.test.ts',
  'refusal the router on the way does not know its network': 'it knew it when the device was found',
};

/** Faults that are no knob of a link or of the disk. */
const FAULTS = [
  'kill',
  'kill at a START or END',
  'kill of a nightly job',
  'power',
  'torn file',
  'lost name',
  'no hard links',
  'stale lock',
  'cancel',
  'rival',
  'odd later',
  'reboot',
  'reboot in a state',
  'move',
  'cut by loss',
  'cut by busy',
  'partitions',
];

/** Everything that enough nights must meet. */
export function wanted(): string[] {
  return [
    ...Object.keys(KINDS).map((kind) => `event ${kind}`),
    ...Object.keys(PHASE_NAMES).map((phase) => `phase ${phase}`),
    ...Object.keys(STEPS).map((step) => `step ${step}`),
    ...Object.keys(RECOVERIES).map((verdict) => `recovery ${verdict}`),
    ...['equal', 'volatile', 'different', 'failed'].map((outcome) => `second reading ${outcome}`),
    ...['released', 'unproven', 'not-started'].map((release) => `release ${release}`),
    ...Object.keys(ERRORS)
      .filter((code) => !(code in ELSEWHERE))
      .map((code) => `error ${code}`),
    ...['verified', 'restored-unverified', 'failed', 'failed-rolled-back'].map((word) => `verdict ${word}`),
    ...['done', 'failed', 'offered', 'not-tried'].map((word) => `rollback ${word}`),
    ...['twice', 'once', 'none'].map((word) => `undo ${word}`),
    ...['equal', 'different', 'not-possible', 'volatile'].map((word) => `proof ${word}`),
    ...['forget', 'forgotten', 'prune', 'freed', 'waiting'].map((word) => `upkeep ${word}`),
    ...DEVICE_EVENTS.map((kind) => `device-event ${kind}`),
    ...TRANSITIONS.map(({ from, on, to }) => `row ${PHASES[from].state} ${on} ${PHASES[to].state}`),
    ...Object.values(BackupState).map((state) => `seen state ${state}`),
    ...Object.keys(PREPARATION).map((standing) => `standing ${standing}`),
    ...START_REFUSALS.map(({ meaning }) => `refusal ${meaning}`),
    ...quirks.map(({ name }) => `quirk ${name}`),
    ...Object.keys(perfectLink)
      .filter((name) => !['delayMs', 'reorderMs', 'lateDuplicateMs', 'corruptOctets'].includes(name))
      .map((name) => `fault ${name}`),
    ...Object.keys(soundDisk).map((name) => `fault disk ${name}`),
    ...DISK_OPERATIONS.flatMap((name) => [`fault kill before ${name}`, `fault kill after ${name}`]),
    ...Object.keys(PHASE_NAMES).map((phase) => `fault cancel in ${phase}`),
    ...FAULTS.map((name) => `fault ${name}`),
    ...['living counter', 'living restless', 'recovery of somebody else'],
    ...['site of thirty devices', 'file of a megabyte'],
  ].filter((what, i, all) => all.indexOf(what) === i && !(what in UNREACHABLE));
}

export class Reach {
  readonly #counts = new Map<string, number>();

  met(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  add(other: Reach): void {
    for (const [what, count] of other.#counts) this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
  }

  /** How often each was met, rarest first. */
  get counts(): readonly (readonly [what: string, count: number])[] {
    return wanted()
      .map((what) => [what, this.#counts.get(what) ?? 0] as const)
      .sort((one, other) => one[1] - other[1]);
  }

  has(what: string): boolean {
    return this.#counts.has(what);
  }

  get missing(): readonly string[] {
    return this.counts.filter(([, count]) => count === 0).map(([what]) => what);
  }
}
