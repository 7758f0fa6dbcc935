// Property values in short: what the property tables are written with, and what WriteProperty checks a
// written value with. Calendars are computed, for the device has no clock but its input.

import type { BacnetValue, ObjectId } from '../../../protocol/index.js';
import { refused } from '../refused.js';

export const unsigned = (value: number): BacnetValue => ({ type: 'unsigned', value });
export const enumerated = (value: number): BacnetValue => ({ type: 'enumerated', value });
export const boolean = (value: boolean): BacnetValue => ({ type: 'boolean', value });
export const text = (value: string): BacnetValue => ({ type: 'character-string', text: value });
export const objectIdentifier = (object: ObjectId): BacnetValue => ({ type: 'object-identifier', object });

/** A bit string of `length` bits in which those of the given numbers are set. */
export function bitString(length: number, set: Iterable<number>): BacnetValue {
  const bits = new Array<boolean>(length).fill(false);
  for (const bit of set) bits[bit] = true;
  return { type: 'bit-string', bits };
}

type ValueOf<K extends BacnetValue['type']> = Extract<BacnetValue, { readonly type: K }>;

/** The one written value of that type; refuses anything else with PROPERTY: INVALID_DATA_TYPE. */
export function only<K extends BacnetValue['type']>(values: readonly BacnetValue[], type: K): ValueOf<K> {
  const [value] = values;
  if (values.length !== 1 || value?.type !== type) throw refused.property('invalidDataType');
  return value as ValueOf<K>;
}

const DAY_MS = 86_400_000;
const ANY = 255;

/** BACnetDateTime as its two values; undefined gives the unspecified one. */
export function dateAndTime(unixTime: number | undefined): readonly [BacnetValue, BacnetValue] {
  if (unixTime === undefined) {
    return [
      { type: 'date', year: ANY, month: ANY, day: ANY, weekday: ANY },
      { type: 'time', hour: ANY, minute: ANY, second: ANY, hundredths: ANY },
    ];
  }
  const days = Math.floor(unixTime / DAY_MS);
  const ms = unixTime - days * DAY_MS;
  return [
    { type: 'date', ...calendarDate(days) },
    {
      type: 'time',
      hour: Math.floor(ms / 3_600_000),
      minute: Math.floor(ms / 60_000) % 60,
      second: Math.floor(ms / 1000) % 60,
      hundredths: Math.floor(ms / 10) % 100,
    },
  ];
}

/** Day, month, year and weekday (1 = Monday) of a day counted from 1970-01-01, a Thursday. */
function calendarDate(days: number): { year: number; month: number; day: number; weekday: number } {
  // Counted in years that begin in March, so that the leap day is the last day of the year.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return {
    year,
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
    weekday: ((days + 3) % 7) + 1,
  };
}
