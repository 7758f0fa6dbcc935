// The summary of a run that could not begin. What is defended: it says why, and that nothing was protected.

import { expect } from 'chai';
import { EngineError } from '../../../../src/errors.js';
import { brokenSummary } from '../../../../src/fleet/index.js';

describe('the summary of a run that could not begin', () => {
  it('says why, when, and what it ends with', () => {
    const error = new EngineError('port-in-use', 'another program has the port');
    const summary = brokenSummary('North', 'nightly', error, {
      startedAtMs: 1000,
      endedAtMs: 3000,
      sinceMs: 0,
    });
    expect(summary).to.deep.include({
      kind: 'fleet-summary',
      site: 'North',
      rule: 'nightly',
      outcome: 'broken',
      exitCode: 2,
      durationMs: 2000,
    });
    expect(summary.problem).to.deep.equal({ code: 'port-in-use', message: 'another program has the port' });
    expect(summary.startedAt).to.equal('1970-01-01T00:00:01.000Z');
  });
});
