// How long a run still takes, as promises. The world's own test of it is in test/scenario/fleet.test.ts.

import { expect } from 'chai';

import { Estimate } from '../../../../src/fleet/run/estimate.js';

const LANE = 'network 1';

/** A device that took 10 s and 1 ms an octet. */
function took(estimate: Estimate, device: number, octets: number, at: number, lane = LANE): number {
  estimate.began(lane, device, at);
  const durationMs = 10_000 + octets;
  estimate.ended(lane, device, at + durationMs, { octets, durationMs, copyMs: octets });
  return at + durationMs;
}

describe('estimate', () => {
  it('promises nothing before anything is known', () => {
    const estimate = new Estimate(4);
    estimate.expect(LANE, 1, { device: 1 });
    expect(estimate.remaining(0)).to.equal(undefined);
    expect(estimate.durationOf(LANE, 1, 0)).to.equal(undefined);
  });

  it('learns from a lane what its devices take, for each octet and besides', () => {
    const estimate = new Estimate(4);
    for (const [device, octets] of [
      [1, 1000],
      [2, 1000],
      [3, 100_000],
      [4, 2000],
    ] as const)
      estimate.expect(LANE, 1, { device, octets });
    const now = took(estimate, 1, 1000, 0);
    expect(estimate.durationOf(LANE, 3, now)).to.equal(110_000);
    expect(estimate.remaining(now)).to.equal(11_000 + 110_000 + 12_000);
  });

  it('is that of the longest lane, not the sum; and of all together where too few may be under way', () => {
    const expectAll = (parallel: number): number | undefined => {
      const estimate = new Estimate(parallel);
      for (const lane of ['network 1', 'network 2', 'network 3'])
        for (const device of [1, 2, 3]) estimate.expect(lane, 1, { device, durationMs: 60_000 });
      estimate.expect('network 3', 1, { device: 4, durationMs: 60_000 });
      return estimate.remaining(0);
    };
    expect(expectAll(10)).to.equal(240_000);
    expect(expectAll(2)).to.equal(300_000);
  });

  it('follows the device that is under way', () => {
    const estimate = new Estimate(4);
    estimate.expect(LANE, 1, { device: 1 });
    estimate.began(LANE, 1, 0);
    estimate.moved(LANE, 1, 2500, 10_000);
    expect(estimate.restOf(LANE, 1, 20_000)).to.equal(60_000);
    estimate.moved(LANE, 1, 7500, 10_000);
    expect(estimate.restOf(LANE, 1, 60_000)).to.equal(20_000);
  });

  it('takes what another network has shown for one that has shown nothing, but no B/IP device for a network', () => {
    const estimate = new Estimate(4);
    estimate.expect(LANE, 1, { device: 1, octets: 500 });
    estimate.expect('B/IP', 8, { device: 9 });
    took(estimate, 9, 500, 0, 'B/IP');
    expect(estimate.remaining(0)).to.equal(undefined);
    estimate.expect('network 2', 1, { device: 2, octets: 500 });
    const now = took(estimate, 2, 500, 0, 'network 2');
    expect(estimate.remaining(now)).to.equal(10_500);
  });

  it('counts those that failed for what they cost', () => {
    const estimate = new Estimate(4);
    for (const device of [1, 2, 3, 4]) estimate.expect(LANE, 1, { device });
    took(estimate, 1, 10_000, 0);
    estimate.began(LANE, 2, 20_000);
    estimate.ended(LANE, 2, 24_000, undefined);
    // Of two more each is as likely to fail in 4 s as to take 20.
    expect(estimate.remaining(24_000)).to.equal(24_000);
    estimate.drop(LANE, 3);
    estimate.drop(LANE, 4);
    expect(estimate.remaining(24_000)).to.equal(0);
  });
});
