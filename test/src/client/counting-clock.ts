// A clock that knows how many sleeps and alarms are pending, for tests that promise to leave none behind.

import type { Clock } from '../../../src/ports.js';

export interface CountingClock extends Clock {
  readonly pending: number;
  /** The most that were pending at once. */
  readonly most: number;
}

export function countingClock(clock: Clock): CountingClock {
  let pending = 0;
  let most = 0;
  return {
    now: () => clock.now(),
    unixTime: () => clock.unixTime(),
    sleep: async (ms, signal) => {
      pending += 1;
      most = Math.max(most, pending);
      try {
        await clock.sleep(ms, signal);
      } finally {
        pending -= 1;
      }
    },
    after: (ms, act) => {
      pending += 1;
      most = Math.max(most, pending);
      let waits = true;
      const over = (): void => {
        if (waits) pending -= 1;
        waits = false;
      };
      const letGo = clock.after(ms, () => {
        over();
        act();
      });
      return () => {
        over();
        letGo();
      };
    },
    get pending() {
      return pending;
    },
    get most() {
      return most;
    },
  };
}
