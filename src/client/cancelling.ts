// Cancelling, in one place: every way a caller or `close` ends something early becomes one EngineError
// `cancelled`. Signals are joined by hand and let go again, so that a signal that lives for a night keeps
// nothing of the requests that are long over.

import { EngineError, isEngineError } from '../errors.js';
import { onAbort } from '../pacing/index.js';
import type { Clock } from '../ports.js';

/** The error for something that was cancelled; a `cancelled` error passes through unchanged. */
export function cancelledError(reason: unknown): EngineError {
  if (isEngineError(reason, 'cancelled')) return reason;
  return new EngineError('cancelled', 'The request was cancelled.', { cause: reason });
}

/** Throws EngineError `cancelled` when one of the signals is aborted. */
export function throwIfCancelled(...signals: readonly (AbortSignal | undefined)[]): void {
  for (const signal of signals) {
    if (signal?.aborted === true) throw cancelledError(signal.reason);
  }
}

/** A signal that aborts when any of the others does. `release` lets go of them; call it always. */
export interface JoinedSignal {
  readonly signal: AbortSignal;
  release(): void;
}

export function joinSignals(...signals: readonly (AbortSignal | undefined)[]): JoinedSignal {
  const joined = new AbortController();
  const watched = signals.filter((signal) => signal !== undefined);
  const follow = (): void => joined.abort(watched.find((signal) => signal.aborted)?.reason);
  if (watched.some((signal) => signal.aborted)) follow();
  const releases = watched.map((signal) => onAbort(signal, follow));
  return {
    signal: joined.signal,
    release: () => {
      for (const release of releases) release();
    },
  };
}

/** Something to wait for that may come any time: the wait ends at `ring`, or when its time is up. */
export class Bell {
  #rung = false;
  #wake: AbortController | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.abort('rung');
  }

  /** Whether it rang since the last wait, or rings within `ms`. Rejects `cancelled` when the signal aborts. */
  async wait(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal);
    if (!this.#rung && ms > 0) {
      const wake = new AbortController();
      const joined = joinSignals(signal, wake.signal);
      this.#wake = wake;
      try {
        await clock.sleep(ms, joined.signal);
      } catch (error) {
        throwIfCancelled(signal);
        if (!wake.signal.aborted) throw error;
      } finally {
        this.#wake = undefined;
        joined.release();
      }
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}
