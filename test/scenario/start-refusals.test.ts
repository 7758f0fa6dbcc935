// Table 1.5 of the protocol facts: every answer to START, what it is reported as, whether it is tried
// again, and that no END or ABORT follows a START that was refused.

import { expect } from 'chai';
import { ConfirmedService, ReinitializeState } from '../../protocol/index.js';
import type { DeviceConfigInput, Quirk } from '../../simulator/index.js';
import { type ErrorCode, ERRORS } from '../../src/errors.js';
import { backup, START_REFUSALS } from '../../src/procedure/index.js';
import { failure, nth, Stage, streamFile } from '../support/world.js';
import { reinitializations } from '../support/restores.js';

const device: DeviceConfigInput = { files: [streamFile(1, 100)] };

interface Row {
  readonly answer: string;
  readonly code: ErrorCode;
  readonly words: string;
  readonly starts?: number;
}

const ROWS: readonly Row[] = [
  {
    answer: 'DEVICE:CONFIGURATION_IN_PROGRESS',
    code: 'device-busy',
    words: 'DEVICE: CONFIGURATION_IN_PROGRESS',
  },
  { answer: 'SECURITY:PASSWORD_FAILURE', code: 'device-password', words: 'SECURITY: PASSWORD_FAILURE' },
  { answer: 'SERVICES:PASSWORD_FAILURE', code: 'device-password', words: 'SERVICES: PASSWORD_FAILURE' },
  { answer: 'SERVICES:COMMUNICATION_DISABLED', code: 'device-refused', words: 'DeviceCommunicationControl' },
  {
    answer: 'SERVICES:OPTIONAL_FUNCTIONALITY_NOT_SUPPORTED',
    code: 'device-unsupported',
    words: 'no backup and restore',
  },
  { answer: 'SERVICES:SERVICE_REQUEST_DENIED', code: 'device-refused', words: 'policy' },
  { answer: 'DEVICE:NOT_CONFIGURED', code: 'device-refused', words: 'not configured' },
  { answer: 'DEVICE:OTHER', code: 'device-refused', words: 'DEVICE: OTHER' },
  { answer: 'DEVICE:OPERATIONAL_PROBLEM', code: 'device-refused', words: 'OPERATIONAL_PROBLEM' },
  { answer: 'SERVICES:OTHER', code: 'device-refused', words: 'SERVICES: OTHER' },
  { answer: 'SERVICES:BUSY', code: 'device-busy', words: 'busy', starts: 3 },
  { answer: 'DEVICE:DEVICE_BUSY', code: 'device-busy', words: 'busy', starts: 3 },
  {
    answer: 'reject:UNRECOGNIZED_SERVICE',
    code: 'device-unsupported',
    words: 'REJECT: UNRECOGNIZED_SERVICE',
  },
  {
    answer: 'reject:UNDEFINED_ENUMERATION',
    code: 'device-unsupported',
    words: 'REJECT: UNDEFINED_ENUMERATION',
  },
  { answer: 'abort:OTHER', code: 'device-busy', words: 'ABORT: OTHER', starts: 3 },
  { answer: 'abort:OUT_OF_RESOURCES', code: 'device-busy', words: 'ABORT: OUT_OF_RESOURCES', starts: 3 },
  { answer: 'SERVICES:PARAMETER_OUT_OF_RANGE', code: 'device-refused', words: 'PARAMETER_OUT_OF_RANGE' },
  { answer: '64:300', code: 'device-refused', words: 'PROPRIETARY_64: PROPRIETARY_300' },
];

