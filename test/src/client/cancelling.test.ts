// Signals, and waits that end early.

import { expect } from 'chai';

import { Bell, cancelledError, joinSignals, throwIfCancelled } from '../../../src/client/cancelling.js';
import { EngineError, isEngineError } from '../../../src/errors.js';
import { World } from '../../../simulator/index.js';

describe('cancelling', () => {
  it('makes one error of every reason, and keeps an error that already says so', () => {
    const reason = new Error('Ctrl-C');
    expect(cancelledError(reason)).to.include({ code: 'cancelled', cause: reason });
    const closed = new EngineError('cancelled', 'The client was closed.');
    expect(cancelledError(closed)).to.equal(closed);
    expect(() => throwIfCancelled(undefined, AbortSignal.abort(reason))).to.throw(EngineError, 'cancelled');
    expect(() => throwIfCancelled(undefined, new AbortController().signal)).not.to.throw();
  });

  it('joins signals: any of them aborts, with its own reason', () => {
    const [a, b] = [new AbortController(), new AbortController()];
    const joined = joinSignals(a.signal, undefined, b.signal);
    b.abort('b');
    expect([joined.signal.aborted, joined.signal.reason]).to.deep.equal([true, 'b']);
    expect(joinSignals(a.signal, b.signal).signal.reason, 'aborted before').to.equal('b');
  });

  it('lets go of signals that were joined', () => {
    const long = new AbortController();
    const joined = joinSignals(long.signal);
    joined.release();
    long.abort();
    expect(joined.signal.aborted).to.equal(false);
  });
});

describe('a bell', () => {
  const never = new AbortController().signal;

  it('ends a wait when it rings, and otherwise when the time is up', async () => {
    const { clock, run } = worldOf();
    const bell = new Bell();
    void clock.sleep(40).then(() => bell.ring());
    expect(await run(bell.wait(clock, 100, never))).to.equal(true);
    expect(clock.now()).to.equal(40);
    expect(await run(bell.wait(clock, 100, never))).to.equal(false);
    expect(clock.now()).to.equal(140);
  });

  it('keeps a ring for whoever waits next', async () => {
    const { clock, run } = worldOf();
    const bell = new Bell();
    bell.ring();
    expect(await run(bell.wait(clock, 100, never))).to.equal(true);
    expect(clock.now()).to.equal(0);
    expect(await run(bell.wait(clock, 0, never))).to.equal(false);
  });

  it('rejects with a cancelled error when the signal aborts', async () => {
    const { clock, run } = worldOf();
    const abort = new AbortController();
    const waiting = new Bell().wait(clock, 100, abort.signal).catch((error: unknown) => error);
    abort.abort('enough');
    expect(isEngineError(await run(waiting), 'cancelled')).to.equal(true);
    expect(clock.now()).to.equal(0);
  });

  function worldOf() {
    const world = new World();
    return { clock: world.clock, run: <T>(promise: Promise<T>) => world.run(promise) };
  }
});
