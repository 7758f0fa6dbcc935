// Many who wait for one signal.

import { expect } from 'chai';

import { onAbort } from '../../../src/pacing/index.js';

/** A signal that counts the listeners it has. */
function countedSignal() {
  const abort = new AbortController();
  const { signal } = abort;
  const now = { count: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    now.count += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    now.count -= 1;
    remove(...args);
  };
  return { abort, signal, now };
}

describe('onAbort', () => {
  it('puts one listener on a signal for everybody who waits, and takes it off with the last', () => {
    const { signal, now } = countedSignal();
    const releases = Array.from({ length: 50 }, () => onAbort(signal, () => undefined));
    expect(now.count).to.equal(1);
    for (const release of releases) release();
    for (const release of releases) release();
    expect(now.count).to.equal(0);
    onAbort(signal, () => undefined);
    expect(now.count).to.equal(1);
  });

  it('calls each listener once, in order, and none that has let go', () => {
    const { abort, signal } = countedSignal();
    const called: string[] = [];
    onAbort(signal, () => called.push('a'));
    const release = onAbort(signal, () => called.push('b'));
    onAbort(signal, () => called.push('c'));
    release();
    abort.abort();
    abort.abort();
    expect(called).to.deep.equal(['a', 'c']);
  });

  it('keeps one function apart that is given twice', () => {
    const { abort, signal } = countedSignal();
    let calls = 0;
    const listener = (): void => void (calls += 1);
    onAbort(signal, listener);
    onAbort(signal, listener)();
    abort.abort();
    expect(calls).to.equal(1);
  });

  it('calls nobody for a signal that is aborted already', () => {
    let calls = 0;
    onAbort(AbortSignal.abort(), () => (calls += 1));
    expect(calls).to.equal(0);
  });
});
