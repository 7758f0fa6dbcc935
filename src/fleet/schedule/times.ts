// When a rule runs: cron lines, time zones and windows, as instants. Pure: `now` comes in. Times are milliseconds of the
// calendar (Clock.unixTime). In a night that the clock changes, no rule is left out and none runs twice:
// - a time that the clock skips is the first one after the gap;
// - a time that comes twice is the first of the two.

import { Cron } from 'croner';
import { localTime, utcText } from '../../repository/index.js';
import type { Rule } from '../site/types.js';

const HOUR_MS = 3_600_000;

/** As much of a rule as says when. */
export type TimedRule = Pick<Rule, 'timeZone' | 'cron' | 'window'>;

/** The first time after `afterMs` at which a rule runs; undefined when it has no cron line or never comes again. */
export function nextRun({ cron, timeZone }: TimedRule, afterMs: number): number | undefined {
  return cron === undefined ? undefined : nextOf(cron, timeZone, afterMs);
}

/** The part of the day that is allowed, seen from `now`: open until, or closed until, ms. No window: open for ever. */
export function windowAt(
  { timeZone, window }: TimedRule,
  now: number,
):
  | { readonly isOpen: true; readonly stopsAt?: number }
  | { readonly isOpen: false; readonly opensAt: number } {
  if (!window) return { isOpen: true };
  const starts = nextOf(daily(window.startMinute), timeZone, now);
  const stops = nextOf(daily(window.stopMinute), timeZone, now);
  if (starts === undefined || stops === undefined) return { isOpen: true };
  // Whatever the clock on the wall shows, in an hour that comes twice too: it is open when it stops before it starts.
  return stops < starts ? { isOpen: true, stopsAt: stops } : { isOpen: false, opensAt: starts };
}

function daily(minute: number): string {
  return `${minute % 60} ${Math.floor(minute / 60)} * * *`;
}

function nextOf(cron: string, timeZone: string, afterMs: number): number | undefined {
  const times = new Cron(cron, {
    paused: true,
    mode: '5-part',
    timezone: timeZone,
    // Lists and ranges of hours too: all of them mean times of the day.
    fixedTimeRule: 'no-wildcard',
  });
  let next = times.nextRun(utcText(afterMs));
  // croner lets "every 20 minutes" go on through an hour that comes twice.
  while (next !== null && isSecondTime(timeZone, next.getTime())) next = times.nextRun(next);
  return next?.getTime();
}

/** "2026-03-29 03:00": the time that a clock in the time zone shows. */
export function timeThere(timeZone: string, ms: number): string {
  return utcText(localTime(timeZone)(ms)).slice(0, 16).replace('T', ' ');
}

/** Whether the clock of a time zone showed the same time before, because it was set back in between. */
function isSecondTime(timeZone: string, ms: number): boolean {
  const local = localTime(timeZone);
  const offset = (at: number): number => local(at) - at;
  // No clock was ever set back by more than three hours at once, but for the date line.
  const setBack = offset(ms - 3 * HOUR_MS) - offset(ms);
  return setBack > 0 && offset(ms - setBack) - offset(ms) === setBack;
}
