// What is due: how each rule stands, from what was written down, and what is to be done now. Pure. Rests on facts on
// disk alone, so that a process that is killed at any moment is followed by one that decides the same.

import { parseUtcText, utcText } from '../../repository/index.js';
import type { Rule } from '../site/types.js';
import { nextRun, windowAt } from './times.js';

/** How one rule stands. Times are ms since 1970. */
export interface RuleStanding {
  /** Its cron line and time zone; with another one it is a new rule. */
  readonly schedule: string;
  /** Since when its times count: those before are nobody's. */
  readonly knownSince: number;
  /** The newest time at which it was begun. */
  readonly lastDue?: number;
  /** It was begun, and not ended; and how often it was begun for this time, without an end. */
  readonly open?: { readonly due: number; readonly begun: number };
}

export type Standings = ReadonlyMap<string, RuleStanding>;

/** What to do now. */
export type Step =
  | {
      readonly kind: 'run';
      readonly rule: Rule;
      readonly due: number;
      readonly begun: number;
      readonly stopsAt?: number;
    }
  /** It was begun and killed too often. */
  | { readonly kind: 'give-up'; readonly rule: Rule; readonly due: number; readonly begun: number }
  /** Nothing until then, ms since 1970; `rule` is the next. Without: nothing is ever due. */
  | { readonly kind: 'wait'; readonly until?: number; readonly rule?: string };

/** A run that was begun so often and never ended is not begun again: it may be what kills us. */
export const BEGUN_LIMIT = 5;

const HOUR_MS = 3_600_000;
/** A time that is further in the future than any clock may be off was written by a wrong clock. */
const FUTURE_MS = 26 * HOUR_MS;

/** The events of a serve log, besides `begin` and `end`. */
export const RULE_BEGIN = 'rule-begin';
export const RULE_END = 'rule-end';
/** How a run ends that is gone on with: somebody stopped it. */
export const STOPPED = 'stopped';
/** How a run ends that is tried again: the repository or our own network was at fault. */
export const BROKEN = 'broken';
/** How a run ends that was begun too often. */
export const GIVEN_UP = 'given-up';

export function scheduleOf({ cron, timeZone }: Rule): string {
  return cron === undefined ? '' : `${cron} ${timeZone}`;
}

/** A line of a serve log, as far as it says how rules stand. */
export type StandingLine = { readonly event: string } & Readonly<Record<string, unknown>>;

/** How rules stand after the lines of one serve log, which begins with how they stood before. */
export function standingsIn(lines: readonly StandingLine[]): Standings {
  return lines.reduce<Standings>(after, new Map());
}

/** How rules stand after one more line. */
export function after(standings: Standings, line: StandingLine): Standings {
  if (line.event === 'begin') return new Map([...standings, ...told(line)]);
  const rule = typeof line['rule'] === 'string' ? line['rule'] : '';
  const before = standings.get(rule);
  const due = time(line['due']);
  if (!before || due === undefined) return standings;
  if (line.event === RULE_BEGIN) {
    const begun = before.open?.due === due ? before.open.begun + 1 : 1;
    return new Map([...standings, [rule, { ...before, lastDue: due, open: { due, begun } }]]);
  }
  return line.event === RULE_END
    ? new Map([...standings, [rule, ended(before, due, line['outcome'])]])
    : standings;
}

function ended(before: RuleStanding, due: number, outcome: unknown): RuleStanding {
  const { open, ...rest } = before;
  if (outcome === BROKEN) return before;
  // To be stopped is nothing that a run can be blamed for.
  return outcome === STOPPED ? { ...rest, open: { due, begun: Math.max(0, (open?.begun ?? 1) - 1) } } : rest;
}

/** How the rules of a site stand now: those that are new, or have another schedule, count from `now`. */
export function standingsOf(rules: readonly Rule[], before: Standings, now: number): Standings {
  return new Map(
    rules
      .filter(({ cron }) => cron !== undefined)
      .map((rule) => {
        const schedule = scheduleOf(rule);
        const known = before.get(rule.name);
        if (known?.schedule === schedule) return [rule.name, known];
        return [rule.name, { ...known, schedule, knownSince: now }];
      }),
  );
}

