// The end of a run's time, as promises.

import { expect } from 'chai';

import { World } from '../../../../simulator/index.js';
import { Window } from '../../../../src/fleet/run/window.js';

function setUp(stopsInMs?: number, signal?: AbortSignal) {
  const world = new World();
  const { clock } = world;
  const stops: number[] = [];
  const window = new Window({
    clock,
    stopsAtMs: stopsInMs === undefined ? undefined : clock.unixTime() + stopsInMs,
    graceMs: 1000,
    signal,
    onStop: (underWay) => stops.push(clock.now(), ...underWay),
  });
  /** When work that would take for ever was ended, and why. */
  const endless = (): Promise<[number, unknown]> =>
    window.during(
      ({ signal: own }) =>
        new Promise((resolve) => {
          const end = (): void => resolve([clock.now(), own.reason]);
          if (own.aborted) end();
          else own.addEventListener('abort', end);
        }),
      7,
    );
  return { world, clock, window, stops, endless };
}

describe('window', () => {
  it('lets nothing begin after its stop, and ends what is under way at the end of its grace', async () => {
    const { world, window, stops, endless } = setUp(200_000);
    expect(window.mayBegin(undefined)).to.equal(true);
    const [endedAt, reason] = await world.run(endless());
    expect(endedAt).to.equal(201_000);
    expect(reason).to.have.nested.property('details.ending', 'window-ended');
    expect(stops).to.deep.equal([200_000, 7]);
    expect(window.ending).to.equal('window-ended');
    expect(window.mayBegin(0)).to.equal(false);
    window.close();
  });

  it('lets nothing begin that would not be over in time', () => {
    const { window } = setUp(10_000);
    expect(window.mayBegin(11_000)).to.equal(true);
    expect(window.mayBegin(11_001)).to.equal(false);
    window.close();
  });

  it('has no end when none is given', () => {
    const { window } = setUp();
    expect(window.mayBegin(1e12)).to.equal(true);
    window.close();
  });

  it('ends everything at once when the run is stopped, and what begins later as well', async () => {
    const stop = new AbortController();
    const { world, clock, window, endless } = setUp(undefined, stop.signal);
    void clock.sleep(50).then(() => stop.abort());
    expect((await world.run(endless()))[0]).to.equal(50);
    expect(window.ending).to.equal('cancelled');
    expect((await world.run(endless()))[0]).to.equal(50);
    expect(await world.run(window.rest(1000))).to.equal(false);
    window.close();
  });

  it('lets what is under way know when the run is broken', async () => {
    const { world, clock, window, endless } = setUp(10_000);
    void clock.sleep(50).then(() => window.break());
    expect((await world.run(endless()))[1]).to.have.nested.property('details.ending', 'broken');
    window.close();
  });

  it('keeps nothing waiting when it is closed', async () => {
    const { world, clock, window } = setUp(10_000);
    window.close();
    await world.run(clock.sleep(20_000));
    expect(window.ending).to.equal(undefined);
  });
});
