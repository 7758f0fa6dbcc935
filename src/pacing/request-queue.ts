// Stands between procedure and wire: a request waits here until its lane is free, its turn has come and
// the lane's pace allows it. p-queue keeps the order of what waits; the token bucket keeps the pace, on our
// own Clock (p-queue's timed options run on the real clock and must never be used). A lane never has
// more requests outstanding than its limit, whatever is cancelled meanwhile, but for those that say that they bear
// company, while nothing else is in the lane, and for those that it has lost patience with; and these keep everything
// else for the same peer waiting.

import PQueue from 'p-queue';

import type { Clock } from '../ports.js';
import { Congestion, type Trouble } from './congestion.js';
import { onAbort } from './on-abort.js';
import { PRIORITIES, type Priority } from './priority.js';
import { type Pace, TokenBucket } from './token-bucket.js';

/** What one lane takes. */
export interface LaneLimits {
  /** Requests that may be outstanding at once; 1 or more. */
  readonly outstanding: number;
  readonly pace: Pace;
  /**
   * How long work may keep its place in the lane, ms; then the next begins, unless `Place.keep` was called.
   * Default: until it has ended.
   */
  readonly patienceMs?: number;
}

/** The place in a lane of work that runs. */
export interface Place {
  /** The work is getting on: it keeps its place until it ends, unless it has lost it already. */
  keep(): void;
}

export interface RequestQueueOptions {
  readonly clock: Clock;
  /** Asked once for each lane, when it is first used. */
  readonly limits: (lane: string) => LaneLimits;
}

export interface WorkOptions {
  readonly priority: Priority;
  /** Frames that the request puts on the wire when nothing is lost; default 1. */
  readonly frames?: number;
  /**
   * Whom the work is for. While work for somebody runs that has lost its place, nothing else for them begins.
   */
  readonly party?: string;
  /** Requests that may be outstanding with this one among them, where that is more than the lane's own limit. */
  readonly outstanding?: number | undefined;
  /**
   * Takes waiting work out of the queue; `run` then rejects with the signal's reason. Work that has begun
   * must watch its signal itself, and keeps its place until it ends. Ignored for "release": whoever
   * cancels the bulk work wants the release to happen.
   */
  readonly signal?: AbortSignal | undefined;
}

interface Lane {
  readonly queue: PQueue;
  /** Work that runs and never waited: it did not pass through the queue. */
  atOnce: number;
  readonly outstanding: number;
  /** Most that the latest of the work said that may be outstanding together. */
  together: number;
  /** Work, waiting or running, that says nothing of the kind. */
  apart: number;
  readonly bucket: TokenBucket;
  readonly congestion: Congestion;
  readonly patienceMs: number;
  /** Work that runs without a place, by its party; each resolves when that work has ended. */
  readonly placeless: Map<string, Promise<void>>;
  /** Lets go of the wait for the bucket; present while such a wait runs. */
  wake: (() => void) | undefined;
}

/**
 * One queue for all lanes of a client. What the endpoint sends by itself (repetitions of a request,
 * segments) is not held back here; it is counted with `charge`, and the next request waits for it.
 */
export class RequestQueue {
  readonly #clock: Clock;
  readonly #limits: (lane: string) => LaneLimits;
  readonly #lanes = new Map<string, Lane>();
  readonly #closing = new AbortController();

  constructor(options: RequestQueueOptions) {
    this.#clock = options.clock;
    this.#limits = options.limits;
  }

