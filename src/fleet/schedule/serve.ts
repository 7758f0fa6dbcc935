// Keeps running, and runs the rules of a site on time: one process for a repository, each run written down before it
// begins and after it ended, so that whoever comes after a kill goes on where this one was. Sends nothing itself: what
// a run does, and who is told of it, comes in as functions.

import { isEngineError } from '../../errors.js';
import type { Clock, Log } from '../../ports.js';
import type { Repository, RunLog, SoleHold } from '../../repository/index.js';
import { utcText } from '../../repository/index.js';
import type { Rule, Site } from '../site/types.js';
import { lastHistory } from './history.js';
import {
  after,
  BROKEN,
  decide,
  GIVEN_UP,
  RULE_BEGIN,
  RULE_END,
  type Standings,
  standingsOf,
  type Step,
  STOPPED,
  tellStandings,
} from './standing.js';

/** How a run is asked for. */
export interface RuleRun {
  /** Images from then on count, ms since 1970: a device that has one is not touched again. */
  readonly sinceMs: number;
  /** When the rule's window stops, ms since 1970. */
  readonly stopsAtMs?: number;
  /** Aborts when the process is asked to stop: devices under way are released, and the run ends. */
  readonly signal: AbortSignal;
}

/** As much of a run's summary as matters here. */
export interface RunResult {
  readonly kind: 'fleet-summary';
  readonly outcome: string;
}

export interface ServePorts<Event extends { readonly kind: string }> {
  readonly clock: Clock;
  readonly log?: Log;
  /** Runs a rule; the last event is the summary. */
  readonly run: (rule: Rule, run: RuleRun) => AsyncIterable<Event | (Event & RunResult)>;
  /** Tells people; never rejects. Not asked when the process was stopped: the run is not over then. */
  readonly notify: (rule: Rule, summary: Event & RunResult) => Promise<void>;
  /** Asks to stop. */
  readonly signal: AbortSignal;
}

/** Told while it serves. Times are UTC texts. */
export type ServeEvent =
  | { readonly kind: 'serve-begin'; readonly site: string; readonly rules: readonly string[] }
  | { readonly kind: 'serve-waiting'; readonly rule?: string; readonly until?: string }
  | {
      readonly kind: 'rule-begin';
      readonly rule: string;
      readonly due: string;
      readonly begun: number;
      readonly stopsAt?: string;
    }
  | { readonly kind: 'rule-end'; readonly rule: string; readonly due: string; readonly outcome: string }
  /** Something that cannot be helped from here; it is tried again. */
  | { readonly kind: 'serve-trouble'; readonly message: string }
  | { readonly kind: 'serve-end' };

/** Looked at the calendar again at least so often: it may be set, and computers sleep. */
const LOOK_MS = 60_000;
/** A run that could not be done is tried again after so long, and each time so much later. */
const RETRY_MS = 5 * 60_000;

/**
 * Serves until the signal aborts. Rejects `repository-locked` when another process serves this repository, or took
 * this one for gone; and with `store-...` when nothing can be written down at the start. Later trouble with the
 * repository is told, and waited out.
 */
export async function* serve<Event extends { readonly kind: string }>(
  site: Site,
  repository: Repository,
  ports: ServePorts<Event>,
): AsyncGenerator<ServeEvent | Event, void> {
  const hold = await repository.serving('serve');
  try {
    yield* new Server(site, repository, ports, hold).serve();
  } finally {
    await hold.release();
  }
}

class Server<Event extends { readonly kind: string }> {
  readonly #site: Site;
  readonly #repository: Repository;
  readonly #ports: ServePorts<Event>;
  readonly #hold: SoleHold;
  #standings: Standings = new Map();
  #log: RunLog | undefined;
  /** Rules that could not be run, and when they are tried again. */
  readonly #notBefore = new Map<string, number>();
  /** Of the log that was begun last. */
  #serial = 0;

  constructor(site: Site, repository: Repository, ports: ServePorts<Event>, hold: SoleHold) {
    this.#site = site;
    this.#repository = repository;
    this.#ports = ports;
    this.#hold = hold;
  }

