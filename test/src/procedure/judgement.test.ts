// judgement: whose the procedure on a device is, from what was written down, what is shown, and the time.
// What cannot be known is never called ours.

import { expect } from 'chai';
import fc from 'fast-check';
import { BackupState, ErrorClass, ErrorCode, SystemStatus } from '../../../protocol/index.js';
import { CONSEQUENCE, type Evidence, judge, procedureShown } from '../../../src/procedure/judgement.js';
import type { Sighting } from '../../../src/procedure/states.js';
import { type JournalEntry, type JournalNote, utcText } from '../../../src/repository/index.js';

const OPENED_MS = 1_800_000_000_000;
const at = (seconds: number): number => OPENED_MS + seconds * 1000;
const held = (seconds: number, more: Partial<JournalNote> = {}): JournalNote => ({
  standing: 'held',
  heldAt: utcText(at(seconds)),
  ...more,
});

function entry(note: JournalNote, more: Partial<JournalEntry> = {}): JournalEntry {
  return {
    id: '0123456789abcdef',
    openedAt: utcText(OPENED_MS),
    procedure: 'backup',
    site: 'hq',
    instance: 1,
    target: '1@10.0.0.1:47808',
    backupFailureTimeoutS: 60,
    tool: 'x',
    processId: 7,
    host: 'pc',
    note,
    notes: 1,
    ...more,
  };
}

const seen = (state: number | undefined, status?: number): Sighting => ({
  silent: false,
  ...(state === undefined ? {} : { state }),
  ...(status === undefined ? {} : { status }),
});
const BACKUP = seen(BackupState.performingABackup, SystemStatus.backupInProgress);
const RESTORE = seen(BackupState.performingARestore, SystemStatus.downloadInProgress);
const IDLE = seen(BackupState.idle, SystemStatus.operational);

function verdict(
  note: JournalNote,
  sighting: Sighting,
  seconds: number,
  more: Partial<Evidence> = {},
): string {
  return judge({
    entry: entry(note),
    worker: 'gone',
    sighting,
    unixTimeMs: at(seconds),
    timeoutS: 60,
    isSameDevice: true,
    ...more,
  }).verdict;
}

