// The real clock. `now` comes from the monotonic timer, which no change of the computer's time touches;
// `unixTime` is the calendar. The only place of the engine where real timers run.

import type { Clock } from '../ports.js';

/** Longest delay that a Node timer takes (2^31 - 1 ms, 24.8 days); a longer one would fire at once. */
const LONGEST_TIMER_MS = 0x7fffffff;

/**
 * The clock of this computer. A sleep keeps the process alive, because somebody waits for it: whoever lets
 * go of a sleep aborts its signal, and then nothing is left that could hold the process up.
 */
export function systemClock(): Clock {
  return { now: () => performance.now(), unixTime: () => Date.now(), sleep, after };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      letGo();
      // The reason is the aborter's own value, whatever it is: it must arrive unchanged.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(signal?.reason);
    };
    const letGo = after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function after(ms: number, act: () => void): () => void {
  const end = performance.now() + Math.max(0, ms);
  let turn: NodeJS.Immediate | undefined;
  // Timers may fire a little early; nothing here ever does. After a process was held up, timers come before
  // the datagrams that arrived meanwhile: one more turn lets those be heard before silence is concluded.
  const wait = (): void => {
    const left = end - performance.now();
    if (left <= 0) turn = setImmediate(act);
    else timer = setTimeout(wait, Math.min(Math.ceil(left), LONGEST_TIMER_MS));
  };
  let timer = setTimeout(wait, Math.min(Math.ceil(Math.max(0, ms)), LONGEST_TIMER_MS));
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}
