// A run: one rule over all its devices, from who is there to one summary. Decides who is asked, who is left alone and
// what is written down; lanes, order and procedures are elsewhere. Whatever happens there is one summary at the end,
// and every device of the rule is in it.

import { joinSignals } from '../../client/index.js';
import { EngineError } from '../../errors.js';
import { recover } from '../../procedure/index.js';
import { parseUtcText, type Repository, utcText } from '../../repository/index.js';
import { type Ledger, readLedger } from '../ledger.js';
import { covers } from '../site/select.js';
import type { Rule, Site } from '../site/types.js';
import { rangesOf, survey } from '../survey.js';
import { type Candidate, candidates, meantBy, selectable, takeHeard } from './candidates.js';
import { knownAfter, newestImages, ruleOf, sinceOf, stopOf } from './ground.js';
import { laneName, Limits } from './lanes.js';
import { Notes } from './notes.js';
import { GRACE_MS, RETRY_PAUSE_MS, type RunOptions } from './options.js';
import { Passes } from './passes.js';
import { type Emit, stream } from './stream.js';
import { countsOf, exitCodeOf, outcomeOf } from './summary.js';
import { asEngineError, endsTheRun, Turns } from './turn.js';
import { type DeviceResult, type FleetEvent, type FleetSummary } from './types.js';
import { Window } from './window.js';

/**
 * Runs a rule of a site: events while it goes on, and the summary as the last of them. Leaving the loop stops the run
 * and waits until every device is released. Rejects with EngineError `usage` for a rule that is none, `window-ended`
 * where its window is closed, and with what the repository rejects with before anything was sent; everything later is in the summary.
 */
export function runFleet(
  site: Site,
  repository: Repository,
  options: RunOptions,
): AsyncGenerator<FleetEvent, void> {
  return stream(async (emit, left) => {
    const rule = ruleOf(site, options.rule);
    const joined = joinSignals(left, options.signal);
    try {
      const stopsAtMs = stopOf(rule, options, options.client.clock.unixTime());
      const own = { ...options, signal: joined.signal, ...(stopsAtMs === undefined ? {} : { stopsAtMs }) };
      await new FleetRun(site, rule, repository, own, emit).run();
    } finally {
      joined.release();
    }
  });
}

class FleetRun {
  readonly #site: Site;
  readonly #rule: Rule;
  readonly #repository: Repository;
  readonly #options: RunOptions;
  readonly #emit: Emit<FleetEvent>;
  readonly #turns: Turns;
  readonly #results = new Map<number, DeviceResult>();
  /** Devices of those that are to be tried again. */
  readonly #open = new Set<number>();
  readonly #warnings: string[] = [];
  readonly #startedAtMs: number;
  #all = new Map<number, Candidate>();
  #notes!: Notes;
  #window!: Window;
  /** Undefined until it is known who waits. */
  #passes: Passes | undefined;
  #sinceMs = 0;
  /** It is known who is there. */
  #surveyed = false;
  #problem: EngineError | undefined;

  constructor(site: Site, rule: Rule, repository: Repository, options: RunOptions, emit: Emit<FleetEvent>) {
    this.#site = site;
    this.#rule = rule;
    this.#repository = repository;
    this.#options = options;
    this.#emit = emit;
    this.#turns = new Turns({ site, rule, client: options.client, repository, options });
    this.#startedAtMs = options.client.clock.unixTime();
  }

