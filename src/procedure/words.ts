// How procedures say a number of things in messages, in one place so that they say it alike.

import type { DifferentRange } from './types.js';

/** "octets 100 to 107 and 2 more": both ends are in it, counted from 0. */
export function rangeWords(ranges: readonly DifferentRange[], unit: 'octets' | 'records'): string {
  const [first] = ranges;
  if (first === undefined) return `no ${unit}`;
  const { start, end } = first;
  const place = end - start === 1 ? `${unit.slice(0, -1)} ${start}` : `${unit} ${start} to ${end - 1}`;
  return ranges.length === 1 ? place : `${place} and ${ranges.length - 1} more`;
}

/** "octet 100 differs", "octets 100 to 107 and 2 more differ". */
export function differWords(ranges: readonly DifferentRange[], unit: 'octets' | 'records'): string {
  const [first] = ranges;
  const single = ranges.length === 1 && first !== undefined && first.end - first.start === 1;
  return `${rangeWords(ranges, unit)} ${single ? 'differs' : 'differ'}`;
}
