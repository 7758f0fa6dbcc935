// How long a restore will take: from what is recorded and stated, and not known where neither is.

import { expect } from 'chai';
import { estimate } from '../../../../src/procedure/plan/estimate.js';
import type { PlanFacts } from '../../../../src/procedure/plan/facts.js';
import type { ProcedureTimings } from '../../../../src/repository/index.js';

interface Given {
  readonly timings?: ProcedureTimings;
  readonly endedAt?: string;
  readonly maxApdu?: number;
  readonly facts?: PlanFacts['live']['facts'];
  readonly undo?: PlanFacts['undo'];
  readonly own?: PlanFacts['own'];
}

function facts({
  timings,
  endedAt = '2026-03-01T02:00:40.000Z',
  maxApdu = 480,
  facts: live = {},
  undo = 'twice',
  own,
}: Given): PlanFacts {
  const procedure = {
    startedAt: '2026-03-01T02:00:00.000Z',
    endedAt,
    ...(timings === undefined ? {} : { timings }),
  };
  const manifest = { procedure, reachedAt: { maxApdu: 480 }, files: [{ octets: 1000 }, { octets: 500 }] };
  const device = { facts: live, reachedAt: { maxApdu } };
  return { image: { manifest }, live: device, undo, own } as unknown as PlanFacts;
}

const timings: ProcedureTimings = { prepareMs: 4000, copyMs: 20_000, endMs: 1000 };

describe('the estimate of a restore', () => {
  it('rests on the timings of the image: files are written and read back; backed up twice before, once after', () => {
    const told = estimate(facts({ timings }));
    expect(told).to.deep.include({
      undoMs: 50_000,
      outageMs: 4000 + 2 * 20_000 + 2000 + 2000,
      proofMs: 25_000,
      totalMs: 123_000,
    });
    expect(told.basis.join('; ')).to.contain('20000 ms to copy').and.to.contain('1500 octets');
    expect(told.basis).to.include('Restore_Preparation_Time is not told');
  });

  it('is true for the undo image that is asked for: read once, or none at all', () => {
    const once = estimate(facts({ timings, undo: 'once' }));
    expect([once.undoMs, once.totalMs]).to.deep.equal([25_000, 98_000]);
    expect(once.basis).to.include('the device is backed up once before, and once after');
    const none = estimate(facts({ timings, undo: 'none' }));
    expect([none.undoMs, none.totalMs]).to.deep.equal([0, 73_000]);
    expect(none.basis).to.include('the device is not backed up before, and once after');
  });

  it('counts the listening for others of the instance, which comes before everything', () => {
    const own = { self: true, elsewhere: [] };
    expect(estimate(facts({ timings, own })).totalMs).to.equal(123_000 + 7000);
  });

  it('takes the longer of what is recorded and what the device states', () => {
    const stated = { restorePreparationTimeS: 60, restoreCompletionTimeS: 90 };
    const told = estimate(facts({ timings, facts: stated }));
    expect(told.outageMs).to.equal(60_000 + 40_000 + 2000 + 90_000);
    expect(told.basis).to.include('Restore_Completion_Time 90 s');
    const short = { restorePreparationTimeS: 0, restoreCompletionTimeS: 0 };
    expect(estimate(facts({ timings, facts: short })).outageMs).to.equal(48_000);
  });

  it('grows with the number of requests when the APDU is smaller than it was', () => {
    const told = estimate(facts({ timings, maxApdu: 240 }));
    expect(told.proofMs).to.equal(4000 + 40_000 + 1000);
    expect(told.basis.join()).to.contain('2.0 times as many requests');
    expect(estimate(facts({ timings, maxApdu: 1476 })).proofMs).to.equal(25_000);
  });

  it('takes the whole backup for its copying where an older image has no timings', () => {
    expect(estimate(facts({})).proofMs).to.equal(40_000);
    expect(estimate(facts({})).basis[0]).to.contain('its whole backup took 40000 ms');
  });

  it('is not known for an image that says nothing, and says so', () => {
    const told = estimate(facts({ endedAt: '2026-03-01T02:00:00.000Z' }));
    expect(told.totalMs).to.equal(undefined);
    expect(told.outageMs).to.equal(undefined);
    expect(told.basis.join()).to.contain('not known');
  });
});