  async run(): Promise<void> {
    const { site, rule } = { site: this.#site.name, rule: this.#rule.name };
    const ledger = await readLedger(this.#repository, site);
    this.#all = candidates(this.#site, ledger, await newestImages(this.#repository, site));
    this.#sinceMs = this.#options.sinceMs ?? sinceOf(ledger, rule, this.#startedAtMs);
    const about = {
      site,
      rule,
      since: utcText(this.#sinceMs),
      ...(this.#options.stopsAtMs === undefined ? {} : { stopsAt: utcText(this.#options.stopsAtMs) }),
    };
    this.#notes = await Notes.begin(this.#repository, 'run', about);
    this.#emit({ kind: 'fleet-begin', ...about, startedAt: utcText(this.#startedAtMs), ...this.#named() });
    this.#window = this.#openWindow();
    let retention: FleetSummary['retention'];
    try {
      await this.#work(ledger);
      retention = await this.#retain();
    } catch (thrown) {
      const error = asEngineError(thrown);
      // That it was stopped, or its window ended, is its outcome and no problem.
      if (error.code !== 'cancelled') {
        this.#problem ??= error;
        this.#window.break();
      }
    } finally {
      this.#window.close();
    }
    await this.#finish(retention);
  }

  async #work(ledger: Ledger): Promise<void> {
    await this.#recover();
    const last = ledger.runs.get(this.#rule.name);
    // One that was killed, or stopped before it had heard everybody, may have met devices that it never wrote down.
    const isRerun = last?.since === utcText(this.#sinceMs) && last.surveyed;
    const before = meantBy(this.#site, this.#rule, this.#all.values());
    for (const one of before) if (this.#isPresent(one)) await this.#present(one);
    // A rerun asks for those that are missing alone; the first run of a night looks who else is there.
    const missing = before.filter(({ device }) => !this.#results.has(device)).map(({ device }) => device);
    const ranges = isRerun ? rangesOf(missing) : this.#site.discovery.ranges;
    await this.#survey(ranges, isRerun ? missing : [...this.#all.keys()]);
    this.#surveyed = true;
    const meant = meantBy(this.#site, this.#rule, this.#all.values());
    for (const one of meant)
      if (!this.#results.has(one.device) && this.#isPresent(one)) await this.#present(one);
    const waiting = meant.filter(({ device }) => !this.#results.has(device));
    if (meant.length === 0) throw nobody(this.#rule);
    this.#passes = this.#newPasses();
    this.#emit({
      kind: 'fleet-plan',
      devices: meant.length,
      waiting: waiting.length,
      lanes: lanesOf(waiting),
    });
    await this.#passesOver(waiting, this.#passes);
    this.#problem ??= this.#passes.problem;
  }

  /** First all of them, then, as often as the rule says, those that failed and may succeed later. */
  async #passesOver(waiting: readonly Candidate[], passes: Passes): Promise<void> {
    let due = waiting;
    for (let pass = 0; due.length > 0; pass += 1) {
      const left = await passes.pass(due, pass < this.#rule.retries);
      if (left.length === 0) return;
      const restMs = Math.max(...left.map(({ failedAtMs }) => failedAtMs)) + RETRY_PAUSE_MS - this.#now();
      if (restMs > 0) await this.#window.rest(restMs);
      due = left.map(({ one }) => one);
      // Nobody is tried again: what each came to stays.
      if (!this.#window.isOpen()) return;
      await this.#lookForSilent(due);
    }
  }

  /** Those that were not heard are asked for once more before they are tried again; they may be elsewhere now. */
  async #lookForSilent(due: readonly Candidate[]): Promise<void> {
    const silent = due.map(({ device }) => device);
    await this.#survey(rangesOf(silent, 0), silent);
  }

  /** Why a device cannot even be asked. */
  #unreachable(one: Candidate): EngineError | undefined {
    const { device, duplicates, address } = one;
    if (duplicates.length > 0) {
      const text = `Device instance ${device} answers from ${duplicates.join(' and from ')}: it is not backed up until only one device has this instance.`;
      return new EngineError('device-duplicate', text, { details: { device, addresses: duplicates } });
    }
    if (address !== undefined) return undefined;
    const text = `Device ${device} was not found: it did not answer Who-Is, and was never seen before.`;
    return new EngineError('device-not-found', text, { details: { device } });
  }

  async #survey(ranges: Site['discovery']['ranges'], expected: readonly number[]): Promise<void> {
    if (ranges.length === 0) return;
    const { networks, repeats, pauseMs } = this.#site.discovery;
    const found = await this.#window.during((controller) =>
      survey(this.#options.client, {
        ranges,
        ...(networks === undefined ? {} : { networks }),
        repeats,
        pauseMs,
        expected,
        signal: controller.signal,
      }),
    );
    takeHeard(this.#site, this.#all, found.found, utcText(this.#unixTime()));
    const duplicates = [...found.found].filter(([, places]) => places.length > 1).map(([one]) => one);
    const asked = (one: number): boolean => ranges.some(({ low, high }) => low <= one && one <= high);
    const silent = expected.filter((one) => asked(one) && !found.found.has(one));
    const { questions, durationMs } = found;
    const told = { questions, found: found.found.size, silent, duplicates, durationMs };
    this.#emit({ kind: 'fleet-survey', ...told });
    await this.#notes.write('survey', { ...told, silent: silent.length });
  }

  /** Devices that an earlier process left in a procedure are released first, whatever rule they are of. */
  async #recover(): Promise<void> {
    const { client, signal } = this.#options;
    const { journal } = this.#repository;
    const open = (await journal.entries()).filter(({ site }) => site === this.#site.name);
    for (const entry of open) {
      if ((await journal.workerOf(entry)) === 'running' && entry.note.left !== true) continue;
      try {
        const device = await client.device(entry.target, signal === undefined ? {} : { signal });
        const own = { site: this.#site.name, waitMs: 0, ...(signal === undefined ? {} : { signal }) };
        const { entries } = await recover(device, this.#repository, own);
        this.#emit({ kind: 'fleet-recovered', device: entry.instance, entries });
        await this.#notes.write('recovered', {
          device: entry.instance,
          verdicts: entries.map((e) => e.verdict),
        });
      } catch (thrown) {
        const error = asEngineError(thrown);
        if (error.code === 'cancelled') throw error;
        this.#warn(
          `The ${entry.procedure} of device ${entry.instance} of ${entry.openedAt} stays open: ${error.message}`,
        );
      }
    }
  }

  #isPresent(one: Candidate): boolean {
    return (parseUtcText(one.newest?.createdAt ?? '') ?? 0) > this.#sinceMs && this.#isAsProven(one);
  }

  /** Whether its newest image is proven, where the rule wants that. */
  #isAsProven({ newest }: Candidate): boolean {
    return !this.#rule.verify || newest?.standing.verified !== undefined;
  }

  async #present(one: Candidate): Promise<void> {
    await this.#take(one, { ...this.#turns.described(one), outcome: 'present', tries: 0 }, true);
  }

  #newPasses(): Passes {
    return new Passes({
      turns: this.#turns,
      window: this.#window,
      limits: new Limits(this.#site.lanes, this.#rule.pacing),
      now: () => this.#now(),
      emit: this.#emit,
      isLeftUnchanged: (one) => this.#rule.unchanged === 'skip' && this.#isAsProven(one),
      unreachable: (one) => this.#unreachable(one),
      isMeant: (one) => covers(this.#site, this.#rule, selectable(one)) === 'yes',
      onResult: (one, result, final) => this.#take(one, result, final),
      onDropped: ({ device }) => {
        this.#results.delete(device);
        this.#open.delete(device);
      },
    });
  }

  /** Keeps a result, and writes it down: one line for each device, and one more for each further try. */
  async #take(one: Candidate, result: DeviceResult, final: boolean): Promise<void> {
    this.#results.set(one.device, result);
    if (final) this.#open.delete(one.device);
    else this.#open.add(one.device);
    one.known = knownAfter(one.known, result, final, utcText(this.#unixTime()));
    const { image, change, octets, durationMs, tries, release } = result;
    await this.#notes.write('device', {
      ...one.known,
      ...{ image, change, octets, durationMs, tries, release },
      ...(final ? {} : { again: true }),
    });
  }

  async #retain(): Promise<FleetSummary['retention']> {
    const { retention } = this.#rule;
    if (retention === undefined || this.#window.ending === 'broken' || this.#window.ending === 'cancelled')
      return undefined;
    try {
      const { kept, forgotten } = await this.#repository.forget({
        policy: retention,
        site: this.#site.name,
        instances: new Set(this.#results.keys()),
        ...(this.#options.signal === undefined ? {} : { signal: this.#options.signal }),
      });
      this.#emit({ kind: 'fleet-retention', kept, forgotten });
      return { kept, forgotten };
    } catch (error) {
      // That old images stay is no reason to call the new ones a failure.
      this.#warn(`Retention was not done: ${asEngineError(error).message}`);
      return undefined;
    }
  }

  async #finish(retention: FleetSummary['retention']): Promise<void> {
    const ending = this.#window.ending;
    await this.#settle();
    const devices = [...this.#results.values()].sort((a, b) => a.device - b.device);
    const problem = this.#problem && { code: this.#problem.code, message: this.#problem.message };
    const outcome =
      problem !== undefined && ending !== 'cancelled' ? this.#outcomeWith() : outcomeOf(devices, ending);
    const endedAtMs = this.#unixTime();
    const counts = countsOf(devices);
    for (const one of this.#all.values())
      if (!this.#results.has(one.device)) await this.#notes.write('known', { ...one.known });
    const isWhole = ending !== 'broken';
    const told = { counts, surveyed: this.#surveyed, ...(problem === undefined ? {} : { problem }) };
    await this.#notes.end(outcome, told, isWhole);
    this.#emit({
      kind: 'fleet-summary',
      site: this.#site.name,
      rule: this.#rule.name,
      ...this.#named(),
      outcome,
      exitCode: exitCodeOf(outcome, devices, problem),
      startedAt: utcText(this.#startedAtMs),
      endedAt: utcText(endedAtMs),
      durationMs: endedAtMs - this.#startedAtMs,
      since: utcText(this.#sinceMs),
      ...(this.#options.stopsAtMs === undefined ? {} : { stopsAt: utcText(this.#options.stopsAtMs) }),
      counts,
      octets: devices.reduce((sum, one) => sum + (one.outcome === 'backed-up' ? (one.octets ?? 0) : 0), 0),
      devices,
      ...(retention === undefined ? {} : { retention }),
      ...(problem === undefined ? {} : { problem }),
      warnings: [...this.#warnings, ...this.#notes.faults],
    });
  }

  /** Those whose turn did not come, and those that are not tried again after all, come to an end as well. */
  async #settle(): Promise<void> {
    for (const one of meantBy(this.#site, this.#rule, this.#all.values())) {
      const before = this.#results.get(one.device);
      if (before !== undefined && !this.#open.has(one.device)) continue;
      const result = before ?? { ...this.#turns.described(one), outcome: 'not-begun', tries: 0 };
      await (this.#passes?.settle(one, result) ?? this.#take(one, result, true));
    }
  }

  #outcomeWith(): FleetSummary['outcome'] {
    return this.#problem !== undefined && (endsTheRun(this.#problem) || this.#results.size === 0)
      ? 'broken'
      : outcomeOf([...this.#results.values()], undefined);
  }

  #openWindow(): Window {
    const { client, stopsAtMs, graceMs = GRACE_MS, signal } = this.#options;
    return new Window({
      clock: client.clock,
      stopsAtMs,
      graceMs,
      signal,
      onStop: (underWay) =>
        this.#emit({ kind: 'window-ended', underWay, endsAt: utcText((stopsAtMs ?? 0) + graceMs) }),
    });
  }

  #named(): { readonly run?: string } {
    const { run } = this.#notes;
    return run === undefined ? {} : { run };
  }

  #warn(message: string): void {
    this.#warnings.push(message);
    this.#emit({ kind: 'fleet-warning', message });
  }

  #now(): number {
    return this.#options.client.clock.now();
  }

  #unixTime(): number {
    return this.#options.client.clock.unixTime();
  }
}

function lanesOf(waiting: readonly Candidate[]): { readonly lane: string; readonly devices: number }[] {
  const lanes = new Map<string, number>();
  for (const { address } of waiting) {
    if (address === undefined) continue;
    const lane = laneName(address);
    lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
  }
  return [...lanes].map(([lane, devices]) => ({ lane, devices }));
}

function nobody(rule: Rule): EngineError {
  return new EngineError('device-not-found', `Rule "${rule.name}" means no device that is known or answers.`);
}
