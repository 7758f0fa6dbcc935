// The end of a run's time: when nothing new may begin, when what is under way must be over, and the signals that
// end it. Cleanly means that the procedure on a device is ended by its own rules; nothing here cuts anything off.

import { EngineError } from '../../errors.js';
import type { Clock } from '../../ports.js';

export interface WindowOptions {
  readonly clock: Clock;
  /** Nothing new begins from then on, ms since 1970; absent: there is no window. */
  readonly stopsAtMs?: number | undefined;
  /** What is under way then may take so much longer, ms. */
  readonly graceMs: number;
  /** Aborts: the run is stopped by somebody. */
  readonly signal?: AbortSignal | undefined;
  /** Called once when the window ends, with the devices that are under way. */
  readonly onStop: (underWay: readonly number[]) => void;
}

/** Looked at again at least so often: the calendar may be set while we wait. */
const LOOK_MS = 60_000;

/** Why a run begins nothing new. */
export type Ending = 'window-ended' | 'cancelled' | 'broken';

export class Window {
  readonly #options: WindowOptions;
  readonly #underWay = new Map<AbortController, number | undefined>();
  readonly #closing = new AbortController();
  readonly #onAbort = (): void => this.#end('cancelled');
  #ending: Ending | undefined;

  constructor(options: WindowOptions) {
    this.#options = options;
    if (options.signal?.aborted === true) this.#end('cancelled');
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (options.stopsAtMs !== undefined) void this.#watch(options.stopsAtMs).catch(() => undefined);
  }

  /** Why nothing new may begin; undefined as long as it may. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  isOpen(): boolean {
    return this.#ending === undefined;
  }

  /** When what is under way must be over, ms since 1970. */
  get hardEndMs(): number {
    const { stopsAtMs = Infinity, graceMs } = this.#options;
    return stopsAtMs + graceMs;
  }

  /** Whether work of this length may begin now: it would be over in time. Of unknown length: until the stop. */
  mayBegin(durationMs: number | undefined): boolean {
    if (this.#ending !== undefined) return false;
    const now = this.#options.clock.unixTime();
    const { stopsAtMs = Infinity } = this.#options;
    return now < stopsAtMs && now + (durationMs ?? 0) <= this.hardEndMs;
  }

  /** Runs one piece of work with a signal of its own, which aborts when the run is stopped or its time is over. */
  async during<T>(work: (controller: AbortController) => Promise<T>, device?: number): Promise<T> {
    const controller = new AbortController();
    this.#underWay.set(controller, device);
    // Anything that ended the run meanwhile ends this as well.
    if (this.#ending === 'cancelled' || this.#ending === 'broken')
      controller.abort(endingError(this.#ending));
    try {
      return await work(controller);
    } finally {
      this.#underWay.delete(controller);
    }
  }

  /** Ends the run: something is wrong that every other device would meet as well. */
  break(): void {
    this.#end('broken');
  }

  /** Sleeps, but not beyond the end of the run; whether the time is up and the run still goes on. */
  async rest(ms: number): Promise<boolean> {
    if (this.#ending !== undefined) return false;
    try {
      await this.#options.clock.sleep(ms, this.#closing.signal);
    } catch {
      return false;
    }
    return this.isOpen();
  }

  /** Lets go of everything that watches. */
  close(): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#closing.abort('the run is over');
  }

  async #watch(stopsAtMs: number): Promise<void> {
    await this.#until(stopsAtMs);
    if (this.#ending === undefined) {
      this.#ending = 'window-ended';
      this.#options.onStop([...this.#underWay.values()].filter((device) => device !== undefined));
    }
    await this.#until(this.hardEndMs);
    for (const controller of this.#underWay.keys()) controller.abort(endingError('window-ended'));
  }

  async #until(unixMs: number): Promise<void> {
    const { clock } = this.#options;
    for (let left = unixMs - clock.unixTime(); left > 0; left = unixMs - clock.unixTime())
      await clock.sleep(Math.min(left, LOOK_MS), this.#closing.signal);
  }

  #end(why: 'cancelled' | 'broken'): void {
    this.#ending ??= why;
    for (const controller of this.#underWay.keys()) controller.abort(endingError(why));
    if (why === 'cancelled') this.#closing.abort('the run was stopped');
  }
}

const WORDS = {
  'window-ended': 'The window of the run ended.',
  cancelled: 'The run was stopped.',
  broken: 'The run could not go on.',
} as const satisfies Record<Ending, string>;

function endingError(ending: Ending): EngineError {
  return new EngineError('cancelled', WORDS[ending], { details: { ending } });
}
