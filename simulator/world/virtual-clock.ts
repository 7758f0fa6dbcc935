// Time inside a world: it stands still until the world takes the next event. Satisfies the engine's
// Clock port by its shape. Must never look at the real clock.

import type { EventHeap } from './event-heap.js';

/** 2026-01-01T00:00:00Z, ms since 1970: the calendar when a world's `now` is 0, unless told otherwise. */
export const WORLD_START_UNIX_TIME = 1_767_225_600_000;

export class VirtualClock {
  readonly #heap: EventHeap;
  readonly #now: () => number;
  readonly #startUnixTime: number;

  constructor(heap: EventHeap, now: () => number, startUnixTime: number) {
    this.#heap = heap;
    this.#now = now;
    this.#startUnixTime = startUnixTime;
  }

  /** Virtual milliseconds since the world began. */
  now(): number {
    return this.#now();
  }

  /** Milliseconds since 1970 on the world's calendar. */
  unixTime(): number {
    return this.#startUnixTime + this.#now();
  }

  /** Resolves after `ms` of virtual time; rejects with `signal.reason` when the signal is or becomes aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      // The reason is the aborter's own value, whatever it is: it must arrive unchanged.
      const refuse = (): void => {
        cancel();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(signal?.reason);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', refuse);
        resolve();
      });
      if (signal?.aborted) refuse();
      else signal?.addEventListener('abort', refuse, { once: true });
    });
  }

  /** Calls `act` after `ms` of virtual time, unless the function that it gives was called before. */
  after(ms: number, act: () => void): () => void {
    const scheduled = this.#heap.add(this.#now() + Math.max(0, ms), act);
    return () => scheduled.cancel();
  }
}
