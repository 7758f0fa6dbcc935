// The speed limit: what may leave in a stretch of time.

import { expect } from 'chai';
import fc from 'fast-check';

import { TokenBucket, UNPACED } from '../../../src/pacing/index.js';

/** Sends one frame after another as soon as the bucket allows it, after these pauses; when each left. */
function sendTimes(bucket: TokenBucket, pauses: readonly number[], start = 0): number[] {
  let now = start;
  return pauses.map((pause) => {
    now += pause;
    now += bucket.delay(now);
    expect(bucket.delay(now), 'the delay was too short').to.equal(0);
    bucket.take(1, now);
    return now;
  });
}

describe('TokenBucket', () => {
  it('never lets more frames leave in any window than its rate and burst allow', () => {
    const pace = fc.record({
      framesPerSecond: fc.double({ min: 0.1, max: 500, noNaN: true }),
      burst: fc.integer({ min: 1, max: 20 }),
    });
    const pauses = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2000, noNaN: true })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(pace, pauses, fc.double({ min: 0, max: 1e9, noNaN: true }), (limit, waits, start) => {
        const times = sendTimes(new TokenBucket(limit), waits, start);
        for (let first = 0; first < times.length; first++) {
          for (let last = first; last < times.length; last++) {
            const seconds = (times[last]! - times[first]!) / 1000;
            const allowed = limit.burst + limit.framesPerSecond * seconds;
            expect(last - first + 1).to.be.at.most(allowed + 1e-6);
          }
        }
      }),
    );
  });

  it('lets a burst leave at once and then one frame per interval', () => {
    const times = sendTimes(new TokenBucket({ framesPerSecond: 10, burst: 3 }), [0, 0, 0, 0, 0]);
    expect(times).to.deep.equal([0, 0, 0, 100, 200]);
  });

  it('gives the whole burst back after a pause, and not more', () => {
    const bucket = new TokenBucket({ framesPerSecond: 10, burst: 3 });
    sendTimes(bucket, [0, 0, 0]);
    expect(sendTimes(bucket, [0, 0, 0, 0], 60_000)).to.deep.equal([60_000, 60_000, 60_000, 60_100]);
  });

  it('makes frames that left unasked a debt of the next one', () => {
    const bucket = new TokenBucket({ framesPerSecond: 10, burst: 1 });
    bucket.take(5, 0);
    expect(bucket.delay(0)).to.equal(500);
    expect(bucket.delay(450)).to.equal(50);
    expect(bucket.delay(500)).to.equal(0);
  });

  it('holds nothing back without a limit', () => {
    const bucket = new TokenBucket(UNPACED);
    bucket.take(1000, 5);
    expect(bucket.delay(5)).to.equal(0);
  });

  it('refuses a pace that means nothing', () => {
    for (const framesPerSecond of [0, -1, NaN]) {
      expect(() => new TokenBucket({ framesPerSecond, burst: 1 })).to.throw(RangeError, 'framesPerSecond');
    }
    for (const burst of [0, 1.5, Infinity]) {
      expect(() => new TokenBucket({ framesPerSecond: 1, burst })).to.throw(RangeError, 'burst');
    }
  });

  it('rests as long as it is told to, whatever the pace and the burst allow, and never less than its pace', () => {
    for (const pace of [UNPACED, { framesPerSecond: 10, burst: 5 }]) {
      const bucket = new TokenBucket(pace);
      bucket.rest(700, 1000);
      expect(bucket.delay(1000)).to.equal(700);
      expect(bucket.delay(1700)).to.equal(0);
    }
    const slow = new TokenBucket({ framesPerSecond: 1, burst: 1 });
    slow.take(1, 0);
    slow.rest(200, 0);
    expect(slow.delay(0)).to.equal(1000);
  });
});
