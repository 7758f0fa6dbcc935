// Which images of one device are kept: rules of a policy, counted in calendar hours, days, weeks, months and years
// from the newest image back, and what no policy may forget. Pure: times come in, decisions come out.

import { EngineError } from '../errors.js';
import { UNDO_TAG } from './names.js';
import { daysFromCivil, civilFromDays, parseUtcText } from './utc.js';

/** A length of time on the calendar, counted back from the newest image. */
export interface CalendarSpan {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
}

/** What is kept of each device. Each rule counts by itself; an image is kept when at least one keeps it. */
export interface RetentionPolicy {
  /** The newest so many images. */
  readonly last?: number;
  /** The newest image of each hour that has one, for the newest so many such hours; the others likewise. */
  readonly hourly?: number;
  readonly daily?: number;
  /** Weeks begin on Monday. */
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  /** Everything younger than this, counted from the newest image, not from today. */
  readonly within?: CalendarSpan;
  /** Images with one of these tags. */
  readonly tags?: readonly string[];
  /** The calendar of hours and days: an IANA name as "Europe/Zurich"; UTC when absent. */
  readonly timeZone?: string;
}

/** An image as far as retention goes. */
export interface RetentionImage {
  readonly id: string;
  /** UTC text. */
  readonly createdAt: string;
  readonly tags: readonly string[];
  readonly verified: boolean;
  /** False for one that was taken to undo a restore, or imported: it never takes the place of one of the device. */
  readonly own: boolean;
  /** False when content is missing: then it counts for nothing, and only its id forgets it. */
  readonly whole: boolean;
}

export interface RetentionDecision {
  readonly id: string;
  readonly keep: boolean;
  /** Every reason to keep it, in the words of the rules; or why it goes. */
  readonly reasons: readonly string[];
}

/** An image that a restore made of what it was about to overwrite is of use as long as somebody may want back. */
const UNDO_DAYS = 30;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const RULES = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
type Rule = (typeof RULES)[number];

/** The part of the calendar that a rule counts, as a number that is the same for times in the same part. */
const PARTS: Readonly<Record<Rule, (localMs: number, index: number) => number>> = {
  last: (_, index) => index,
  hourly: (localMs) => Math.floor(localMs / HOUR_MS),
  daily: (localMs) => Math.floor(localMs / DAY_MS),
  // 1970-01-01 was a Thursday.
  weekly: (localMs) => Math.floor((Math.floor(localMs / DAY_MS) + 3) / 7),
  monthly: (localMs) => {
    const { year, month } = civilFromDays(Math.floor(localMs / DAY_MS));
    return year * 12 + month;
  },
  yearly: (localMs) => civilFromDays(Math.floor(localMs / DAY_MS)).year,
};

/**
 * Reads "1y6m10d12h": years, months, days and hours, each once and in this order.
 * @throws EngineError `usage` for anything else.
 */
export function parseSpan(text: string): CalendarSpan {
  const parts = /^(?:(\d{1,4})y)?(?:(\d{1,5})m)?(?:(\d{1,6})d)?(?:(\d{1,7})h)?$/.exec(text);
  if (!parts || text === '')
    throw new EngineError('usage', `"${text}" is no length of time: write it as 1y6m10d12h (m are months)`);
  const [years, months, days, hours] = parts.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return { years: years ?? 0, months: months ?? 0, days: days ?? 0, hours: hours ?? 0 };
}

/** @throws EngineError `usage` when the policy keeps nothing or cannot be. */
export function requirePolicy(policy: RetentionPolicy): void {
  for (const rule of RULES) {
    const count = policy[rule];
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1))
      throw new EngineError('usage', `a policy keeps 1 or more ${rule} images, not ${count}`);
  }
  const says = RULES.some((rule) => policy[rule] !== undefined) || policy.within !== undefined;
  if (!says && (policy.tags ?? []).length === 0)
    throw new EngineError('usage', 'a policy needs a rule that says what is kept; nothing was forgotten');
  if (policy.timeZone !== undefined) localTime(policy.timeZone);
}

/**
 * Decides on all images of one device. `images` are newest first, and the decisions come in the same order.
 * @throws EngineError `usage` as `requirePolicy` does.
 */
