// The devices of a run through their lanes: looked at, put in order, backed up one by one, and those that failed once
// more at the end. Whatever happens every device has one result when it is over.

import PQueue from 'p-queue';

import type { EngineError } from '../../errors.js';
import type { ProgressEvent } from '../../procedure/index.js';
import { parseUtcText } from '../../repository/index.js';
import type { Candidate } from './candidates.js';
import { Estimate, type Measured } from './estimate.js';
import { laneName, Lanes, type Limits } from './lanes.js';
import { LOOKS_AT_ONCE, PROGRESS_MS } from './options.js';
import { byRisk, type Rank } from './order.js';
import type { Emit } from './stream.js';
import { endsTheRun, type Looked, type Turns } from './turn.js';
import type { DeviceResult, FleetEvent } from './types.js';
import type { Window } from './window.js';

export interface PassesContext {
  readonly turns: Turns;
  readonly window: Window;
  readonly limits: Limits;
  readonly now: () => number;
  readonly emit: Emit<FleetEvent>;
  /** Whether the rule skips a device when its Database_Revision has not moved. */
  readonly isLeftUnchanged: (one: Candidate) => boolean;
  /** Why a device cannot even be asked. */
  readonly unreachable: (one: Candidate) => EngineError | undefined;
  /** Whether the rule means a device, now that more is known of it. */
  readonly isMeant: (one: Candidate) => boolean;
  /** A device has a result; `final` unless it is tried again. Awaited before its lane goes on. */
  readonly onResult: (one: Candidate, result: DeviceResult, final: boolean) => Promise<void>;
  /** The rule does not mean it after all. */
  readonly onDropped: (one: Candidate) => void;
}

/** What a pass left: who may be tried again, and since when they have been left alone. */
export interface Left {
  readonly one: Candidate;
  readonly failedAtMs: number;
}

interface Waiting {
  readonly one: Candidate;
  readonly lane: string;
  readonly looked: Looked | undefined;
}

interface Failure {
  readonly one: Candidate;
  readonly lane: string | undefined;
  readonly result: DeviceResult;
}

export class Passes {
  readonly #context: PassesContext;
  readonly #estimate: Estimate;
  readonly #tries = new Map<number, number>();
  /** What those that failed came to. */
  readonly #failures = new Map<number, DeviceResult>();
  readonly #beganMs: number;
  #done = 0;
  #total = 0;
  #octets = 0;
  #toldMs = -Infinity;
  /** What ended the run early. */
  problem: EngineError | undefined;

  constructor(context: PassesContext) {
    this.#context = context;
    this.#estimate = new Estimate(context.limits.parallel);
    this.#beganMs = context.now();
  }

