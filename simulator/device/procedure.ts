// The backup and restore procedure of a device (clause 19.1, DM-BR-B) as a table of its moves. Time is
// an input. What a move means for files and revisions is the device's business, not this file's.

import { BackupState, ReinitializeState, SystemStatus } from '../../protocol/index.js';
import type { ProcedureConfig, ProcedureEvent } from '../types.js';

export type ProcedurePhase =
  | 'idle'
  | 'preparing-for-backup'
  | 'preparing-for-restore'
  | 'performing-a-backup'
  | 'performing-a-restore'
  | 'completing-restore'
  | 'backup-failure'
  | 'restore-failure';

interface PhaseRow {
  /** Backup_And_Restore_State. */
  readonly state: number;
  /** System_Status. */
  readonly status: number;
  /** What ends the phase by itself, after the time of that configuration entry. */
  readonly ends?: {
    readonly after: 'backupPreparationMs' | 'restorePreparationMs' | 'restoreCompletionMs';
    readonly with: ProcedureEvent;
  };
  /** Ends with `timed-out` when no configuration file is touched for Backup_Failure_Timeout. */
  readonly watched?: true;
}

const S = BackupState;
const { operational, downloadRequired, downloadInProgress, backupInProgress } = SystemStatus;

/** What each phase shows, and what ends it. */
export const PHASES: Readonly<Record<ProcedurePhase, PhaseRow>> = {
  idle: { state: S.idle, status: operational },
  'preparing-for-backup': {
    state: S.preparingForBackup,
    status: backupInProgress,
    ends: { after: 'backupPreparationMs', with: 'prepared' },
  },
  'preparing-for-restore': {
    state: S.preparingForRestore,
    status: downloadInProgress,
    ends: { after: 'restorePreparationMs', with: 'prepared' },
  },
  'performing-a-backup': { state: S.performingABackup, status: backupInProgress, watched: true },
  'performing-a-restore': { state: S.performingARestore, status: downloadInProgress, watched: true },
  'completing-restore': {
    state: S.performingARestore,
    status: downloadInProgress,
    ends: { after: 'restoreCompletionMs', with: 'completed' },
  },
  'backup-failure': { state: S.backupFailure, status: operational },
  'restore-failure': { state: S.restoreFailure, status: downloadRequired },
};

export interface Transition {
  readonly from: ProcedurePhase;
  readonly on: ProcedureEvent;
  readonly to: ProcedurePhase;
}

const move = (from: ProcedurePhase, on: ProcedureEvent, to: ProcedurePhase): Transition => ({ from, on, to });

/**
 * Every move there is. A ReinitializeDevice that is not in its phase's rows is refused with
 * DEVICE: CONFIGURATION_IN_PROGRESS; an event of time that is not there does nothing.
 */
export const TRANSITIONS: readonly Transition[] = [
  move('idle', 'start-backup', 'preparing-for-backup'),
  move('backup-failure', 'start-backup', 'preparing-for-backup'),
  move('restore-failure', 'start-backup', 'preparing-for-backup'),
  move('preparing-for-backup', 'prepared', 'performing-a-backup'),
  move('preparing-for-backup', 'preparation-failed', 'backup-failure'),
  move('preparing-for-backup', 'end-backup', 'idle'),
  move('performing-a-backup', 'end-backup', 'idle'),
  move('performing-a-backup', 'timed-out', 'backup-failure'),

  move('idle', 'start-restore', 'preparing-for-restore'),
  move('backup-failure', 'start-restore', 'preparing-for-restore'),
  move('restore-failure', 'start-restore', 'preparing-for-restore'),
  move('preparing-for-restore', 'prepared', 'performing-a-restore'),
  move('preparing-for-restore', 'preparation-failed', 'restore-failure'),
  move('preparing-for-restore', 'abort-restore', 'idle'),
  move('performing-a-restore', 'abort-restore', 'idle'),
  move('performing-a-restore', 'timed-out', 'restore-failure'),
  move('performing-a-restore', 'end-restore', 'completing-restore'),
  move('completing-restore', 'completed', 'idle'),
  move('completing-restore', 'completion-failed', 'restore-failure'),

  move('preparing-for-backup', 'restarted', 'idle'),
  move('preparing-for-restore', 'restarted', 'idle'),
  move('performing-a-backup', 'restarted', 'idle'),
  move('performing-a-restore', 'restarted', 'idle'),
  move('completing-restore', 'restarted', 'idle'),
  move('backup-failure', 'restarted', 'idle'),
  move('restore-failure', 'restarted', 'idle'),
];