/** Standings as the first line of a serve log has them, for `standingsIn`. */
export function tellStandings(standings: Standings): Readonly<Record<string, unknown>>[] {
  return [...standings].map(([rule, { schedule, knownSince, lastDue, open }]) => ({
    rule,
    schedule,
    knownSince: utcText(knownSince),
    ...(lastDue === undefined ? {} : { lastDue: utcText(lastDue) }),
    ...(open === undefined ? {} : { open: { due: utcText(open.due), begun: open.begun } }),
  }));
}

/** What to do at `now`: the run that is due for longest, or how long to wait. */
export function decide(rules: readonly Rule[], standings: Standings, now: number): Step {
  let first: Exclude<Step, { kind: 'wait' }> | undefined;
  let next: { until: number; rule: string } | undefined;
  for (const rule of rules) {
    const standing = standings.get(rule.name);
    if (!standing) continue;
    const step = stepOf(rule, standing, now);
    if (typeof step === 'number') {
      if (next === undefined || step < next.until) next = { until: step, rule: rule.name };
    } else if (step && (first === undefined || step.due < first.due)) first = step;
  }
  return first ?? { kind: 'wait', ...next };
}

/** What one rule wants: to run, or to be looked at again then. */
function stepOf(
  rule: Rule,
  standing: RuleStanding,
  now: number,
): Exclude<Step, { kind: 'wait' }> | number | undefined {
  const base = Math.max(standing.knownSince, standing.lastDue ?? 0);
  // Written while the clock was wrong: the rule would be silent until then.
  const from = base > now + FUTURE_MS ? now : base;
  const open =
    standing.open !== undefined && standing.open.due <= now + FUTURE_MS ? standing.open : undefined;
  const due = newestDue(rule, from, now) ?? open?.due;
  if (due === undefined) return nextRun(rule, Math.max(from, now));
  const window = windowAt(rule, now);
  if (!window.isOpen) return window.opensAt;
  const begun = open?.due === due ? open.begun : 0;
  if (begun >= BEGUN_LIMIT) return { kind: 'give-up', rule, due, begun };
  return {
    kind: 'run',
    rule,
    due,
    begun,
    ...(window.stopsAt === undefined ? {} : { stopsAt: window.stopsAt }),
  };
}

/** The newest time of a rule in (fromMs, now]; all that were missed before it are one with it. */
function newestDue(rule: Rule, fromMs: number, now: number): number | undefined {
  for (let span = HOUR_MS; ; span *= 4) {
    const start = Math.max(fromMs, now - span);
    let newest: number | undefined;
    for (let at = nextRun(rule, start); at !== undefined && at <= now; at = nextRun(rule, at)) newest = at;
    if (newest !== undefined || start <= fromMs) return newest;
  }
}

function* told(line: StandingLine): Iterable<[string, RuleStanding]> {
  const rules = Array.isArray(line['rules'])
    ? (line['rules'] as readonly Readonly<Record<string, unknown>>[])
    : [];
  for (const { rule, schedule, knownSince, lastDue, open } of rules) {
    const since = time(knownSince);
    if (typeof rule !== 'string' || typeof schedule !== 'string' || since === undefined) continue;
    const last = time(lastDue);
    const { due, begun } = (open ?? {}) as Readonly<Record<string, unknown>>;
    const openDue = time(due);
    yield [
      rule,
      {
        schedule,
        knownSince: since,
        ...(last === undefined ? {} : { lastDue: last }),
        ...(openDue === undefined || typeof begun !== 'number' ? {} : { open: { due: openDue, begun } }),
      },
    ];
  }
}

function time(value: unknown): number | undefined {
  return typeof value === 'string' ? parseUtcText(value) : undefined;
}
