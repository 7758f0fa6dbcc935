// What a night is made of, as plain values: a site, its devices, its faults and its work. Types, and the one
// way to choose.

import type { DeviceConfigInput, LinkQuality, SeededRandom } from '../../simulator/index.js';
import type { Phase } from '../../src/procedure/index.js';
import type { Death as DiskDeath, DiskFaults, DiskOperation } from '../support/simulated-disk.js';
import type { QuirkDraw } from './quirk-draws.js';

export type ActKind = 'backup' | 'restore' | 'verify' | 'probe' | 'recover';

/** A target with a mistake: another instance at the address, or a network that no router knows. */
export type Mistake = 'instance' | 'network';

export interface Act {
  readonly kind: ActKind;
  /** Before it begins, ms. */
  readonly pauseMs: number;
  readonly cancelAfterMs?: number;
  /** Or cancelled so long after it enters this phase for the n-th time: an act is made of several procedures. */
  readonly cancelIn?: { readonly phase: Phase; readonly nth: number; readonly afterMs: number };
  /** A recovery that ends what the device is in, whoever's it is. */
  readonly foreign?: true;
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
  /** How eagerly it is read. */
  readonly pace?: 'gentle' | 'auto' | 'fast';
  readonly acts: readonly Act[];
  /** Somebody power-cycles it at this time of the chaos, ms. */
  readonly rebootsAtMs?: number;
  /** Somebody power-cycles it so long after it first comes into this Backup_And_Restore_State, ms. */
  readonly rebootsIn?: { readonly state: number; readonly afterMs: number };
  /** Its quirks begin with the chaos: what is backed up in the calm is of a sound device. */
  readonly oddLater?: true;
  /** A stream file of it is another at every backup: some octets, or nearly all. */
  readonly living?: 'counter' | 'restless';
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

/** One operation of the disk: the n-th from 0, of all or of one kind. */
export interface AtOperation {
  readonly nth: number;
  readonly kind?: DiskOperation;
  readonly when: DiskDeath;
}

/** How the process dies, or with it the computer. */
export interface Death {
  /** So long after the chaos began, ms; */
  readonly atMs?: number;
  /** or at this operation of the disk; */
  readonly atOperation?: AtOperation;
  /** or right after this START, END or ABORT has left. */
  readonly atReinitialize?: number;
  readonly powerFails: boolean;
}

/** Another process on the same computer that forgets and prunes, as a nightly job does. */
export interface Upkeep {
  readonly atMs: number;
  /** How many images of each device it keeps. */
  readonly last: number;
  readonly lockWaitMs: number;
  /** It is killed there. */
  readonly dies?: AtOperation;
}

export interface SiteSpec {
  readonly seed: number;
  readonly devices: readonly DeviceSpec[];
  readonly lanes: readonly LaneSpec[];
  readonly link: Partial<LinkQuality>;
  readonly disk: DiskFaults;
  readonly hasHardLinks: boolean;
  readonly deaths: readonly Death[];
  readonly upkeeps: readonly Upkeep[];
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

export function pick<T>(random: SeededRandom, from: readonly [T, ...T[]] | readonly T[]): T {
  return from[random.below(from.length)]!;
}
