// The small texts of a site file (lengths of time, ranges, times of day, cron lines, zones, addresses) as values.
// Pure. Each reader gives the value, or a fault that says what is wrong and what would be right; none throws.

import { Cron } from 'croner';
import { formatPlace, HIGHEST_INSTANCE, parseHost, parseTarget } from '../../client/index.js';
import { isEngineError } from '../../errors.js';
import { type CalendarSpan, parseSpan, siteFault, tagFault } from '../../repository/index.js';
import { nearest } from './nearest.js';
import type { InstanceRange } from './types.js';

/** What is wrong with a text, and what would be right; both are halves of sentences. */
export interface Fault {
  readonly what: string;
  readonly instead: string;
}

export type Reading<T> = { readonly value: T } | { readonly fault: Fault };

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const NETWORK_MAX = 65_534;
const MINUTES_A_DAY = 1440;

/** "8d", "12h", "30m", "45s" or "500ms". */
export function readDuration(text: string): Reading<number> {
  const [, count, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined)
    return { value: Number(count) * UNITS[unit as keyof typeof UNITS] };
  const bare = /^\d+(\.\d+)?$/.test(text);
  return {
    fault: {
      what: bare ? `"${text}" has no unit` : `"${text}" is no length of time`,
      instead: 'a whole number with ms, s, m, h or d, as 30m or 8d',
    },
  };
}

/** "1201" or "1000-1999", of device instances or network numbers. */
export function readRange(given: number | string, what: 'instances' | 'networks'): Reading<InstanceRange> {
  const most = what === 'instances' ? HIGHEST_INSTANCE : NETWORK_MAX;
  const instead =
    what === 'instances'
      ? `a number or a range, as 1201 or 1000-1999`
      : 'a number or a range, as 2001 or 2001-2020';
  const text = String(given).trim();
  const [, lowText, highText = lowText] = /^(\d{1,8})(?:\s*-\s*(\d{1,8}))?$/.exec(text) ?? [];
  if (lowText === undefined) return { fault: { what: `"${text}" is no range`, instead } };
  const [low, high] = [Number(lowText), Number(highText)];
  if (high > most) return { fault: { what: `${high} is more than ${most}, the highest there is`, instead } };
  if (low > high) return { fault: { what: `"${text}" ends before it begins`, instead: `${high}-${low}` } };
  return { value: { low, high } };
}

/** "22:00" as minutes after midnight. */
export function readTimeOfDay(text: string): Reading<number> {
  const [, hour, minute] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? [];
  const value = Number(hour) * 60 + Number(minute);
  if (hour !== undefined && Number(minute) < 60 && value < MINUTES_A_DAY) return { value };
  return {
    fault: {
      what: `"${text}" is no time of day`,
      instead: 'hours and minutes from 00:00 to 23:59, as "22:00"',
    },
  };
}

const CRON_HELP =
  'five fields: minute, hour, day of month, month, day of week, as "0 22 * * *" for 22:00 every day';
/** A day that no time zone changes, to look at a cron line from; two leap years come after it. */
const SOME_DAY = '2024-01-01T00:00:00Z';

/** A cron line as it is written, when it can be read and comes about. */
export function readCron(text: string): Reading<string> {
  if (text.trim().split(/\s+/).length !== 5)
    return { fault: { what: `"${text}" has not five fields`, instead: CRON_HELP } };
  try {
    const cron = new Cron(text, { paused: true, mode: '5-part', timezone: 'UTC' });
    if (cron.nextRun(SOME_DAY) !== null) return { value: text.trim() };
    return { fault: { what: `"${text}" never comes about`, instead: 'a day that its month has' } };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^[A-Za-z]+: /, '').replace(/\.$/, '') : '';
    return { fault: { what: `"${text}" is no cron line (${why})`, instead: CRON_HELP } };
  }
}

/** Minutes after midnight at which a readable cron line begins: they are the same on each of its days. */
export function minutesOfCron(text: string): ReadonlySet<number> {
  const cron = new Cron(text, { paused: true, mode: '5-part', timezone: 'UTC' });
  const minutes = new Set<number>();
  const first = cron.nextRun(SOME_DAY);
  for (let at = first; at !== null && first !== null && dayOf(at) === dayOf(first); at = cron.nextRun(at))
    minutes.add(Math.floor(at.getTime() / 60_000) % MINUTES_A_DAY);
  return minutes;
}

function dayOf(time: Date): number {
  return Math.floor(time.getTime() / UNITS.d);
}

/** An IANA time zone that this computer knows. */
export function readTimeZone(text: string): Reading<string> {
  if (/^[A-Za-z]/.test(text)) {
    try {
      new Intl.DateTimeFormat('en-US', { timeZone: text });
      return { value: text };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  const meant = nearest(text, Intl.supportedValuesOf('timeZone'));
  return {
    fault: {
      what: `"${text}" is no time zone that is known here`,
      instead: meant ?? 'an IANA name, as Europe/Berlin, or UTC',
    },
  };
}

/** "HOST[:PORT]". */
export function readHostText(text: string, name: string, anyPort = false): Reading<string> {
  return caught(
    text,
    () => (parseHost(text, name, { anyPort }), text.trim()),
    'an IPv4 address, as 192.168.1.10 or 192.168.1.10:47808',
  );
}

/** What stands after the "@" of a target, in its one form. */
export function readAddress(text: string): Reading<string> {
  const read = (): string => {
    const { address } = parseTarget(`1@${text}`);
    return address === undefined ? text : formatPlace(address);
  };
  return caught(text, read, '192.168.1.20, or 2001:17@192.168.1.1 (network, MAC and router)');
}

/** "1y6m10d12h", as the command line's --keep-within. */
export function readSpan(text: string): Reading<CalendarSpan> {
  return caught(text, () => parseSpan(text), 'years, months, days and hours in this order, as 1y6m or 30d');
}

export function readTag(text: string): Reading<string> {
  const fault = tagFault(text);
  if (fault === undefined) return { value: text };
  return { fault: { what: fault, instead: 'a word of lower-case letters, digits and "-", as as-built' } };
}

export function readSiteName(text: string): Reading<string> {
  const fault = siteFault(text);
  if (fault === undefined) return { value: text };
  return { fault: { what: fault, instead: 'a name as Hospital North' } };
}

/** A URL of one of these schemes, without user and password in it. */
export function readUrl(text: string, schemes: readonly string[]): Reading<string> {
  const instead = schemes.map((scheme) => `${scheme}://HOST[:PORT]`).join(' or ');
  if (!URL.canParse(text)) return { fault: { what: `"${text}" is no URL`, instead } };
  const { protocol, hostname, username, password } = new URL(text);
  if (!schemes.includes(protocol.slice(0, -1)) || hostname === '')
    return { fault: { what: `"${text}" is not of a kind that belongs here`, instead } };
  if (username !== '' || password !== '')
    return {
      fault: {
        what: 'the URL has a user or a password in it',
        instead: `${instead}, and user and password as keys of their own`,
      },
    };
  return { value: text };
}

function caught<T>(text: string, read: () => T, instead: string): Reading<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (!isEngineError(error, 'usage')) throw error;
    const [first = error.message] = error.message.split(/(?<=[^.\d])\. /);
    return {
      fault: {
        what: first.replace(/^"1@[^"]*" is not a target: /, `"${text}": `).replace(/\.$/, ''),
        instead,
      },
    };
  }
}