describe('table 1.5: answers to START', () => {
  for (const { answer, code, words, starts = 1 } of ROWS) {
    it(`${answer}: reported as ${code}, ${starts === 1 ? 'not tried again' : 'tried a few times'}, and no END follows`, async () => {
      const { quirk, seen } = reinitializations();
      const stage = await Stage.open({ device, quirks: [quirk, `start-refused=${answer}`] });
      const error = await stage.expectFailure(stage.backup(), code);
      expect(error.message).to.contain(words);
      expect(error.details.release).to.equal('not-started');
      expect(seen).to.deep.equal(new Array(starts).fill(ReinitializeState.startBackup));
      expect(await stage.repository.images()).to.have.length(0);
    });
  }

  it('Abort 0 that passes: the backup goes on', async () => {
    const stage = await Stage.open({ device, quirks: ['start-refused=abort:OTHER*2'] });
    expect((await stage.backup()).release).to.equal('released');
  });

  it('timeout, and the device started: goes on without a second START', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await Stage.open({ device, quirks: [quirk, 'lost-ack=start*1'] });
    const report = await stage.backup();
    expect(seen).to.deep.equal([ReinitializeState.startBackup, ReinitializeState.endBackup]);
    expect(report.manifest.procedure.deviations.join()).to.contain('STARTBACKUP was not acknowledged');
    stage.expectFree();
  });

  it('timeout, and the request was lost: sends START again after seeing idle', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await Stage.open({
      device,
      quirks: [quirk],
      mangle: nth(ConfirmedService.reinitializeDevice, 1, []),
    });
    expect((await stage.backup()).release).to.equal('released');
    expect(seen).to.deep.equal([ReinitializeState.startBackup, ReinitializeState.endBackup]);
  });

  it('timeout, and the device prepares in silence: finds out when it answers again', async () => {
    const procedure = { backupPreparationMs: 50_000, answersWhilePreparing: false };
    const stage = await Stage.open({ device: { ...device, procedure }, quirks: ['lost-ack=start*1'] });
    expect((await stage.backup()).release).to.equal('released');
    stage.expectFree();
  });

  it('timeout on a device that does not tell its state: DEVICE/2 to the second START is our own session', async () => {
    const stage = await Stage.open({
      device: { ...device, procedure: { stateProperties: false } },
      quirks: ['lost-ack=start*1', 'system-status-static'],
    });
    const report = await stage.backup();
    expect(report.files).to.equal(1);
    stage.expectFree();
  });

  it('timeout on a device that shows its state late: its System_Status tells that our START was done', async () => {
    const stage = await Stage.open({ device, quirks: ['state-late=5', 'lost-ack=start*1'] });
    const report = await stage.backup();
    expect(report.files).to.equal(1);
    stage.expectFree();
  });

  it('timeout on a device that shows neither state nor status: never called "not started"', async () => {
    const quirks = ['state-late=50', 'system-status-static', 'lost-ack=start*1'];
    const stage = await Stage.open({ device, quirks });
    const error = await failure(stage.backup());
    expect(error.code).to.equal('device-busy');
    expect(error.details.release).to.equal('unproven');
  });

  it('DEVICE/2 because the network doubled our START and lost its acknowledgement: left alone, and said so', async () => {
    const stage = await Stage.open({
      device,
      quirks: ['lost-ack=start*1'],
      mangle: nth(ConfirmedService.reinitializeDevice, 1, [0, 5]),
    });
    const error = await failure(stage.backup());
    expect(error.code).to.equal('device-busy');
    expect(error.details.release).to.equal('unproven');
    expect(error.message).to.contain('it was left alone');
  });

  it('no answer any more because the client was closed: says that the device may be in the procedure', async () => {
    const stage = await Stage.open({ device, quirks: ['slow-answers=2000'] });
    const bound = await stage.bind();
    const act = backup(bound, stage.repository, {
      onEvent: (event) => {
        if (event.kind === 'phase' && event.phase === 'start') {
          void stage.world.clock.sleep(500).then(() => stage.client.close());
        }
      },
    });
    const error = await failure(stage.run(act));
    expect(error.code).to.equal('release-failed');
    expect(error.details).to.deep.include({ failure: 'cancelled', release: 'unproven' });
  });

  it('timeout for ever, with the device seen idle: released as if it were ours, and reported as silent', async () => {
    const { quirk, seen } = reinitializations();
    const stage = await Stage.open({ device, quirks: [quirk, 'start-refused=silence'] });
    const error = await stage.expectFailure(stage.backup(), 'device-silent');
    expect(error.details.release).to.equal('released');
    expect(seen.filter((state) => state === ReinitializeState.startBackup)).to.have.length(3);
    expect(seen.at(-1)).to.equal(ReinitializeState.endBackup);
  });

  it('a wrong password is tried once, and never with an END', async () => {
    const { quirk, seen } = reinitializations();
    const locked = { ...device, password: 'open sesame' };
    for (const password of [undefined, 'wrong']) {
      const stage = await Stage.open({ device: locked, quirks: [quirk] });
      await stage.expectFailure(stage.backup(password === undefined ? {} : { password }), 'device-password');
    }
    expect(seen).to.deep.equal([ReinitializeState.startBackup, ReinitializeState.startBackup]);
    const stage = await Stage.open({ device: locked });
    const report = await stage.backup({ password: 'open sesame' });
    expect(report.manifest.procedure.passwordUsed).to.equal(true);
    stage.expectFree();
  });

  it('a password of more than 20 characters is refused before anything is sent, one of 20 wide ones is not', async () => {
    const stage = await Stage.open({ device });
    const bound = await stage.bind();
    const error = await failure(stage.run(backup(bound, stage.repository, { password: 'x'.repeat(21) })));
    expect(error.code).to.equal('usage');
    const wide = await Stage.open({ device: { ...device, password: 'ü'.repeat(20) } });
    expect((await wide.backup({ password: 'ü'.repeat(20) })).release).to.equal('released');
  });

  it("a device in another client's procedure is left alone: no START, no END", async () => {
    for (const state of [1, 2, 3, 4]) {
      const { quirk, seen } = reinitializations();
      const busy: Quirk = {
        name: 'busy',
        summary: 'in a procedure of somebody else',
        property: ({ property }) => (property === 338 ? [{ type: 'enumerated', value: state }] : undefined),
      };
      const stage = await Stage.open({ device, quirks: [quirk, busy] });
      await stage.expectFailure(stage.backup(), 'device-busy');
      expect(seen).to.deep.equal([]);
    }
  });

  it('every row reports a code of the error table, and only "later" answers are tried again', () => {
    for (const row of START_REFUSALS) {
      expect(ERRORS).to.have.property(row.code);
      if (row.again) expect(ERRORS[row.code].retriable, row.meaning).to.equal(true);
    }
  });
});
