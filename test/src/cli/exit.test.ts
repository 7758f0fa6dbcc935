// How commands end: for every row of the error table, words, JSON and exit status.

import { CommanderError } from 'commander';
import { expect } from 'chai';
import { asEngineError, errorObject, errorText, statusOf } from '../../../src/cli/exit.js';
import { EngineError, type ErrorCode, ERRORS } from '../../../src/index.js';
import { fakeEngine, fakeIo, ran } from './fakes.js';

const codes = Object.keys(ERRORS) as ErrorCode[];

describe('exit', () => {
  for (const code of codes) {
    it(`ends with the status of its row for ${code}, and says what to do`, async () => {
      const { exitCode, hint, retriable } = ERRORS[code];
      const error = new EngineError(code, 'It went wrong.', {
        details: { device: 1201, file: 12, words: 'SECURITY: PASSWORD_FAILURE', release: 'released' },
      });
      const engine = fakeEngine({ backup: () => Promise.reject(error) });
      const io = fakeIo();
      const result = await ran(['backup', '1201', '--json'], io, engine);
      expect(result.status).to.equal(exitCode);
      expect(result.lines().at(-1)).to.deep.include({ kind: 'error', code, exitCode, retriable, hint });
      expect(result.err).to.contain('bacvault: It went wrong.\n');
      expect(result.err).to.contain('  Device:       1201\n');
      expect(result.err).to.contain('  File:         file,12\n');
      expect(result.err).to.contain('  Device says:  SECURITY: PASSWORD_FAILURE\n');
      expect(result.err).to.contain('  Left behind:  the device has left the procedure\n');
      if (code === 'usage') expect(result.err).to.contain('What to do: See "bacvault help backup".');
      else if (hint !== '') expect(result.err).to.contain(`What to do: ${hint}\n`);
      expect(io.listeners()).to.equal(0);
    });
  }

  it('says loudly when a device may be stuck', () => {
    const text = errorText(new EngineError('release-failed', 'x', { details: { release: 'unproven' } }));
    expect(text).to.contain('Left behind:  the device may STILL be in the procedure');
  });

  it('gives the verdict of a restore, its undo image and its run log', () => {
    const undo = 'cafe'.padEnd(64, '0');
    const details = { verdict: 'failed', undo, run: '2026-03-01T021500Z-1f2e3d4c' };
    const text = errorText(new EngineError('restore-failed', 'x', { details }));
    expect(text).to.contain('  Verdict:      failed\n  Undo image:   cafe0000\n  Run log:      2026-03-01T');
    expect(text).to.contain(`What to do: ${ERRORS['restore-failed'].hint}`);
    const touched = { ...details, left: { filesTouched: true } };
    expect(errorText(new EngineError('transfer-failed', 'x', { details: touched }))).to.contain(
      'What to do: The device holds what was written so far. Restore it again, or put it back to its undo image,',
    );
    const stuck = errorText(new EngineError('release-failed', 'x', { details: touched }));
    expect(stuck).to.contain('Run "bacvault recover"');
    const back = new EngineError('restore-failed', 'x', { details: { verdict: 'failed-rolled-back' } });
    expect(errorText(back)).to.contain('What to do: The device is what it was before the restore.');
    expect(JSON.stringify(errorObject(back))).to.contain('"hint":"The device is what it was');
  });

  it('says what is known of such devices', () => {
    const text = errorText(
      new EngineError('device-refused', 'x', { details: { advice: ['Switch it on.'] } }),
    );
    expect(text).to.contain('  Known of it:  Switch it on.');
  });

  it('says that the journal still has the device', () => {
    const openEntry = { entry: '0123456789abcdef', problem: 'it could not be taken away: the disk is full' };
    const text = errorText(new EngineError('device-busy', 'x', { details: { device: 7, openEntry } }));
    expect(text).to.contain(
      'warning: device 7 stays in the journal: it could not be taken away: the disk is full. "bacvault recover 7" looks after it.',
    );
  });

  it('leaves out what is not known, and what the message says already', () => {
    expect(errorText(new EngineError('cancelled', 'Stopped.'))).to.equal('bacvault: Stopped.');
    const said = new EngineError('cancelled', 'No: SECURITY: OTHER.', {
      details: { words: 'SECURITY: OTHER' },
    });
    expect(errorText(said)).to.equal('bacvault: No: SECURITY: OTHER.');
  });

  it('shows causes at --log-level debug only, except for a defect', () => {
    const cause = new Error('below', { cause: new Error('deeper') });
    const known = new EngineError('store-io', 'x', { cause });
    expect(errorText(known)).to.not.contain('below');
    expect(errorText(known, { debug: true })).to.match(
      / {2}because Error: below[\s\S]* {2}because Error: deeper/,
    );
    expect(errorText(asEngineError(new TypeError('odd')))).to.match(
      /inside bacvault: odd\nWhat to do: This is a defect[\s\S]*because TypeError: odd/,
    );
  });

  it('survives an error that causes itself', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(errorText(asEngineError(loop))).to.contain('loop');
  });

  it('takes what commander throws for usage, and what nobody knows for a defect', () => {
    expect(
      asEngineError(new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'")),
    ).to.include({
      code: 'usage',
      message: "unknown option '--x'",
    });
    expect(asEngineError('a text')).to.include({ code: 'internal', exitCode: 70 });
  });

  it('lets no control character of a device into a message', () => {
    const text = errorText(new EngineError('usage', 'a\u001bb', { details: { words: 'c\u0007d' } }));
    expect(text).to.contain('a\\x1bb').and.contain('c\\x07d');
  });

  it('gives an interrupted command 130, but never hides a stuck device or a defect behind it', () => {
    const status = (code: ErrorCode): number => statusOf(new EngineError(code, 'x'), true);
    expect(status('cancelled')).to.equal(130);
    expect(status('device-silent')).to.equal(130);
    expect(status('release-failed')).to.equal(18);
    expect(status('internal')).to.equal(70);
  });

  it('puts details into the JSON object only when there are any', () => {
    expect(errorObject(new EngineError('usage', 'x'))).to.not.have.property('details');
    expect(errorObject(new EngineError('usage', 'x', { details: { file: 3 } }))).to.have.deep.property(
      'details',
      {
        file: 3,
      },
    );
  });
});
