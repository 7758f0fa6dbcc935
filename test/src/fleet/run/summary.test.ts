// How a run is said to have ended.

import { expect } from 'chai';

import { countsOf, exitCodeOf, isProblem, outcomeOf } from '../../../../src/fleet/run/summary.js';
import type { DeviceOutcome, DeviceResult } from '../../../../src/fleet/run/types.js';

const result = (outcome: DeviceOutcome, more: Partial<DeviceResult> = {}): DeviceResult => ({
  device: 1,
  outcome,
  tries: 1,
  ...more,
});

const end = (...results: DeviceResult[]): [string, number] => {
  const outcome = outcomeOf(results, undefined);
  return [outcome, exitCodeOf(outcome, results, undefined)];
};

describe('summary', () => {
  it('is done only when every device is protected', () => {
    expect(end(result('backed-up'), result('unchanged'), result('present'))).to.deep.equal(['done', 0]);
    expect(end(result('backed-up'), result('failed', { code: 'device-silent' }))).to.deep.equal([
      'partial',
      3,
    ]);
  });

  it('never calls a device done that was not seen to leave backup, though its image is whole', () => {
    const stuck = result('backed-up', { code: 'release-failed' });
    expect(isProblem(stuck)).to.equal(true);
    expect(end(result('backed-up'), stuck)).to.deep.equal(['partial', 3]);
  });

  it('ends with 4 when the window cost somebody the turn, whatever else failed', () => {
    const failed = result('failed', { code: 'device-password' });
    expect(end(result('backed-up'), failed, result('not-begun'))).to.deep.equal(['window-ended', 4]);
    expect(end(result('interrupted'))).to.deep.equal(['window-ended', 4]);
  });

  it('ends with the status of the first failure when nothing is protected', () => {
    expect(end(result('failed', { code: 'device-password' }))).to.deep.equal(['failed', 12]);
  });

  it('says what broke it, and that it was stopped', () => {
    const done = [result('backed-up')];
    expect(outcomeOf(done, 'broken')).to.equal('broken');
    expect(exitCodeOf('broken', done, { code: 'store-no-space' })).to.equal(21);
    expect(outcomeOf(done, 'cancelled')).to.equal('cancelled');
    expect(exitCodeOf('cancelled', done, undefined)).to.equal(130);
  });

  it('counts what was protected, what not, and what changed', () => {
    const results = [
      result('backed-up', { change: 'changed' }),
      result('backed-up', { change: 'first' }),
      result('backed-up', { change: 'same' }),
      result('unchanged'),
      result('present'),
      result('failed'),
      result('interrupted'),
      result('not-begun'),
    ];
    expect(countsOf(results)).to.deep.equal({
      devices: 8,
      protected: 5,
      backedUp: 3,
      unchanged: 1,
      present: 1,
      failed: 1,
      interrupted: 1,
      notBegun: 1,
      changed: 1,
      first: 1,
    });
  });
});