describe('judging an open entry', () => {
  it('calls a procedure ours from START on, for as long as the device cannot have ended it by itself', () => {
    for (const state of [BackupState.preparingForBackup, BackupState.performingABackup]) {
      expect(verdict(held(10), seen(state, SystemStatus.backupInProgress), 10)).to.equal('ours');
      expect(verdict(held(10), seen(state, SystemStatus.backupInProgress), 69)).to.equal('ours');
      expect(verdict(held(10), seen(state, SystemStatus.backupInProgress), 70)).to.equal('unknown');
    }
    const restore = entry(held(10), { procedure: 'restore' });
    expect(verdict(held(10), RESTORE, 69, { entry: restore })).to.equal('ours');
    const { untilMs } = judge({
      entry: restore,
      worker: 'gone',
      sighting: RESTORE,
      unixTimeMs: at(69),
      isSameDevice: true,
    });
    expect(untilMs).to.equal(at(70));
  });

  it('goes by the shorter of the times that the device told then and tells now', () => {
    expect(verdict(held(0), BACKUP, 25, { timeoutS: 20 })).to.equal('unknown');
    expect(verdict(held(0), BACKUP, 65, { timeoutS: 600 })).to.equal('unknown');
    const never = entry(held(0), { backupFailureTimeoutS: 0 });
    expect(verdict(held(0), BACKUP, 65_000, { entry: never, timeoutS: 0 })).to.equal('ours');
    expect(verdict(held(0), BACKUP, 66_000, { entry: never, timeoutS: 0 })).to.equal('unknown');
    const told = entry(held(0));
    const untold = Object.fromEntries(
      Object.entries(told).filter(([key]) => key !== 'backupFailureTimeoutS'),
    );
    const evidence = { entry: untold as unknown as JournalEntry, timeoutS: undefined };
    expect(verdict(held(0), BACKUP, 1, evidence)).to.equal('unknown');
  });

  it('does not know whose it is while START or END was on its way, or when the clock went back', () => {
    expect(verdict({ standing: 'starting' }, BACKUP, 1)).to.equal('unknown');
    expect(verdict({ ...held(10), standing: 'ending' }, BACKUP, 11)).to.equal('unknown');
    expect(verdict(held(10), BACKUP, 9)).to.equal('unknown');
  });

  it('never has a say about a process that runs, or that it cannot see', () => {
    for (const sighting of [BACKUP, RESTORE, IDLE]) {
      expect(verdict(held(10), sighting, 11, { worker: 'running' })).to.equal('under-way');
      expect(verdict(held(10), sighting, 11, { worker: 'elsewhere' })).to.equal('elsewhere');
      expect(verdict(held(10), sighting, 11, { worker: 'unknown' })).to.equal('elsewhere');
    }
    // It would have said more by now.
    expect(verdict(held(10), IDLE, 131, { worker: 'elsewhere' })).to.equal('over');
    expect(verdict(held(10), BACKUP, 131, { worker: 'elsewhere' })).to.equal('elsewhere');
  });

  it('calls it over when the device is free, but not in the first moments, in which START shows late', () => {
    for (const state of [BackupState.idle, BackupState.backupFailure, BackupState.restoreFailure]) {
      expect(verdict(held(0), seen(state, SystemStatus.operational), 9)).to.equal('settling');
      expect(verdict({ standing: 'starting' }, seen(state), 9)).to.equal('settling');
      expect(verdict(held(0), seen(state, SystemStatus.operational), 10)).to.equal('over');
      expect(verdict({ ...held(0), standing: 'ending' }, seen(state), 1)).to.equal('over');
    }
  });

  it('knows a procedure of the other kind as another one', () => {
    expect(verdict(held(0), RESTORE, 1)).to.equal('replaced');
    expect(verdict(held(0), BACKUP, 1, { entry: entry(held(0), { procedure: 'restore' }) })).to.equal(
      'replaced',
    );
    expect(verdict(held(0), seen(undefined, SystemStatus.downloadInProgress), 1)).to.equal('replaced');
  });

  it('believes nothing that contradicts itself', () => {
    const status = { statusFollows: true } as const;
    expect(
      verdict(held(0, status), seen(BackupState.performingABackup, SystemStatus.operational), 1),
    ).to.equal('unknown');
    expect(verdict(held(0), seen(BackupState.performingABackup, SystemStatus.operational), 1)).to.equal(
      'ours',
    );
    expect(verdict(held(0), seen(BackupState.idle, SystemStatus.backupInProgress), 30)).to.equal('unknown');
    expect(verdict(held(0), seen(BackupState.performingARestore, SystemStatus.backupInProgress), 1)).to.equal(
      'unknown',
    );
    expect(verdict(held(0), seen(99, SystemStatus.operational), 1)).to.equal('unknown');
    const busy: Sighting = {
      silent: false,
      untold: { kind: 'error', errorClass: ErrorClass.device, errorCode: ErrorCode.configurationInProgress },
    };
    expect(verdict(held(0), busy, 1)).to.equal('unknown');
  });

  it('judges a device without Backup_And_Restore_State by its System_Status, where that follows', () => {
    expect(verdict(held(0), seen(undefined, SystemStatus.backupInProgress), 1)).to.equal('ours');
    expect(verdict(held(0, { statusFollows: true }), seen(undefined, SystemStatus.operational), 30)).to.equal(
      'over',
    );
    // It tells nothing: it is out of our procedure, or in it and nobody else's.
    expect(verdict(held(0), seen(undefined, SystemStatus.operational), 30)).to.equal('ours');
    expect(verdict(held(0), seen(undefined), 61)).to.equal('unknown');
    expect(verdict(held(0), seen(undefined), 121)).to.equal('over');
  });

  it('leaves a device alone that is elsewhere and has another name, until its time is long over', () => {
    expect(verdict(held(0), BACKUP, 1, { isSameDevice: false })).to.equal('unknown');
    expect(verdict(held(0), IDLE, 30, { isSameDevice: false })).to.equal('unknown');
    expect(verdict(held(0), IDLE, 121, { isSameDevice: false })).to.equal('over');
  });

  it('never calls anything ours but a held procedure of a process that is gone, in its time', () => {
    const sightings = fc.record({
      silent: fc.boolean(),
      state: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
      status: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
    });
    const notes = fc.record({
      standing: fc.constantFrom('starting', 'held', 'ending' as const),
      heldAt: fc.option(
        fc.integer({ min: -5, max: 200 }).map((s) => utcText(at(s))),
        { nil: undefined },
      ),
      statusFollows: fc.boolean(),
    });
    fc.assert(
      fc.property(
        sightings,
        notes,
        fc.constantFrom('backup', 'restore' as const),
        fc.constantFrom('running', 'gone', 'elsewhere', 'unknown' as const),
        fc.integer({ min: -10, max: 400 }),
        fc.boolean(),
        (sighting, note, procedure, worker, seconds, isSameDevice) => {
          const evidence = {
            entry: entry(note as JournalNote, { procedure: procedure }),
            worker: worker,
            sighting: sighting as Sighting,
            unixTimeMs: at(seconds),
            timeoutS: 60,
            isSameDevice,
          };
          const { verdict: found, why } = judge(evidence);
          expect(why).to.match(/[^.]$/);
          if (CONSEQUENCE[found] !== 'release') return;
          expect([note.standing, worker, sighting.silent, isSameDevice]).to.deep.equal([
            'held',
            'gone',
            false,
            true,
          ]);
          expect(at(seconds) - Date.parse(note.heldAt ?? '')).to.be.within(0, 59_999);
          expect(procedureShown(sighting as Sighting) ?? procedure).to.equal(procedure);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('the procedure that a device shows', () => {
  it('is told by its state, else by its System_Status', () => {
    expect(procedureShown(BACKUP)).to.equal('backup');
    expect(procedureShown(RESTORE)).to.equal('restore');
    expect(procedureShown(IDLE)).to.equal(undefined);
    expect(procedureShown(seen(BackupState.preparingForRestore))).to.equal('restore');
    expect(procedureShown(seen(undefined, SystemStatus.backupInProgress))).to.equal('backup');
    expect(procedureShown(seen(undefined, SystemStatus.operational))).to.equal(undefined);
  });
});
