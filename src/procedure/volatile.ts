// Octets that change by themselves: clocks, counters, logs. Two readings of a device, one right after the
// other, teach where they are; a third that differs there says nothing against an image. Pure. A file that
// differs nearly everywhere, or in size, taught nothing: it is unreliable, and never called volatile.

import type { ImageFile, UnitRange } from '../repository/index.js';
import { NEAR_OCTETS } from '../transfer/index.js';
import type { DifferentRange, FileComparison } from './types.js';
import { differWords } from './words.js';

/**
 * Octets on either side of a change that count as changing, too: the lowest octet of a counter or a time is
 * seen to change, the ones beside it do so later. Eight are a 64-bit number, or a BACnet date and time.
 */
export const VOLATILE_MARGIN_OCTETS = 8;

/** What a second reading says of a file. */
export type SecondLook =
  | { readonly kind: 'equal' }
  | { readonly kind: 'volatile'; readonly ranges: readonly UnitRange[] }
  | { readonly kind: 'unreliable'; readonly words: string };

/** What the second reading of a file, compared with the first, teaches. */
export function secondLook(comparison: FileComparison): SecondLook {
  const { file, equal, unit, ranges, imageSize, deviceSize, problem } = comparison;
  if (problem !== undefined) return { kind: 'unreliable', words: `file ${file}: ${problem}` };
  if (equal) return { kind: 'equal' };
  if (imageSize !== deviceSize) {
    const words = `file ${file}: it had ${imageSize} ${unit} in the first reading, ${deviceSize} in the second`;
    return { kind: 'unreliable', words };
  }
  const changed = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  if (changed * 2 > imageSize) {
    const words = `file ${file}: ${changed} of ${imageSize} ${unit} differ between the two readings`;
    return { kind: 'unreliable', words };
  }
  return { kind: 'volatile', ranges: widened(ranges, unit, imageSize) };
}

/** In order and apart; ranges that a comparison could report as one are one. */
function widened(ranges: readonly DifferentRange[], unit: FileComparison['unit'], size: number): UnitRange[] {
  const [margin, near] = unit === 'octets' ? [VOLATILE_MARGIN_OCTETS, NEAR_OCTETS] : [0, 1];
  const joined: { start: number; end: number }[] = [];
  for (const range of ranges) {
    const start = Math.max(0, range.start - margin);
    const end = Math.min(size, range.end + margin);
    const last = joined.at(-1);
    if (last !== undefined && start - last.end < near) last.end = end;
    else joined.push({ start, end });
  }
  return joined;
}

/**
 * What is known to change by itself in a file of an image: what the image itself knows, and what `other`, of the
 * same device, knows of a file of the same size. Content of another size is laid out in another way, and its
 * places mean nothing.
 */
export function knownVolatile(row: ImageFile, other: ImageFile | undefined): readonly UnitRange[] {
  const own = row.volatileRanges ?? [];
  if (other?.volatileRanges === undefined || sizeOf(other) === undefined) return own;
  const alike = other.accessMethod === row.accessMethod && sizeOf(other) === sizeOf(row);
  return alike ? [...own, ...other.volatileRanges] : own;
}

function sizeOf(row: ImageFile): number | undefined {
  return row.accessMethod === 'stream' ? row.octets : row.recordCount;
}

/** Those of the ranges that differ that lie in places known to be volatile. */
export function volatileOf(file: FileComparison, known: readonly UnitRange[]): readonly DifferentRange[] {
  return file.ranges.filter(({ start, end }) =>
    known.some((place) => place.start <= start && end <= place.end),
  );
}

/** Whether a device's file is the image's, outside places that are known to change by themselves. */
export function isEqualOutside(file: FileComparison, known: readonly UnitRange[]): boolean {
  if (file.equal) return true;
  if (file.problem !== undefined || file.imageSize !== file.deviceSize) return false;
  return file.ranges.length > 0 && volatileOf(file, known).length === file.ranges.length;
}

/** What differs in a file, in words; with what of it is known to be volatile. */
export function differenceWords(file: FileComparison, known: readonly UnitRange[]): string {
  const parts: string[] = [];
  if (file.problem !== undefined) parts.push(file.problem);
  if (file.imageSize !== file.deviceSize)
    parts.push(`it has ${file.deviceSize} ${file.unit} instead of ${file.imageSize}`);
  const excused = volatileOf(file, known);
  const rest = file.ranges.filter((range) => !excused.includes(range));
  if (rest.length > 0) parts.push(differWords(rest, file.unit));
  if (excused.length > 0) parts.push(`${differWords(excused, file.unit)}, known to be volatile`);
  return `file ${file.file}: ${parts.join('; ')}`;
}
