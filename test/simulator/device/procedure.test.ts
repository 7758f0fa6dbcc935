// The procedure's table (protocol.md 2.9), row by row, and what is not in it.

import { expect } from 'chai';
import { deviceConfig } from '../../../simulator/index.js';
import { PHASES, Procedure, type ProcedurePhase, TRANSITIONS } from '../../../simulator/device/procedure.js';
import type { ProcedureConfig, ProcedureEvent } from '../../../simulator/types.js';

const EVENTS: ProcedureEvent[] = [
  'start-backup',
  'end-backup',
  'start-restore',
  'end-restore',
  'abort-restore',
  'prepared',
  'preparation-failed',
  'completed',
  'completion-failed',
  'timed-out',
  'restarted',
];

/** How to get there from idle. */
const WAYS: Record<ProcedurePhase, ProcedureEvent[]> = {
  idle: [],
  'preparing-for-backup': ['start-backup'],
  'preparing-for-restore': ['start-restore'],
  'performing-a-backup': ['start-backup', 'prepared'],
  'performing-a-restore': ['start-restore', 'prepared'],
  'completing-restore': ['start-restore', 'prepared', 'end-restore'],
  'backup-failure': ['start-backup', 'preparation-failed'],
  'restore-failure': ['start-restore', 'preparation-failed'],
};

const procedureIn = (phase: ProcedurePhase, config: Partial<ProcedureConfig> = {}): Procedure => {
  const procedure = new Procedure(deviceConfig({ procedure: config }).procedure);
  for (const event of WAYS[phase]) expect(procedure.handle(event, 0)).to.not.equal(undefined);
  expect(procedure.phase).to.equal(phase);
  return procedure;
};

/** Written down a second time, from protocol.md, so that a slip in the table shows. */
const EXPECTED: Record<ProcedurePhase, Partial<Record<ProcedureEvent, ProcedurePhase>>> = {
  idle: { 'start-backup': 'preparing-for-backup', 'start-restore': 'preparing-for-restore' },
  'preparing-for-backup': {
    prepared: 'performing-a-backup',
    'preparation-failed': 'backup-failure',
    'end-backup': 'idle',
    restarted: 'idle',
  },
  'preparing-for-restore': {
    prepared: 'performing-a-restore',
    'preparation-failed': 'restore-failure',
    'abort-restore': 'idle',
    restarted: 'idle',
  },
  'performing-a-backup': { 'end-backup': 'idle', 'timed-out': 'backup-failure', restarted: 'idle' },
  'performing-a-restore': {
    'end-restore': 'completing-restore',
    'abort-restore': 'idle',
    'timed-out': 'restore-failure',
    restarted: 'idle',
  },
  'completing-restore': { completed: 'idle', 'completion-failed': 'restore-failure', restarted: 'idle' },
  'backup-failure': {
    'start-backup': 'preparing-for-backup',
    'start-restore': 'preparing-for-restore',
    restarted: 'idle',
  },
  'restore-failure': {
    'start-backup': 'preparing-for-backup',
    'start-restore': 'preparing-for-restore',
    restarted: 'idle',
  },
};

describe('procedure table', () => {
  for (const phase of Object.keys(EXPECTED) as ProcedurePhase[]) {
    for (const event of EVENTS) {
      const to = EXPECTED[phase][event];
      it(`${phase}, ${event}: ${to ?? 'no move'}`, () => {
        const procedure = procedureIn(phase);
        expect(procedure.allows(event)).to.equal(to !== undefined);
        const moved = procedure.handle(event, 5);
        expect(moved?.to).to.equal(to);
        expect(procedure.phase).to.equal(to ?? phase);
      });
    }
  }

  it('has every row once', () => {
    const keys = TRANSITIONS.map(({ from, on }) => `${from} ${on}`);
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('shows the states and statuses of the standard', () => {
    const shown = Object.fromEntries(
      Object.entries(PHASES).map(([phase, row]) => [phase, [row.state, row.status]]),
    );
    expect(shown).to.deep.equal({
      idle: [0, 0],
      'preparing-for-backup': [1, 5],
      'preparing-for-restore': [2, 3],
      'performing-a-backup': [3, 5],
      'performing-a-restore': [4, 3],
      'completing-restore': [4, 3],
      'backup-failure': [5, 0],
      'restore-failure': [6, 2],
    });
  });
});

describe('procedure times', () => {
  it('ends preparing and completing after their own times', () => {
    const times = { backupPreparationMs: 10, restorePreparationMs: 20, restoreCompletionMs: 30 };
    const due = (phase: ProcedurePhase): unknown => procedureIn(phase, times).due;
    expect(due('preparing-for-backup')).to.deep.equal({ event: 'prepared', atMs: 10 });
    expect(due('preparing-for-restore')).to.deep.equal({ event: 'prepared', atMs: 20 });
    expect(due('completing-restore')).to.deep.equal({ event: 'completed', atMs: 30 });
    expect(due('idle')).to.equal(undefined);
    expect(due('backup-failure')).to.equal(undefined);
  });

  it('times out Backup_Failure_Timeout after the last touch of a configuration file', () => {
    const procedure = procedureIn('performing-a-backup', { backupFailureTimeoutS: 30 });
    expect(procedure.due).to.deep.equal({ event: 'timed-out', atMs: 30_000 });
    procedure.touch(12_345);
    expect(procedure.due).to.deep.equal({ event: 'timed-out', atMs: 42_345 });
    procedure.failureTimeoutS = 5;
    expect(procedure.due).to.deep.equal({ event: 'timed-out', atMs: 17_345 });
  });

  it('never times out with a Backup_Failure_Timeout of 0', () => {
    expect(procedureIn('performing-a-restore', { backupFailureTimeoutS: 0 }).due).to.equal(undefined);
  });

  it('does not prepare longer because somebody touches a file meanwhile', () => {
    const procedure = procedureIn('preparing-for-backup', { backupPreparationMs: 1000 });
    procedure.touch(900);
    expect(procedure.due).to.deep.equal({ event: 'prepared', atMs: 1000 });
  });

  it('goes to idle instead of a failure state when the device is one that does', () => {
    const procedure = procedureIn('performing-a-restore', { watchdogLeadsTo: 'idle' });
    expect(procedure.handle('timed-out', 5)?.to).to.equal('idle');
  });

  it('stays where it is once it is stuck, until a request moves it', () => {
    const procedure = procedureIn('preparing-for-backup');
    procedure.stick();
    expect(procedure.due).to.equal(undefined);
    procedure.handle('end-backup', 9);
    procedure.handle('start-backup', 10);
    expect(procedure.due).to.deep.equal({ event: 'prepared', atMs: 10 });
  });
});
