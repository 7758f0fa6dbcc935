// What lanes carry at once, as promises.

import { expect } from 'chai';
import fc from 'fast-check';

import { World } from '../../../../simulator/index.js';
import { DIRECT_LANE, laneName, Lanes, Limits, paceOf } from '../../../../src/fleet/run/lanes.js';
import { SITE } from '../../../support/fleet.js';

const LANES = { ...SITE.lanes, parallelLanes: 4, directDevices: 2 };

describe('lanes', () => {
  it('are networks, whichever router leads there, and one for all B/IP devices', () => {
    expect(laneName({ network: 2001 })).to.equal('network 2001');
    expect(laneName({})).to.equal(DIRECT_LANE);
  });

  it('take their limits from the site, a network of its own, and the rule', () => {
    const lanes = { ...LANES, networks: [{ network: 7, transfers: 3 }] };
    expect(new Limits(lanes).transfers('network 7')).to.equal(3);
    expect(new Limits(lanes).transfers('network 8')).to.equal(1);
    expect(new Limits(lanes).transfers(DIRECT_LANE)).to.equal(2);
    expect(new Limits(lanes).parallel).to.equal(4);
    expect(new Limits(lanes, { parallelLanes: 9 }).parallel).to.equal(9);
  });

  it('are asked at half their budget of frames: the answers are the other half', () => {
    const lanes = {
      ...LANES,
      framesPerSecond: 40,
      networks: [{ network: 7, framesPerSecond: 5 }, { network: 8 }],
    };
    expect(paceOf(lanes)).to.deep.equal({
      routed: { framesPerSecond: 20, burst: 4 },
      networks: { 7: { framesPerSecond: 2.5, burst: 2 } },
    });
    // A rule goes more gently than the site, never less.
    expect(paceOf(lanes, { framesPerSecond: 4 }).networks?.[7]?.framesPerSecond).to.equal(2);
    expect(paceOf(lanes, { framesPerSecond: 100 }).routed?.framesPerSecond).to.equal(20);
  });

  it('never carry more than their limits, whatever comes when, and carry everything', async () => {
    const work = fc.record({
      lane: fc.constantFrom('network 1', 'network 2', 'network 3', 'network 4', 'network 5', DIRECT_LANE),
      ms: fc.integer({ min: 1, max: 50 }),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(work, { maxLength: 40 }), async (works) => {
        const world = new World();
        const lanes = new Lanes(new Limits(LANES));
        const running = new Map<string, number>();
        let ended = 0;
        const all = works.map(({ lane, ms, fails }, at) =>
          lanes
            .run({ lane, priority: -at, weight: 1 }, async () => {
              running.set(lane, (running.get(lane) ?? 0) + 1);
              expect(running.get(lane)).to.be.at.most(lane === DIRECT_LANE ? 2 : 1);
              expect([...running.values()].reduce((sum, one) => sum + one, 0)).to.be.at.most(4);
              await world.clock.sleep(ms);
              running.set(lane, (running.get(lane) ?? 0) - 1);
              ended += 1;
              if (fails) throw new Error('as planned');
            })
            .catch((error: unknown) => expect(String(error)).to.include('as planned')),
        );
        await world.run(Promise.all(all));
        expect(ended).to.equal(works.length);
      }),
      { numRuns: 30 },
    );
  });

  it('begin in the order of their priority', async () => {
    const world = new World();
    const lanes = new Lanes(new Limits(LANES));
    const began: number[] = [];
    await world.run(
      Promise.all(
        [0, 1, 2, 3].map((at) =>
          lanes.run({ lane: 'network 1', priority: at === 2 ? 5 : -at, weight: 1 }, async () => {
            began.push(at);
            await world.clock.sleep(1);
          }),
        ),
      ),
    );
    // The first has begun before anybody else waited.
    expect(began).to.deep.equal([0, 2, 1, 3]);
  });
});
