// The tables of the procedures: states, start-refusals, timing, phases. What they say is tested
// here; that the procedures obey them, in test/scenario.

import { expect } from 'chai';
import { BackupState, SystemStatus } from '../../../protocol/index.js';
import { BACKUP_PHASES, RESTORE_PHASES, VERIFY_PHASES } from '../../../src/procedure/index.js';
import { startRefusal } from '../../../src/procedure/start-refusals.js';
import { isFree, type Sighting, sightingWords, standingOf } from '../../../src/procedure/states.js';
import { keepAliveMs, preparationLimitMs, returnLimitMs } from '../../../src/procedure/timing.js';

const shows = (state: number, status?: number): Sighting => ({
  silent: false,
  state,
  ...(status === undefined ? {} : { status }),
});

describe('the tables of states', () => {
  it('call a state ready only for the procedure it belongs to', () => {
    expect(standingOf('backup', shows(BackupState.performingABackup))).to.equal('ready');
    expect(standingOf('restore', shows(BackupState.performingABackup))).to.equal('foreign');
    expect(standingOf('restore', shows(BackupState.performingARestore))).to.equal('ready');
    expect(standingOf('backup', shows(BackupState.performingARestore))).to.equal('foreign');
  });

  it('take the failure of the other procedure for an old one', () => {
    expect(standingOf('backup', shows(BackupState.restoreFailure))).to.equal('idle');
    expect(standingOf('restore', shows(BackupState.backupFailure))).to.equal('idle');
  });

  it('tell silence, an old device, a busy one and a value of the future apart', () => {
    expect(standingOf('backup', { silent: true })).to.equal('silent');
    expect(
      standingOf('backup', { silent: false, untold: { kind: 'error', errorClass: 2, errorCode: 32 } }),
    ).to.equal('untold');
    expect(
      standingOf('backup', { silent: false, untold: { kind: 'error', errorClass: 0, errorCode: 2 } }),
    ).to.equal('preparing');
    expect(standingOf('backup', shows(7))).to.equal('unknown');
  });

  it('call a device free when it takes a new START', () => {
    const free = [0, 1, 2, 3, 4, 5, 6, 7].filter(isFree);
    expect(free).to.deep.equal([0, 5, 6]);
  });

  it('describe what is seen in one clause', () => {
    expect(sightingWords(shows(6, SystemStatus.downloadRequired))).to.equal(
      'the device shows restore-failure and download-required',
    );
    expect(sightingWords({ silent: true })).to.equal('the device does not answer');
    expect(sightingWords({ silent: false })).to.equal('the device does not tell its state');
  });
});

describe('the table of START refusals', () => {
  it('judges by the code and not by the class', () => {
    for (const errorClass of [0, 4, 5, 99]) {
      expect(startRefusal({ kind: 'error', errorClass, errorCode: 26 }).code).to.equal('device-password');
    }
  });

  it('never tries a password again, nor a device in another procedure', () => {
    expect(startRefusal({ kind: 'error', errorClass: 4, errorCode: 26 }).again).to.equal(false);
    expect(startRefusal({ kind: 'error', errorClass: 0, errorCode: 2 }).again).to.equal(false);
  });

  it('has a row for answers that nobody has seen yet', () => {
    expect(startRefusal({ kind: 'abort', reason: 200, server: true })).to.include({
      code: 'device-refused',
      again: false,
    });
    expect(startRefusal({ kind: 'network-reject', network: 5, reason: 1 })).to.include({
      code: 'device-no-route',
    });
  });
});

describe('the tables of phases', () => {
  it('have the order of the standard, and end what they start', () => {
    expect(BACKUP_PHASES.map((row) => row.phase)).to.deep.equal(['prepare', 'list', 'copy', 'end']);
    expect(VERIFY_PHASES.map((row) => row.phase)).to.deep.equal(['prepare', 'list', 'compare', 'end']);
    expect(RESTORE_PHASES.map((row) => row.phase)).to.deep.equal([
      'prepare',
      'write',
      'read-back',
      'end',
      'return',
    ]);
  });
});

describe('the times', () => {
  it('give a device twice its preparation time and 30 s, and never less than 150 s', () => {
    expect([undefined, 0, 60, 300].map(preparationLimitMs)).to.deep.equal([
      150_000, 150_000, 150_000, 630_000,
    ]);
  });

  it('touch a file three times within Backup_Failure_Timeout, once a minute at least, once a second at most', () => {
    expect([undefined, 0, 1, 3, 60, 180, 65535].map(keepAliveMs)).to.deep.equal([
      60_000, 60_000, 1000, 1000, 20_000, 60_000, 60_000,
    ]);
  });

  it('wait ten minutes for a device to come back, or three times as long as it says', () => {
    expect([undefined, 10, 600].map(returnLimitMs)).to.deep.equal([600_000, 600_000, 1_800_000]);
  });
});
