// Order, concurrency and pace of waiting requests, in virtual time.

import { expect } from 'chai';
import fc from 'fast-check';

import { type LaneLimits, PRIORITIES, RequestQueue, UNPACED } from '../../../src/pacing/index.js';
import { World } from '../../../simulator/index.js';
import { countingClock } from '../client/counting-clock.js';

function setUp(limits: Partial<LaneLimits> = {}) {
  const world = new World();
  const clock = countingClock(world.clock);
  const queue = new RequestQueue({ clock, limits: () => ({ outstanding: 1, pace: UNPACED, ...limits }) });
  const began: string[] = [];
  /** Work of 10 ms that says when it begins. */
  const work =
    (name: string, ms = 10) =>
    async (): Promise<string> => {
      began.push(`${name}@${world.clock.now()}`);
      await world.clock.sleep(ms);
      return name;
    };
  return { world, clock, queue, began, work };
}

async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not reject');
}

describe('RequestQueue', () => {
  it('starts waiting work by priority and, within a priority, in the order it came', async () => {
    const { world, queue, began, work } = setUp();
    const order = ['bulk', 'control', 'bulk', 'keep-alive', 'release', 'control'] as const;
    const first = queue.run('lane', work('first'), { priority: 'bulk' });
    const rest = order.map((priority, at) => queue.run('lane', work(`${priority}${at}`), { priority }));
    await world.run(Promise.all([first, ...rest]));
    expect(began.map((name) => name.split('@')[0])).to.deep.equal([
      'first',
      'release4',
      'keep-alive3',
      'control1',
      'control5',
      'bulk0',
      'bulk2',
    ]);
  });

  it('lets nothing else begin beside work that bears company, and gives that no company of others', async () => {
    const { world, queue, began, work } = setUp();
    const reads = (names: string[]) =>
      names.map((name) => queue.run('lane', work(name), { priority: 'bulk', outstanding: 3 }));
    const alone = (names: string[]) =>
      names.map((name) => queue.run('lane', work(name), { priority: 'control' }));
    const all = [...reads(['r1', 'r2']), ...alone(['a1', 'a2', 'a3']), ...reads(['r3', 'r4', 'r5', 'r6'])];
    await world.run(Promise.all(all));
    expect(began).to.deep.equal([
      ...['r1@0', 'r2@0', 'a1@10', 'a2@20', 'a3@30'],
      ...['r3@40', 'r4@40', 'r5@40', 'r6@50'],
    ]);
  });

  it('lets a release overtake bulk work even when that only waits for its pace', async () => {
    const { world, queue, began, work } = setUp({ pace: { framesPerSecond: 1, burst: 1 } });
    const bulk = ['a', 'b', 'c'].map((name) => queue.run('lane', work(name), { priority: 'bulk' }));
    const late = world.clock.sleep(900).then(() => queue.run('lane', work('end'), { priority: 'release' }));
    await world.run(Promise.all([...bulk, late]));
    expect(began).to.deep.equal(['a@0', 'end@1000', 'b@2000', 'c@3000']);
  });

  it('keeps a release that was given a signal which aborts', async () => {
    const { world, queue, work } = setUp();
    const abort = new AbortController();
    const { signal } = abort;
    const running = queue.run('lane', work('bulk'), { priority: 'bulk' });
    const waiting = queue.run('lane', work('waiting'), { priority: 'bulk', signal });
    const release = queue.run('lane', work('end'), { priority: 'release', signal });
    const cancelled = reasonOf(waiting);
    abort.abort('enough');
    const late = queue.run('lane', work('abort'), { priority: 'release', signal });
    expect(await world.run(Promise.all([running, cancelled, release, late]))).to.deep.equal([
      'bulk',
      'enough',
      'end',
      'abort',
    ]);
  });

  it('rejects waiting work with the reason of its signal, and never begins it', async () => {
    const { world, queue, began, work } = setUp();
    const abort = new AbortController();
    const running = queue.run('lane', work('one'), { priority: 'bulk' });
    const waiting = reasonOf(queue.run('lane', work('two'), { priority: 'bulk', signal: abort.signal }));
    expect(queue.waiting('lane')).to.equal(1);
    abort.abort('enough');
    expect(queue.waiting('lane')).to.equal(0);
    const later = reasonOf(queue.run('lane', work('three'), { priority: 'bulk', signal: abort.signal }));
    expect(await world.run(Promise.all([running, waiting, later]))).to.deep.equal([
      'one',
      'enough',
      'enough',
    ]);
    expect(began).to.deep.equal(['one@0']);
  });

  it('keeps the place of running work whose signal aborts until that work has ended', async () => {
    const { world, queue, began, work } = setUp();
    const abort = new AbortController();
    const stubborn = queue.run('lane', work('stubborn', 50), { priority: 'bulk', signal: abort.signal });
    const next = queue.run('lane', work('next'), { priority: 'release' });
    await world.advance(5);
    abort.abort('enough');
    expect(await world.run(Promise.all([stubborn, next]))).to.deep.equal(['stubborn', 'next']);
    expect(began).to.deep.equal(['stubborn@0', 'next@50']);
  });

  it('never has more outstanding in a lane than its limit, whatever is cancelled and whatever fails', async () => {
    const job = fc.record({
      lane: fc.constantFrom('a', 'b'),
      priority: fc.constantFrom(...PRIORITIES),
      at: fc.nat(100),
      ms: fc.nat(30),
      cancelAt: fc.option(fc.nat(150)),
      fails: fc.boolean(),
      frames: fc.integer({ min: 1, max: 4 }),
    });
    const limits = fc.record({
      outstanding: fc.integer({ min: 1, max: 3 }),
      pace: fc.constantFrom(UNPACED, { framesPerSecond: 100, burst: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(limits, fc.array(job, { maxLength: 25 }), async (lane, jobs) => {
        const { world, queue, clock } = setUp(lane);
        const now = { a: 0, b: 0 };
        const runs = jobs.map(async (each) => {
          const abort = new AbortController();
          if (each.cancelAt !== null)
            void world.clock.sleep(each.cancelAt).then(() => abort.abort('cancelled'));
          await world.clock.sleep(each.at);
          const task = async (): Promise<void> => {
            now[each.lane] += 1;
            expect(now[each.lane]).to.be.at.most(lane.outstanding);
            await world.clock.sleep(each.ms);
            now[each.lane] -= 1;
            if (each.fails) throw new Error('failed');
          };
          const { priority, frames } = each;
          await queue.run(each.lane, task, { priority, frames, signal: abort.signal });
        });
        const ends = await world.run(Promise.allSettled(runs));
        const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
        expect(reasons.filter((reason) => !/^(cancelled|Error: failed)$/.test(reason))).to.deep.equal([]);
        expect(clock.pending, 'sleeps left over').to.equal(0);
        for (const name of ['a', 'b'])
          expect([queue.waiting(name), queue.outstanding(name)]).to.deep.equal([0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('lets work run together that may, and anything else only when no more than the limit of the lane is out', async () => {
    const { world, queue, began, work } = setUp();
    const together = (name: string): Promise<string> =>
      queue.run('lane', work(name), { priority: 'bulk', outstanding: 3 });
    const apart = (name: string): Promise<string> => queue.run('lane', work(name), { priority: 'control' });
    const all = ['a', 'b', 'c', 'd'].map(together);
    // Two that wait, and more of the others behind them, which must not let both through at once.
    all.push(apart('look'), apart('look again'), together('e'), together('f'));
    await world.run(Promise.all(all));
    expect(began).to.deep.equal(['a@0', 'b@0', 'c@0', 'look@10', 'look again@20', 'd@30', 'e@30', 'f@30']);
    expect(queue.outstanding('lane')).to.equal(0);
  });

  it('gives the place of work that lasts longer than the patience of its lane to the next', async () => {
    const { world, queue, clock, began, work } = setUp({ patienceMs: 100 });
    const jobs = [
      queue.run('lane', work('silent', 1000), { priority: 'bulk', party: 'a' }),
      queue.run('lane', work('next'), { priority: 'bulk', party: 'b' }),
      queue.run('lane', work('last'), { priority: 'bulk', party: 'c' }),
    ];
    expect(await world.run(Promise.all(jobs))).to.deep.equal(['silent', 'next', 'last']);
    expect(began).to.deep.equal(['silent@0', 'next@100', 'last@110']);
    expect(clock.pending).to.equal(0);
  });

  it('lets work that is getting on keep its place, however long it lasts', async () => {
    const { world, queue, began, work } = setUp({ patienceMs: 100 });
    const long = queue.run(
      'lane',
      async (place) => {
        await world.clock.sleep(99);
        place.keep();
        return work('long', 1000)();
      },
      { priority: 'bulk' },
    );
    const next = queue.run('lane', work('next'), { priority: 'release' });
    await world.run(Promise.all([long, next]));
    expect(began).to.deep.equal(['long@99', 'next@1099']);
  });

  it('lets work keep its place that says so before it has begun to wait', async () => {
    const { world, queue, clock, began, work } = setUp({ patienceMs: 100 });
    const held = queue.run(
      'lane',
      (place) => {
        place.keep();
        return work('held', 1000)();
      },
      { priority: 'bulk' },
    );
    const next = queue.run('lane', work('next'), { priority: 'bulk' });
    await world.run(Promise.all([held, next]));
    expect(began).to.deep.equal(['held@0', 'next@1000']);
    expect(clock.pending).to.equal(0);
  });

  it('begins nothing else for a party whose work has lost its place and not ended, and holds up nobody by that', async () => {
    const { world, queue, clock, began, work } = setUp({ patienceMs: 100 });
    const abort = new AbortController();
    const silent = queue.run('lane', work('silent', 1000), { priority: 'bulk', party: 'a' });
    const again = queue.run('lane', work('bulk a'), { priority: 'bulk', party: 'a' });
    const touch = queue.run('lane', work('touch a'), { priority: 'keep-alive', party: 'a' });
    const cancelled = reasonOf(
      queue.run('lane', work('never'), { priority: 'bulk', party: 'a', signal: abort.signal }),
    );
    const other = queue.run('lane', work('b'), { priority: 'bulk', party: 'b' });
    await world.advance(500);
    abort.abort('enough');
    expect(await cancelled).to.equal('enough');
    expect(world.clock.now()).to.equal(500);
    await world.run(Promise.all([silent, again, touch, other]));
    expect(began).to.deep.equal(['silent@0', 'b@100', 'touch a@1000', 'bulk a@1010']);
    expect(clock.pending).to.equal(0);
  });

  it('rejects with the failure of work that has lost its place', async () => {
    const { world, queue } = setUp({ patienceMs: 100 });
    const failing = reasonOf(
      queue.run('lane', () => world.clock.sleep(500).then(() => Promise.reject(new Error('failed'))), {
        priority: 'bulk',
        party: 'a',
      }),
    );
    expect(String(await world.run(failing))).to.equal('Error: failed');
  });

  it('keeps lanes apart: one that is full or slow holds back no other', async () => {
    const { world, queue, began, work } = setUp();
    const jobs = ['a', 'b', 'c'].map((lane) => queue.run(lane, work(lane, 1000), { priority: 'bulk' }));
    await world.run(Promise.all(jobs));
    expect(began).to.deep.equal(['a@0', 'b@0', 'c@0']);
  });

  it('spaces requests by the frames they take, and by those it is told of afterwards', async () => {
    const { world, queue, began, work } = setUp({ pace: { framesPerSecond: 10, burst: 1 } });
    const three = queue.run('lane', work('three'), { priority: 'bulk', frames: 3 });
    const one = queue.run('lane', work('one'), { priority: 'bulk' });
    const last = queue.run('lane', work('last'), { priority: 'bulk' });
    await world.run(one);
    queue.charge('lane', 4);
    await world.run(Promise.all([three, one, last]));
    expect(began).to.deep.equal(['three@0', 'one@300', 'last@800']);
  });

  it('waits for nothing when nobody waits', async () => {
    const { world, queue, clock, work } = setUp({ pace: { framesPerSecond: 1, burst: 1 } });
    await world.run(queue.run('lane', work('one'), { priority: 'bulk' }));
    expect(clock.pending).to.equal(0);
    const abort = new AbortController();
    const waiting = reasonOf(queue.run('lane', work('two'), { priority: 'bulk', signal: abort.signal }));
    expect(clock.pending).to.equal(1);
    abort.abort('enough');
    await waiting;
    expect(clock.pending).to.equal(0);
  });

  it('rejects everything that waits when it is closed, releases too, and what comes later', async () => {
    const { world, queue, clock, began, work } = setUp({ pace: { framesPerSecond: 1, burst: 1 } });
    const running = queue.run('lane', work('one'), { priority: 'bulk' });
    const waiting = [
      reasonOf(queue.run('lane', work('two'), { priority: 'bulk' })),
      reasonOf(queue.run('lane', work('three'), { priority: 'release' })),
    ];
    queue.close('closed');
    queue.charge('lane', 1);
    const later = reasonOf(queue.run('lane', work('four'), { priority: 'control' }));
    expect(await world.run(Promise.all([running, ...waiting, later]))).to.deep.equal([
      'one',
      'closed',
      'closed',
      'closed',
    ]);
    expect(began).to.deep.equal(['one@0']);
    expect(clock.pending).to.equal(0);
  });
});
