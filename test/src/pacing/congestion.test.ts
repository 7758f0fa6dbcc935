// A lane slows down for a network that is full, and for nothing else, and comes back.

import { expect } from 'chai';

import { World } from '../../../simulator/index.js';
import { Congestion, PAUSE_MAX_MS, RequestQueue, UNPACED } from '../../../src/pacing/index.js';

describe('Congestion', () => {
  it('does not slow down for one lost frame', () => {
    const lane = new Congestion();
    lane.trouble('repeated');
    expect(lane.pauseMs).to.equal(0);
  });

  it('does not slow down for one frame in a hundred', () => {
    const lane = new Congestion();
    for (let frame = 1; frame <= 1000; frame += 1) {
      if (frame % 100 === 0) lane.trouble('repeated');
      expect(lane.pauseMs).to.equal(0);
      lane.smooth();
    }
  });

  it('rests longer the more frames are lost one after the other', () => {
    const lane = new Congestion();
    const pauses = [1, 2, 3].map(() => {
      lane.trouble('repeated');
      lane.smooth();
      return lane.pauseMs;
    });
    expect(pauses[0]).to.equal(0);
    expect(pauses[1]).to.be.greaterThan(0);
    expect(pauses[2]).to.be.greaterThan(pauses[1] ?? 0);
  });

  it('slows down at once for a router that says busy, never to a standstill, and comes back', () => {
    const lane = new Congestion();
    lane.trouble('router-busy');
    expect(lane.pauseMs).to.be.greaterThan(500);
    for (let n = 0; n < 100; n += 1) lane.trouble('router-busy');
    expect(lane.pauseMs).to.equal(PAUSE_MAX_MS);
    for (let n = 0; n < 30; n += 1) lane.smooth();
    expect(lane.pauseMs).to.equal(0);
  });
});

describe('a lane of the request queue with trouble', () => {
  it('rests between two requests, and leaves the other lanes alone', async () => {
    const world = new World();
    const queue = new RequestQueue({
      clock: world.clock,
      limits: () => ({ outstanding: 1, pace: UNPACED }),
    });
    const began: string[] = [];
    const ask = (lane: string): Promise<void> =>
      queue.run(
        lane,
        async () => {
          began.push(`${lane}@${world.clock.now()}`);
          await world.clock.sleep(10);
          queue.settled(lane, true);
        },
        { priority: 'bulk' },
      );
    await world.run(Promise.all([ask('full'), ask('free')]));
    queue.trouble('full', 'router-busy');
    expect(queue.restMs('full')).to.equal(900);
    await world.run(Promise.all([ask('full'), ask('full'), ask('free'), ask('free')]));
    // The first leaves at once: what it rests after is known when it is over.
    expect(began.slice(2)).to.deep.equal(['full@10', 'free@10', 'free@20', 'full@695']);
    expect(queue.lanes).to.deep.equal(['full', 'free']);
  });

  it('knows nothing of lanes that nobody used: a stranger cannot fill the memory with them', () => {
    const world = new World();
    const queue = new RequestQueue({
      clock: world.clock,
      limits: () => ({ outstanding: 1, pace: UNPACED }),
    });
    queue.trouble('of a stranger', 'router-busy');
    expect(queue.lanes).to.deep.equal([]);
  });
});
