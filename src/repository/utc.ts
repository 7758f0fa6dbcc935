// Unix time to UTC text and back, by arithmetic on the calendar alone (FORMAT.md section 2 and 5).
// Never asks for the time and never knows a time zone: `now` comes in as a number.

const DAY_MS = 86_400_000;
/** Days in 400 years of the Gregorian calendar, after which it repeats. */
const ERA_DAYS = 146_097;
/** Days from 0000-03-01, the first day of an era, to 1970-01-01. */
const EPOCH_DAYS = 719_468;
/** 9999-12-31T23:59:59.999Z; later years have no four-digit form. */
const LAST_MS = 253_402_300_799_999;

const UTC = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

const digits = (value: number, count: number): string => value.toString().padStart(count, '0');

/** Year, month and day of a day counted from 1970-01-01. Years begin in March here, so that a leap day is a year's last. */
export function civilFromDays(days: number): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  const shifted = days + EPOCH_DAYS;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** Days from 1970-01-01 to a date of the Gregorian calendar. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH_DAYS;
}

/**
 * A time as manifests hold it, "2026-03-01T02:15:00.042Z".
 * @param unixTimeMs milliseconds since 1970-01-01T00:00:00Z, up to the year 9999; fractions are cut off.
 * @throws RangeError outside of that.
 */
export function utcText(unixTimeMs: number): string {
  const ms = Math.floor(unixTimeMs);
  if (!(ms >= 0 && ms <= LAST_MS)) throw new RangeError(`${unixTimeMs} is not a time between 1970 and 9999`);
  const days = Math.floor(ms / DAY_MS);
  const { year, month, day } = civilFromDays(days);
  const inDay = ms - days * DAY_MS;
  const hour = Math.floor(inDay / 3_600_000);
  const minute = Math.floor(inDay / 60_000) % 60;
  const second = Math.floor(inDay / 1000) % 60;
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  return `${date}T${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}.${digits(inDay % 1000, 3)}Z`;
}

/** Milliseconds since 1970 of a text like `utcText` gives, with 0 to 9 digits of fraction; undefined for anything else. */
export function parseUtcText(text: string): number | undefined {
  const parts = UTC.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const days = daysFromCivil(year, month, day);
  const real = month >= 1 && month <= 12 && day >= 1 && civilFromDays(days).day === day;
  if (!real || hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  return days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction;
}

/** The form of a time in file names, "2026-03-01T021500Z": no fraction, and no colon, which Windows does not allow. */
export function utcInName(text: string): string {
  return text.replace(/\.\d+Z$/, 'Z').replaceAll(':', '');
}
