// One listener per AbortSignal, however many wait for it. A night's work hangs hundreds of requests on one
// signal, and Node takes more than ten listeners on one for a leak. Whoever listens must let go again;
// nothing is kept of a signal that nobody listens to.

import { PassingMap } from '../../protocol/index.js';

interface Crowd {
  readonly listeners: PassingMap<() => void, () => void>;
  readonly stop: () => void;
}

const crowds = new WeakMap<AbortSignal, Crowd>();

/** Calls the listener once when the signal aborts, not when it is aborted already. Gives what lets go of it. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const crowd = crowds.get(signal) ?? gather(signal);
  // A key of its own, so that one listener may be given twice.
  const own = (): void => listener();
  crowd.listeners.set(own, own);
  return () => {
    if (crowd.listeners.delete(own) && crowd.listeners.size === 0) crowd.stop();
  };
}

function gather(signal: AbortSignal): Crowd {
  const listeners = new PassingMap<() => void, () => void>();
  const call = (): void => {
    crowds.delete(signal);
    for (const listener of [...listeners.values()]) listener();
  };
  const stop = (): void => {
    signal.removeEventListener('abort', call);
    crowds.delete(signal);
  };
  signal.addEventListener('abort', call, { once: true });
  const crowd = { listeners, stop };
  crowds.set(signal, crowd);
  return crowd;
}
