// BACnet values as text: what a person reads, and different for every two values that differ, so that texts
// can be compared in their place.

import {
  type BacnetValue,
  type DateOctets,
  enumName,
  hexFromOctets,
  type ObjectId,
  ObjectType,
  type TimeOctets,
} from '../../../protocol/index.js';

/** "21.5", "\"AHU 3\"", "enumerated 3", "analog-input,7", "[2] {2026-03-29 weekday 7, 02:30:00.00}". */
export function valueText(value: BacnetValue): string {
  switch (value.type) {
    case 'null':
      return 'null';
    case 'boolean':
    case 'unsigned':
      return String(value.value);
    case 'integer':
    case 'enumerated':
      return `${value.type} ${value.value}`;
    case 'real':
      return realText(value.value);
    case 'double':
      return `double ${decimal(String(value.value), value.value)}`;
    case 'octet-string':
      return `X'${hexFromOctets(value.octets)}'`;
    case 'character-string':
      return (
        JSON.stringify(value.text) + (value.charset === undefined ? '' : ` (character set ${value.charset})`)
      );
    case 'foreign-string':
      return `X'${hexFromOctets(value.octets)}' (character set ${value.charset})`;
    case 'bit-string':
      return `B'${value.bits.map((bit) => (bit ? '1' : '0')).join('')}'`;
    case 'date':
      return dateText(value);
    case 'time':
      return timeText(value);
    case 'object-identifier':
      return objectText(value.object);
    case 'opaque':
      return `tag ${value.tag} X'${hexFromOctets(value.octets)}'`;
    case 'context':
      return `[${value.tag}] X'${hexFromOctets(value.octets)}'`;
    case 'constructed':
      return `[${value.tag}] {${value.values.map(valueText).join(', ')}}`;
  }
}

/** "analog-value,3". */
export function objectText({ type, instance }: ObjectId): string {
  return `${enumName(ObjectType, type)},${instance}`;
}

/** The shortest decimal that is this REAL and no other. */
function realText(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return decimal(String(short), value);
  }
  return decimal(String(Number(value.toPrecision(9))), value);
}

/** With a point, so that it is no whole number's text; the sign of -0 stays. */
function decimal(text: string, value: number): string {
  const signed = Object.is(value, -0) ? `-${text}` : text;
  return /^-?\d+$/.test(signed) ? `${signed}.0` : signed;
}

const field = (value: number, digits: number): string =>
  value === 255 ? '*' : String(value).padStart(digits, '0');

function dateText({ year, month, day, weekday }: DateOctets): string {
  const date = `${year === 255 ? '*' : year}-${field(month, 2)}-${field(day, 2)}`;
  return `${date} weekday ${field(weekday, 1)}`;
}

function timeText({ hour, minute, second, hundredths }: TimeOctets): string {
  return `${field(hour, 2)}:${field(minute, 2)}:${field(second, 2)}.${field(hundredths, 2)}`;
}
