// How a procedure fails towards its caller: device, words, what was left behind.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { leftAfter, leftWith, predicate } from '../../../src/procedure/failure.js';
import type { Session } from '../../../src/procedure/session.js';

const session = {
  subject: 'Device 7 (AHU)',
  device: { instance: 7 },
  deviations: ['it is odd'],
  advice: [],
} as unknown as Session;
const inner = new EngineError(
  'transfer-failed',
  'file 3: AtomicReadFile at 0 was refused: OBJECT: UNKNOWN_OBJECT',
  {
    details: { file: 3, words: 'OBJECT: UNKNOWN_OBJECT' },
  },
);

describe('an error that leaves a procedure', () => {
  it('is one sentence that names device, file, words and what the device shows', () => {
    const error = leftAfter(session, inner, {
      release: 'released',
      words: 'ENDBACKUP was acknowledged and the device shows idle',
      stuck: false,
      mayBeOver: true,
    });
    expect(error.message).to.equal(
      'Device 7 (AHU): file 3: AtomicReadFile at 0 was refused: OBJECT: UNKNOWN_OBJECT; ENDBACKUP was acknowledged and the device shows idle.',
    );
    expect(error.code).to.equal('transfer-failed');
    expect(error.details).to.deep.include({
      device: 7,
      file: 3,
      words: 'OBJECT: UNKNOWN_OBJECT',
      release: 'released',
    });
    expect(error.cause).to.equal(inner);
  });

  it('does not say twice what the device shows', () => {
    const seen = new EngineError('procedure-failed', 'it gave up: the device shows idle');
    const released = {
      release: 'released',
      words: 'the device shows idle',
      stuck: false,
      mayBeOver: true,
    } as const;
    expect(leftAfter(session, seen, released).message).to.equal(
      'Device 7 (AHU): it gave up: the device shows idle.',
    );
  });

  it('can be told without its subject, where that is known', () => {
    expect(predicate(leftWith(session, inner, 'released'))).to.equal(inner.message);
    expect(predicate(new EngineError('usage', 'No.'))).to.equal('No');
  });

  it('is "release-failed" when the device may be stuck, whatever went wrong before', () => {
    const error = leftAfter(session, inner, {
      release: 'unproven',
      words: 'x',
      stuck: true,
      mayBeOver: false,
    });
    expect(error.code).to.equal('release-failed');
    expect(error.exitCode).to.equal(18);
    expect(error.details['failure']).to.equal('transfer-failed');
  });

  it('keeps its code when the release is only unproven', () => {
    expect(
      leftAfter(session, inner, { release: 'unproven', words: 'x', stuck: false, mayBeOver: true }).code,
    ).to.equal('transfer-failed');
  });

  it('is wrapped once: what already tells its release passes unchanged', () => {
    const told = leftAfter(session, inner, {
      release: 'released',
      words: 'x',
      stuck: false,
      mayBeOver: true,
    });
    expect(leftWith(session, told, 'not-started')).to.equal(told);
    expect(leftWith(session, inner, 'not-started').details.release).to.equal('not-started');
  });

  it('is "internal" for anything that is not ours', () => {
    const error = leftWith(session, new TypeError('x is undefined'), 'not-started');
    expect(error.code).to.equal('internal');
    expect(error.message).to.contain('x is undefined');
  });
});