  /** Lets every device have its turn once. `mayRetry`: whether those that fail are given back for another pass. */
  async pass(devices: readonly Candidate[], mayRetry: boolean): Promise<Left[]> {
    this.#total = this.#done + devices.length;
    const lanes = new Map<string, Candidate[]>();
    const left: Left[] = [];
    for (const one of devices) {
      const error = this.#context.unreachable(one);
      const lane = one.address && laneName(one.address);
      if (error !== undefined) await this.#withoutTurn(one, lane, error, mayRetry, left);
      else if (lane !== undefined) lanes.set(lane, [...(lanes.get(lane) ?? []), one]);
    }
    for (const [lane, members] of lanes) for (const one of members) this.#expect(lane, one);
    const queues = new Lanes(this.#context.limits);
    await Promise.all([...lanes].map(([lane, members]) => this.#lane(queues, lane, members, mayRetry, left)));
    return left;
  }

  async #lane(
    queues: Lanes,
    lane: string,
    members: readonly Candidate[],
    mayRetry: boolean,
    left: Left[],
  ): Promise<void> {
    const waiting = await this.#looks(lane, members, mayRetry, left);
    const ordered = waiting.sort((a, b) => byRisk(rankOf(a), rankOf(b)));
    await Promise.all(
      ordered.map((turn, at) =>
        queues.run({ lane, priority: -at, weight: ordered.length - at }, () =>
          this.#turn(turn, mayRetry, left),
        ),
      ),
    );
  }

  /** Looks at the devices of a lane of which something has to be known before their order is. */
  async #looks(
    lane: string,
    members: readonly Candidate[],
    mayRetry: boolean,
    left: Left[],
  ): Promise<Waiting[]> {
    const { window, turns, isMeant, onDropped, isLeftUnchanged } = this.#context;
    const queue = new PQueue({ concurrency: LOOKS_AT_ONCE });
    const waiting: Waiting[] = [];
    const look = async (one: Candidate): Promise<void> => {
      if (!turns.needsLook(one) || !window.isOpen()) {
        waiting.push({ one, lane, looked: undefined });
        return;
      }
      const looked = await window.during((controller) => turns.look(one, controller.signal));
      if (looked.error !== undefined && window.isOpen()) {
        this.#estimate.drop(lane, one.device);
        await this.#withoutTurn(one, lane, looked.error, mayRetry, left);
      } else if (looked.glance !== undefined && !isMeant(one)) {
        this.#estimate.drop(lane, one.device);
        this.#total -= 1;
        onDropped(one);
      } else if (looked.glance?.since === 'same' && isLeftUnchanged(one)) {
        this.#estimate.drop(lane, one.device);
        const tries = this.#tries.get(one.device) ?? 0;
        await this.#end(lane, one, { ...turns.described(one), outcome: 'unchanged', tries }, true);
      } else waiting.push({ one, lane, looked });
    };
    await Promise.all(members.map((one) => queue.add(() => look(one))));
    return waiting;
  }

  async #turn({ one, lane, looked }: Waiting, mayRetry: boolean, left: Left[]): Promise<void> {
    const { window, turns, emit, now } = this.#context;
    const { device } = one;
    const tries = this.#tries.get(device) ?? 0;
    if (!window.mayBegin(this.#estimate.durationOf(lane, device, now()))) {
      this.#estimate.drop(lane, device);
      // One that failed before, and is not tried again, has failed.
      const result = this.#failures.get(device) ?? { ...turns.described(one), outcome: 'not-begun', tries };
      await this.#end(lane, one, result, true);
      return;
    }
    this.#tries.set(device, tries + 1);
    emit({ kind: 'device-begin', device, lane, attempt: tries + 1 });
    this.#estimate.began(lane, device, now());
    const { result, report, error } = await window.during(
      (controller) => turns.backUp(one, looked, tries + 1, controller.signal, this.#listener(lane, device)),
      device,
    );
    const measured: Measured | undefined = report && {
      octets: report.octets,
      durationMs: report.durationMs,
      copyMs: report.manifest.procedure.timings?.copyMs ?? report.durationMs,
    };
    this.#estimate.ended(lane, device, now(), measured);
    if (error !== undefined && result.outcome === 'failed')
      await this.#failed({ one, lane, result }, error, mayRetry, left);
    else await this.#end(lane, one, result, true);
  }

  async #failed(
    { one, lane, result }: Failure,
    error: EngineError,
    mayRetry: boolean,
    left: Left[],
  ): Promise<void> {
    const { window, now } = this.#context;
    if (endsTheRun(error)) {
      this.problem ??= error;
      window.break();
    }
    const again = mayRetry && error.retriable && window.isOpen();
    this.#failures.set(one.device, result);
    if (again) left.push({ one, failedAtMs: now() });
    await this.#end(lane, one, result, !again);
  }

  /** A device comes to its end without a turn. */
  settle(one: Candidate, result: DeviceResult): Promise<void> {
    return this.#end(one.address && laneName(one.address), one, result, true);
  }

  /** One that failed before its turn came. */
  async #withoutTurn(
    one: Candidate,
    lane: string | undefined,
    error: EngineError,
    mayRetry: boolean,
    left: Left[],
  ): Promise<void> {
    const tries = (this.#tries.get(one.device) ?? 0) + 1;
    this.#tries.set(one.device, tries);
    const result = this.#context.turns.failed(one, error, tries);
    await this.#failed({ one, lane, result }, error, mayRetry, left);
  }

  async #end(lane: string | undefined, one: Candidate, result: DeviceResult, final: boolean): Promise<void> {
    if (final) this.#done += 1;
    this.#octets += result.outcome === 'backed-up' ? (result.octets ?? 0) : 0;
    await this.#context.onResult(one, result, final);
    this.#context.emit({ kind: 'device-end', ...(lane === undefined ? {} : { lane }), result, final });
    this.#tell(true);
  }

  #expect(lane: string, { device, newest }: Candidate): void {
    const expected = newest === undefined ? {} : { octets: newest.octets };
    this.#estimate.expect(lane, this.#context.limits.transfers(lane), { device, ...expected });
  }

  /** Follows the procedure of one device: for the estimate, and for whoever watches. */
  #listener(lane: string, device: number): (event: ProgressEvent) => void {
    let before = 0;
    let current: { done: number; total: number | undefined; isLast: boolean } | undefined;
    let toldMs = -Infinity;
    const { emit, now } = this.#context;
    return (event) => {
      if (event.kind === 'file') {
        before += current?.done ?? 0;
        current = { done: 0, total: event.octetsTotal, isLast: event.index === event.count - 1 };
      } else if (event.kind === 'chunk' && current !== undefined) {
        current.done = event.octetsDone;
        const total = current.isLast && current.total !== undefined ? before + current.total : undefined;
        this.#estimate.moved(lane, device, before + current.done, total);
        this.#tell(false);
        if (now() - toldMs < PROGRESS_MS) return;
        toldMs = now();
      }
      emit({ kind: 'device-progress', device, lane, event });
    };
  }

  #tell(always: boolean): void {
    const { now, emit } = this.#context;
    if (!always && now() - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = now();
    const remainingMs = this.#estimate.remaining(now());
    // Nothing is expected any more, and somebody is tried again: nobody knows how long that takes.
    const isKnown = remainingMs !== undefined && (remainingMs > 0 || this.#done >= this.#total);
    emit({
      kind: 'fleet-progress',
      done: this.#done,
      total: this.#total,
      octets: this.#octets,
      elapsedMs: Math.round(now() - this.#beganMs),
      ...(isKnown ? { remainingMs: Math.round(remainingMs) } : {}),
    });
  }
}

function rankOf({ one, looked }: Waiting): Rank {
  const imageAtMs = one.newest === undefined ? undefined : parseUtcText(one.newest.createdAt);
  return {
    device: one.device,
    ...(imageAtMs === undefined ? {} : { imageAtMs }),
    changed: looked?.glance?.since === 'moved',
    silent: looked === undefined && !one.heard,
  };
}
