// Property values of real devices as plain values: numbers, words, dates. Whatever is not of the
// expected shape is "not told" (undefined), never a guess: stacks answer Null where a number belongs.

import type { BacnetValue } from '../../protocol/index.js';

/** The first value as a number of 0 or more: Unsigned or Enumerated, and INTEGER where a stack mixes them up. */
export function numberOf(values: readonly BacnetValue[] | undefined): number | undefined {
  const value = values?.[0];
  if (value?.type !== 'unsigned' && value?.type !== 'integer' && value?.type !== 'enumerated')
    return undefined;
  return value.value >= 0 ? value.value : undefined;
}

/** The first value as text. */
export function textOf(values: readonly BacnetValue[] | undefined): string | undefined {
  const value = values?.[0];
  return value?.type === 'character-string' ? value.text : undefined;
}

/** The first value as true or false. */
export function booleanOf(values: readonly BacnetValue[] | undefined): boolean | undefined {
  const value = values?.[0];
  return value?.type === 'boolean' ? value.value : undefined;
}

/** BACnetDateTime as "2026-03-29 02:30:00.00"; unspecified fields are "*", all of them "unspecified". */
export function dateTimeOf(values: readonly BacnetValue[] | undefined): string | undefined {
  const [date, time] = values ?? [];
  if (date?.type !== 'date' || time?.type !== 'time') return undefined;
  const text = `${dateText(date)} ${timeText(time)}`;
  return /\d/.test(text) ? text : 'unspecified';
}

/** BACnetTimeStamp: a date and time, a time, or "sequence N" of a device without a clock. */
export function timeStampOf(values: readonly BacnetValue[] | undefined): string | undefined {
  const value = values?.[0];
  if (value?.type === 'constructed' && value.tag === 2) return dateTimeOf(value.values);
  if (value?.type === 'context' && value.tag === 0 && value.octets.length === 4) {
    const [hour = 255, minute = 255, second = 255, hundredths = 255] = value.octets;
    return timeText({ hour, minute, second, hundredths });
  }
  if (value?.type === 'context' && value.tag === 1 && value.octets.length <= 4) {
    return `sequence ${value.octets.reduce((sum, octet) => sum * 256 + octet, 0)}`;
  }
  return undefined;
}

interface DateFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

interface TimeFields {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly hundredths: number;
}

function field(value: number, digits: number): string {
  return value === 255 ? '*' : String(value).padStart(digits, '0');
}

function dateText({ year, month, day }: DateFields): string {
  return `${year === 255 ? '*' : String(year)}-${field(month, 2)}-${field(day, 2)}`;
}

function timeText({ hour, minute, second, hundredths }: TimeFields): string {
  return `${field(hour, 2)}:${field(minute, 2)}:${field(second, 2)}.${field(hundredths, 2)}`;
}
