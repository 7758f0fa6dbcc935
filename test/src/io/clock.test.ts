// The real clock; milliseconds only.

import { expect } from 'chai';

import { systemClock } from '../../../src/io/clock.js';

describe('the system clock', () => {
  const clock = systemClock();

  it('never wakes a sleeper before its time', async () => {
    for (const ms of [0, 1, 3.5, 7]) {
      const start = clock.now();
      await clock.sleep(ms);
      expect(clock.now() - start).to.be.at.least(ms);
    }
  });

  it('rejects a sleep with the reason of its signal, at once', async () => {
    const abort = new AbortController();
    const day = clock.sleep(86_400_000, abort.signal);
    abort.abort('enough');
    expect(await day.catch((reason: unknown) => reason)).to.equal('enough');
    expect(await clock.sleep(1, abort.signal).catch((reason: unknown) => reason)).to.equal('enough');
  });

  it('sleeps longer than a timer can', async () => {
    const abort = new AbortController();
    let woke = false;
    const month = clock.sleep(40 * 86_400_000, abort.signal).then(
      () => (woke = true),
      () => undefined,
    );
    await clock.sleep(5);
    expect(woke).to.equal(false);
    abort.abort();
    await month;
  });

  it('calls after its time, once, and never when it was let go', async () => {
    const start = clock.now();
    const letGo = clock.after(1, () => expect.fail('this one was let go'));
    let calls = 0;
    const ms = await new Promise<number>((resolve) => {
      clock.after(7, () => {
        calls += 1;
        resolve(clock.now() - start);
      });
      letGo();
    });
    letGo();
    expect(ms).to.be.at.least(7);
    await clock.sleep(3);
    expect(calls).to.equal(1);
  });

  it('keeps the calendar apart from the monotonic time', () => {
    expect(clock.unixTime()).to.be.greaterThan(Date.UTC(2024, 0));
    const first = clock.now();
    expect(clock.now()).to.be.at.least(first);
  });
});