  /** Does the work when its turn has come. Rejects as the work does, or with the reason of cancelling or closing. */
  async run<T>(laneName: string, work: (place: Place) => Promise<T>, options: WorkOptions): Promise<T> {
    this.#closing.signal.throwIfAborted();
    const signals = [this.#closing.signal];
    if (options.signal !== undefined && options.priority !== 'release') signals.push(options.signal);
    for (const signal of signals) signal.throwIfAborted();
    const lane = this.#lane(laneName);
    const { outstanding } = options;
    if (outstanding === undefined) lane.apart += 1;
    else lane.together = outstanding;
    try {
      this.#regulate(lane);
      return await (lane.patienceMs === Infinity && beginsNow(lane)
        ? this.#atOnce(lane, work, options)
        : this.#inTurn(lane, work, options, signals));
    } finally {
      if (outstanding === undefined) lane.apart -= 1;
      this.#regulate(lane);
    }
  }

  /** Work that need not wait, in a lane that waits for it to its end: no order to keep, and nothing to give up. */
  async #atOnce<T>(lane: Lane, work: (place: Place) => Promise<T>, options: WorkOptions): Promise<T> {
    lane.atOnce += 1;
    lane.bucket.take(options.frames ?? 1, this.#clock.now());
    this.#regulate(lane);
    try {
      return await work(KEPT);
    } finally {
      lane.atOnce -= 1;
    }
  }

  async #inTurn<T>(
    lane: Lane,
    work: (place: Place) => Promise<T>,
    options: WorkOptions,
    signals: readonly AbortSignal[],
  ): Promise<T> {
    let running: Promise<T> | undefined;
    const { party } = options;
    const earlier = (): Promise<void> | undefined =>
      party === undefined ? undefined : lane.placeless.get(party);
    const begin = async (): Promise<void> => {
      if (earlier() !== undefined) return;
      lane.bucket.take(options.frames ?? 1, this.#clock.now());
      this.#regulate(lane);
      const place = new HeldPlace();
      running = work(place);
      await this.#inPlace(lane, running, place, party);
    };
    for (;;) {
      await this.#turn(lane, begin, signals, options.priority);
      if (running !== undefined) return running;
      await settledUnlessAborted(earlier(), signals);
    }
  }

  /** Waits for a place, and resolves when it is free again. */
  async #turn(
    lane: Lane,
    begin: () => Promise<void>,
    signals: readonly AbortSignal[],
    priority: Priority,
  ): Promise<void> {
    this.#regulate(lane);
    const { queue } = lane;
    const order = { priority: -PRIORITIES.indexOf(priority) };
    if (beginsNow(lane)) {
      // It begins within this call: there is no waiting that a signal could end, and signals cost much.
      const begun = queue.add(begin, order);
      this.#regulate(lane);
      return begun;
    }
    // p-queue would free the place of running work at once when its signal aborts: two requests could then
    // be outstanding. So it gets a signal of our own, which is silent from the moment the work begins.
    const waiting = new AbortController();
    const leave = (): void => {
      waiting.abort(signals.find((signal) => signal.aborted)?.reason);
      this.#regulate(lane);
    };
    const watches = signals.map((signal) => onAbort(signal, leave));
    const stopWatching = (): void => {
      for (const stop of watches) stop();
    };
    const turn = queue.add(
      () => {
        stopWatching();
        return begin();
      },
      { ...order, signal: waiting.signal },
    );
    this.#regulate(lane);
    try {
      await turn;
    } finally {
      stopWatching();
    }
  }

  /** Resolves when the place of the work is free again: it has ended, or the lane's patience has. */
  async #inPlace(
    lane: Lane,
    running: Promise<unknown>,
    place: HeldPlace,
    party: string | undefined,
  ): Promise<void> {
    const ended = running.then(
      () => undefined,
      () => undefined,
    );
    if (lane.patienceMs === Infinity) return ended;
    const lost = new Promise<'lost'>((resolve) => {
      place.until(() => this.#clock.after(lane.patienceMs, () => resolve('lost')));
    });
    const first = await Promise.race([ended, lost]);
    place.keep();
    if (first !== 'lost' || party === undefined) return;
    const forgotten = ended.then(() => {
      if (lane.placeless.get(party) === forgotten) lane.placeless.delete(party);
    });
    lane.placeless.set(party, forgotten);
  }

  /** Counts frames that left in a lane without passing through the queue. */
  charge(laneName: string, frames: number): void {
    if (frames <= 0 || this.#closing.signal.aborted) return;
    const lane = this.#lane(laneName);
    lane.bucket.take(frames, this.#clock.now());
    this.#regulate(lane);
  }

  /** Names of the lanes that were ever used. */
  get lanes(): readonly string[] {
    return [...this.#lanes.keys()];
  }

  /** The lane's network is full, or seems so: its requests rest before they leave. A lane never used has none. */
  trouble(laneName: string, what: Trouble): void {
    this.#lanes.get(laneName)?.congestion.trouble(what);
  }

  /** A request of the lane is over, answered or not: the next one rests as long as the lane's trouble says. */
  settled(laneName: string, answered: boolean): void {
    const lane = this.#lanes.get(laneName);
    if (lane === undefined || this.#closing.signal.aborted) return;
    if (answered) lane.congestion.smooth();
    const { pauseMs } = lane.congestion;
    if (pauseMs === 0) return;
    lane.bucket.rest(pauseMs, this.#clock.now());
    this.#regulate(lane);
  }

  /** How long a lane rests between two requests because of its trouble, ms; 0 when it has none. */
  restMs(laneName: string): number {
    return this.#lanes.get(laneName)?.congestion.pauseMs ?? 0;
  }

  /** Requests that wait in a lane. */
  waiting(laneName: string): number {
    return this.#lanes.get(laneName)?.queue.size ?? 0;
  }

  /** Requests that hold a place in a lane. */
  outstanding(laneName: string): number {
    const lane = this.#lanes.get(laneName);
    return lane === undefined ? 0 : lane.queue.pending + lane.atOnce;
  }

  /** Waiting work rejects with the reason; running work is its owner's. Later calls of `run` reject alike. */
  close(reason: unknown): void {
    this.#closing.abort(reason);
    for (const lane of this.#lanes.values()) stopWaiting(lane);
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const { outstanding, pace, patienceMs = Infinity } = this.#limits(name);
    const lane: Lane = {
      queue: new PQueue({ concurrency: outstanding }),
      atOnce: 0,
      outstanding,
      together: 0,
      apart: 0,
      bucket: new TokenBucket(pace),
      congestion: new Congestion(),
      patienceMs,
      placeless: new Map(),
      wake: undefined,
    };
    this.#lanes.set(name, lane);
    return lane;
  }

  /**
   * Opens or shuts the lane by its bucket, and by what runs. While it is shut, nothing is chosen: what is most
   * urgent when the wait ends goes first, however late it came. Waits only while somebody waits.
   */
  #regulate(lane: Lane): void {
    const { queue } = lane;
    const delay = lane.bucket.delay(this.#clock.now());
    const room = limitOf(lane) - lane.atOnce;
    if (delay <= 0) stopWaiting(lane);
    if (delay > 0 || room <= 0) queue.pause();
    else {
      if (queue.concurrency !== room) queue.concurrency = room;
      if (queue.isPaused) queue.start();
    }
    if (delay <= 0) return;
    if (queue.size === 0) {
      stopWaiting(lane);
    } else if (lane.wake === undefined && !this.#closing.signal.aborted) {
      lane.wake = this.#clock.after(delay, () => {
        lane.wake = undefined;
        this.#regulate(lane);
      });
    }
  }
}

/** Whether work that comes now is the next, and its lane has a place for it. */
function beginsNow({ queue }: Lane): boolean {
  return !queue.isPaused && queue.size === 0 && queue.pending < queue.concurrency;
}

/** The place of work that nobody takes away. */
const KEPT: Place = { keep: () => undefined };

/** The place of running work, which may keep it before anybody waits to take it away. */
class HeldPlace implements Place {
  #kept = false;
  #letGo: (() => void) | undefined;

  /** Begins the wait that `keep` ends. */
  until(wait: () => () => void): void {
    if (!this.#kept) this.#letGo = wait();
  }

  keep(): void {
    this.#kept = true;
    this.#letGo?.();
  }
}

function stopWaiting(lane: Lane): void {
  lane.wake?.();
  lane.wake = undefined;
}

/**
 * Work that may be outstanding together goes beyond the lane's own limit only while there is no other work in the lane:
 * that waits until all that is more has ended, and what comes after it waits for it.
 */
function limitOf(lane: Lane): number {
  return lane.apart > 0 ? lane.outstanding : Math.max(lane.outstanding, lane.together);
}

/** Resolves when the promise does; rejects with the reason of the first signal that aborts before. */
function settledUnlessAborted(
  promise: Promise<void> | undefined,
  signals: readonly AbortSignal[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const watches = signals.map((signal) =>
      onAbort(signal, () => {
        // The aborter's own value, unchanged.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(signal.reason);
      }),
    );
    void Promise.resolve(promise).then(() => {
      for (const stop of watches) stop();
      resolve();
    });
  });
}