/** What a reinitialized state asks of the procedure; the others restart the device or do nothing. */
export const REQUESTS: ReadonlyMap<number, ProcedureEvent> = new Map([
  [ReinitializeState.startBackup, 'start-backup'],
  [ReinitializeState.endBackup, 'end-backup'],
  [ReinitializeState.startRestore, 'start-restore'],
  [ReinitializeState.endRestore, 'end-restore'],
  [ReinitializeState.abortRestore, 'abort-restore'],
]);

/** One move that was made. */
export interface Moved extends Transition {
  readonly now: number;
}

/** Where one device stands in the procedure. */
export class Procedure {
  readonly #config: ProcedureConfig;
  #phase: ProcedurePhase = 'idle';
  #enteredMs = 0;
  #touchedMs = 0;
  #isStuck = false;

  /** Backup_Failure_Timeout, s; 0 = never. It may be written. */
  failureTimeoutS: number;

  constructor(config: ProcedureConfig) {
    this.#config = config;
    this.failureTimeoutS = config.backupFailureTimeoutS;
  }

  get phase(): ProcedurePhase {
    return this.#phase;
  }

  get row(): PhaseRow {
    return PHASES[this.#phase];
  }

  /** A procedure has begun and has neither ended nor failed. */
  get isRunning(): boolean {
    return this.row.ends !== undefined || this.row.watched === true;
  }

  /** Between a START or END and its effect: the configuration files are not to be had. */
  get isChanging(): boolean {
    return this.row.ends !== undefined;
  }

  /** Configuration files may be written from the START of a restore on (DM-BR-B). */
  get isRestoring(): boolean {
    return this.#phase === 'preparing-for-restore' || this.#phase === 'performing-a-restore';
  }

  /** A configuration file was accessed: the Backup_Failure_Timeout starts again. */
  touch(now: number): void {
    this.#touchedMs = now;
  }

  /** Whether the table has a move for the event. */
  allows(event: ProcedureEvent): boolean {
    return this.#transition(event) !== undefined;
  }

  /** Makes the move; undefined when the table has none. */
  handle(event: ProcedureEvent, now: number): Moved | undefined {
    const transition = this.#transition(event);
    if (transition === undefined) return undefined;
    const toIdle = event === 'timed-out' && this.#config.watchdogLeadsTo === 'idle';
    const moved = { ...transition, to: toIdle ? 'idle' : transition.to, now };
    this.#phase = moved.to;
    this.#enteredMs = now;
    this.#touchedMs = now;
    this.#isStuck = false;
    return moved;
  }

  /** What is due now never happens: the phase lasts until a request or a restart ends it. */
  stick(): void {
    this.#isStuck = true;
  }

  /** What time itself brings next, and when. */
  get due(): { readonly event: ProcedureEvent; readonly atMs: number } | undefined {
    const { ends, watched } = this.row;
    if (this.#isStuck) return undefined;
    if (ends !== undefined) return { event: ends.with, atMs: this.#enteredMs + this.#config[ends.after] };
    if (watched && this.failureTimeoutS > 0)
      return { event: 'timed-out', atMs: this.#touchedMs + this.failureTimeoutS * 1000 };
    return undefined;
  }

  #transition(event: ProcedureEvent): Transition | undefined {
    return TRANSITIONS.find((row) => row.from === this.#phase && row.on === event);
  }
}