  async *serve(): AsyncGenerator<ServeEvent | Event, void> {
    const { standings, serial } = await lastHistory(this.#repository, this.#site.name, this.#now());
    this.#serial = serial;
    this.#standings = standingsOf(this.#site.rules, standings, this.#now());
    await this.#beginLog();
    yield { kind: 'serve-begin', site: this.#site.name, rules: [...this.#standings.keys()] };
    while (!this.#ports.signal.aborted) {
      const now = this.#now();
      const ready = this.#site.rules.filter(({ name }) => (this.#notBefore.get(name) ?? 0) <= now);
      const step = decide(ready, this.#standings, now);
      if (step.kind === 'wait') {
        const until = Math.min(step.until ?? Infinity, ...this.#laterThan(now));
        yield waiting(step, until);
        await this.#restUntil(until);
        continue;
      }
      const trouble = yield* this.#attempt(step);
      if (trouble !== undefined) yield { kind: 'serve-trouble', message: trouble };
      if (trouble !== undefined) await this.#restUntil(this.#now() + LOOK_MS);
    }
    await this.#endLog();
    yield { kind: 'serve-end' };
  }

  /** Does what is due. Gives what went wrong when it could not be done or written down. */
  async *#attempt(
    step: Exclude<Step, { kind: 'wait' }>,
  ): AsyncGenerator<ServeEvent | Event, string | undefined> {
    const { rule, begun } = step;
    const due = utcText(step.due);
    const lost = await this.#confirm();
    if (lost !== undefined) return lost;
    if (step.kind === 'give-up') {
      yield {
        kind: 'serve-trouble',
        message: `Rule "${rule.name}" of ${due} was begun ${begun} times and never ended; it is given up.`,
      };
      return this.#note(RULE_END, rule, due, { outcome: GIVEN_UP });
    }
    const fault = await this.#note(RULE_BEGIN, rule, due);
    if (fault !== undefined) return fault;
    const stopsAt = step.stopsAt === undefined ? {} : { stopsAt: utcText(step.stopsAt) };
    yield { kind: 'rule-begin', rule: rule.name, due, begun: begun + 1, ...stopsAt };
    const outcome = yield* this.#run(step);
    const endFault = await this.#note(RULE_END, rule, due, { outcome });
    yield { kind: 'rule-end', rule: rule.name, due, outcome };
    if (outcome === BROKEN) this.#notBefore.set(rule.name, this.#now() + (begun + 1) * RETRY_MS);
    return endFault;
  }

  async *#run(step: Step & { kind: 'run' }): AsyncGenerator<Event, string> {
    const { rule, due, stopsAt } = step;
    const { signal } = this.#ports;
    let summary: (Event & RunResult) | undefined;
    try {
      const run = { sinceMs: due, signal, ...(stopsAt === undefined ? {} : { stopsAtMs: stopsAt }) };
      for await (const event of this.#ports.run(rule, run)) {
        if (event.kind === 'fleet-summary') summary = event as Event & RunResult;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return STOPPED;
      this.#ports.log?.log('error', `rule "${rule.name}" could not be run: ${words(error)}`);
      return BROKEN;
    }
    // Stopped, although all was done at that very moment: then it is over.
    if (signal.aborted && summary?.outcome !== 'done') return STOPPED;
    // What is tried again is told once, and again when it has gone well.
    if (summary && (summary.outcome !== BROKEN || step.begun === 0)) await this.#ports.notify(rule, summary);
    return summary?.outcome ?? BROKEN;
  }

  /** A computer that slept for long was taken for gone. Gives what is wrong with the repository. */
  async #confirm(): Promise<string | undefined> {
    try {
      await this.#hold.confirm();
      return undefined;
    } catch (error) {
      if (isEngineError(error, 'repository-locked')) throw error;
      return `The repository cannot be reached: ${words(error)}`;
    }
  }

  /** Writes down that a rule was begun or ended, durably. Gives what went wrong. */
  async #note(
    event: string,
    rule: Rule,
    due: string,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<string | undefined> {
    const line = { event, rule: rule.name, due, ...details };
    try {
      if (!this.#log) await this.#beginLog();
      await this.#log?.write(event, { rule: rule.name, due, ...details });
      this.#standings = after(this.#standings, line);
      return undefined;
    } catch (error) {
      // A log that lost a line takes no more; the next one begins with how all rules stand.
      this.#log = undefined;
      // What was run is not run again because it could not be written down.
      if (event === RULE_END) this.#standings = after(this.#standings, line);
      return `The run could not be written down: ${words(error)}`;
    }
  }

  async #beginLog(): Promise<void> {
    this.#serial += 1;
    this.#log = await this.#repository.beginRun('serve', {
      site: this.#site.name,
      serial: this.#serial,
      rules: tellStandings(this.#standings),
    });
  }

  async #endLog(): Promise<void> {
    try {
      await this.#log?.end(STOPPED);
    } catch (error) {
      // Nothing hangs on this line.
      this.#ports.log?.log('warn', `the end of the log could not be written: ${words(error)}`);
    }
  }

  /** When rules that could not be run are tried again. */
  #laterThan(now: number): number[] {
    return [...this.#notBefore.values()].filter((time) => time > now);
  }

  /** Until a time of the calendar, which may be set meanwhile: when it was set back, all is to be decided anew. */
  async #restUntil(until: number): Promise<void> {
    const { clock, signal } = this.#ports;
    let last = this.#now();
    for (let now = last; now < until && now >= last && !signal.aborted; now = this.#now()) {
      last = now;
      // Nothing but being stopped wakes it early, and the loop sees that.
      await clock.sleep(Math.min(until - now, LOOK_MS), signal).catch(() => undefined);
    }
  }

  #now(): number {
    return this.#ports.clock.unixTime();
  }
}

function waiting({ rule }: Step & { kind: 'wait' }, until: number): ServeEvent {
  return {
    kind: 'serve-waiting',
    ...(rule === undefined ? {} : { rule }),
    ...(Number.isFinite(until) ? { until: utcText(until) } : {}),
  };
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