export function decide(
  images: readonly RetentionImage[],
  policy: RetentionPolicy,
  nowMs: number,
): RetentionDecision[] {
  requirePolicy(policy);
  const reasons = new Map<string, string[]>(images.map(({ id }) => [id, []]));
  const keep = (image: RetentionImage | undefined, reason: string): void => {
    const known = image && reasons.get(image.id);
    if (known?.includes(reason) === false) known.push(reason);
  };
  const whole = images.filter((image) => image.whole);
  const own = whole.filter((image) => image.own);
  byRules(whole, policy, nowMs, keep);
  if (own.length < whole.length) byRules(own, policy, nowMs, keep);
  protect(whole, nowMs, keep);
  keep(own[0], 'last image of the device');
  for (const image of images) if (!image.whole) keep(image, 'content is missing: does not count');
  return images.map(({ id }) => {
    const why = reasons.get(id) ?? [];
    return why.length > 0
      ? { id, keep: true, reasons: why }
      : { id, keep: false, reasons: ['no rule keeps it'] };
  });
}

type Keep = (image: RetentionImage | undefined, reason: string) => void;

function byRules(
  images: readonly RetentionImage[],
  policy: RetentionPolicy,
  nowMs: number,
  keep: Keep,
): void {
  const local = localTime(policy.timeZone);
  const times = images.map(({ createdAt }) => local(parseUtcText(createdAt) ?? 0));
  for (const rule of RULES) {
    let left = policy[rule] ?? 0;
    let part: number | undefined;
    for (const [index, image] of images.entries()) {
      if (left === 0) break;
      const own = PARTS[rule](times[index] ?? 0, index);
      const isOldest = index === images.length - 1;
      // As long as there is room, the oldest image stays as well: the history is then as long as it can be.
      if (own === part && !isOldest) continue;
      keep(image, own === part ? `oldest ${rule}` : rule);
      part = own;
      left -= 1;
    }
  }
  const { within, tags = [] } = policy;
  const limit = within === undefined ? Infinity : before(local(newestMs(images, nowMs)), within);
  for (const [index, image] of images.entries()) {
    if ((times[index] ?? 0) > limit) keep(image, 'within');
    for (const tag of tags) if (image.tags.includes(tag)) keep(image, `tag ${tag}`);
  }
}

/** What no policy forgets. */
function protect(images: readonly RetentionImage[], nowMs: number, keep: Keep): void {
  const [newest] = images;
  keep(newest, 'last image of the device');
  // A clock that was once wrong must not make every image after it an old one.
  const last = images.find((image) => timeOf(image) <= nowMs + DAY_MS);
  if (last !== newest) keep(last, 'last image that is not of the future');
  keep(
    images.find(({ verified }) => verified),
    'last verified image',
  );
  for (const image of images) {
    for (const tag of image.tags) {
      if (tag !== UNDO_TAG) keep(image, `tagged ${tag}`);
      else if (nowMs - timeOf(image) < UNDO_DAYS * DAY_MS)
        keep(image, `undo, younger than ${UNDO_DAYS} days`);
    }
  }
}

function timeOf({ createdAt }: RetentionImage): number {
  return parseUtcText(createdAt) ?? 0;
}

/** The newest time that is not of the future; of the newest image when all are. */
function newestMs(images: readonly RetentionImage[], nowMs: number): number {
  const times = images.map(timeOf);
  return times.find((time) => time <= nowMs) ?? times[0] ?? 0;
}

/** A span before a local time. A day that the month does not have is as many days after the month's last. */
function before(localMs: number, { years, months, days, hours }: CalendarSpan): number {
  const day = Math.floor(localMs / DAY_MS);
  const date = civilFromDays(day);
  const month = date.year * 12 + (date.month - 1) - years * 12 - months;
  const first = daysFromCivil(Math.floor(month / 12), (((month % 12) + 12) % 12) + 1, 1);
  return (first + date.day - 1 - days) * DAY_MS + (localMs - day * DAY_MS) - hours * HOUR_MS;
}

/**
 * Clock time in a time zone, as ms that count as UTC ones do.
 * @throws EngineError `usage` for a zone that nobody knows.
 */
export function localTime(timeZone: string | undefined): (ms: number) => number {
  if (timeZone === undefined) return (ms) => ms;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    throw new EngineError('usage', `"${timeZone}" is no time zone: give a name as Europe/Zurich, or UTC`, {
      cause: error,
    });
  }
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const days = daysFromCivil(part('year'), part('month'), part('day'));
    return days * DAY_MS + part('hour') * HOUR_MS + part('minute') * 60_000 + part('second') * 1000;
  };
}
