// Backup_And_Restore_State and System_Status as the procedures read them (clauses 12.11, 19.1; protocol
// facts 1.4). The tables say what a state means to whom; nothing here asks or waits.

import {
  BackupState,
  enumName,
  ErrorCode,
  type Refusal,
  refusalWords,
  SystemStatus,
} from '../../protocol/index.js';
import { isBusy } from '../pacing/index.js';

/** Which procedure we hold, or want. A comparison runs as a backup. */
export type ProcedureKind = 'backup' | 'restore';

/** What one look at a device showed. */
export interface Sighting {
  /** Backup_And_Restore_State, where told. */
  readonly state?: number;
  /** Why it was not told; absent when it was, or when nobody answered. */
  readonly untold?: Refusal;
  /** System_Status, where told. */
  readonly status?: number;
  /** Nobody answered at all. */
  readonly silent: boolean;
}

/** What a sighting means while we wait for our procedure to be ready. */
export type Standing =
  | 'idle'
  | 'preparing'
  | 'ready'
  | 'failed'
  /** Somebody else's procedure, of the other kind. */
  | 'foreign'
  /** A number that no standard knows. */
  | 'unknown'
  /** The device has no such property: it is from before 135-2008n. */
  | 'untold'
  | 'silent';

/** The rows of table 1.4 by state, for either procedure. A failure of the other kind is an old one: idle. */
export const STANDINGS: Readonly<Record<ProcedureKind, Readonly<Record<number, Standing>>>> = {
  backup: {
    [BackupState.idle]: 'idle',
    [BackupState.preparingForBackup]: 'preparing',
    [BackupState.preparingForRestore]: 'foreign',
    [BackupState.performingABackup]: 'ready',
    [BackupState.performingARestore]: 'foreign',
    [BackupState.backupFailure]: 'failed',
    [BackupState.restoreFailure]: 'idle',
  },
  restore: {
    [BackupState.idle]: 'idle',
    [BackupState.preparingForBackup]: 'foreign',
    [BackupState.preparingForRestore]: 'preparing',
    [BackupState.performingABackup]: 'foreign',
    [BackupState.performingARestore]: 'ready',
    [BackupState.backupFailure]: 'idle',
    [BackupState.restoreFailure]: 'failed',
  },
};

/** The row for a sighting. A device that is too busy to tell its state is preparing, not an old one. */
export function standingOf(kind: ProcedureKind, sighting: Sighting): Standing {
  if (sighting.silent) return 'silent';
  if (sighting.state === undefined) return isTooBusyToTell(sighting) ? 'preparing' : 'untold';
  return STANDINGS[kind][sighting.state] ?? 'unknown';
}

/** Whether the device answered that it would tell its state later. */
export function isTooBusyToTell(sighting: Sighting): boolean {
  return sighting.untold !== undefined && isBusy(sighting.untold);
}

/** The Device object is there under one instance: a device that does not know it has another one. */
export function hasOtherInstance({ untold }: Sighting): boolean {
  return untold?.kind === 'error' && untold.errorCode === ErrorCode.unknownObject;
}

/** Whether the device answered, and told neither its state nor its status. */
export function isMute(sighting: Sighting): boolean {
  return !sighting.silent && sighting.state === undefined && sighting.status === undefined;
}

/** What to do about a standing after START was acknowledged. */
export type PreparationStep =
  | 'go-on'
  | 'poll'
  /** Poll a few times, then give up. */
  | 'tolerate'
  | 'give-up'
  /** Give up, and send no END: it would end somebody else's procedure. */
  | 'leave-alone';

/** Table 1.4: what we do, and what we say of the device when we give up. */
export const PREPARATION: Readonly<
  Record<Standing, { readonly step: PreparationStep; readonly says: string }>
> = {
  ready: { step: 'go-on', says: 'is ready' },
  preparing: { step: 'poll', says: 'is still preparing' },
  silent: { step: 'poll', says: 'does not answer' },
  unknown: { step: 'poll', says: 'shows a state that no standard knows' },
  untold: { step: 'go-on', says: 'does not tell its state' },
  idle: { step: 'tolerate', says: 'acknowledged the START, but does not enter the procedure' },
  failed: { step: 'give-up', says: 'could not prepare' },
  foreign: { step: 'leave-alone', says: "is in somebody else's procedure" },
};

/** The System_Status of a device in the procedure. */
export const STATUS_DURING: Readonly<Record<ProcedureKind, number>> = {
  backup: SystemStatus.backupInProgress,
  restore: SystemStatus.downloadInProgress,
};

/** States in which a device is in nobody's procedure and takes a new START. */
const FREE_STATES: readonly number[] = [
  BackupState.idle,
  BackupState.backupFailure,
  BackupState.restoreFailure,
];

/** Whether Backup_And_Restore_State is one in which a device takes a new START. */
export function isFree(state: number): boolean {
  return FREE_STATES.includes(state);
}

/**
 * Whether somebody else's procedure is running. A device that does not tell its state is judged by its
 * System_Status, except that a restore may begin at "download in progress": a broken restore leaves old
 * devices there, and only another restore gets them out (protocol facts 2.8).
 */
export function isTaken(kind: ProcedureKind, sighting: Sighting): boolean {
  if (sighting.state !== undefined) return sighting.state <= 6 && !isFree(sighting.state);
  if (sighting.status === SystemStatus.backupInProgress) return true;
  return kind === 'backup' && sighting.status === SystemStatus.downloadInProgress;
}

export function stateName(state: number): string {
  return enumName(BackupState, state);
}

export function statusName(status: number): string {
  return enumName(SystemStatus, status);
}

/** A sighting for reports: what was told, by its names. */
export function sightingReport({ state, status }: Sighting): {
  readonly state?: string;
  readonly systemStatus?: string;
} {
  return {
    ...(state === undefined ? {} : { state: stateName(state) }),
    ...(status === undefined ? {} : { systemStatus: statusName(status) }),
  };
}

/** A sighting in words, for messages: "the device shows idle and operational". */
export function sightingWords(sighting: Sighting): string {
  if (sighting.silent) return 'the device does not answer';
  const words: string[] = [];
  if (sighting.state !== undefined) words.push(stateName(sighting.state));
  if (sighting.status !== undefined) words.push(statusName(sighting.status));
  if (words.length > 0) return `the device shows ${words.join(' and ')}`;
  if (sighting.untold === undefined) return 'the device does not tell its state';
  const why = refusalWords(sighting.untold);
  return hasOtherInstance(sighting)
    ? `the device does not answer to its instance any more (${why})`
    : `the device does not tell its state (${why})`;
}
