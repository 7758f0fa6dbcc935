// Contents for the tests of comparisons.

import { TokenNames } from '../../../src/diff/chunking.js';
import type { OctetContent } from '../../../src/diff/compare-octets.js';
import type { ChangedRange } from '../../../src/diff/ranges.js';

/** A content that streams in pieces, as a store gives it. */
export function streaming(
  octets: Uint8Array,
  piece = 4096,
  volatile: OctetContent['volatile'] = [],
): OctetContent {
  return {
    octets: octets.length,
    open: async function* () {
      for (let at = 0; at < octets.length; at += piece)
        yield await Promise.resolve(octets.subarray(at, at + piece));
    },
    volatile,
  };
}

/** `a` with every range replaced by what `b` has there: `b`, if the ranges are right. */
export function applied<Unit>(
  a: readonly Unit[],
  b: readonly Unit[],
  ranges: readonly ChangedRange[],
): Unit[] {
  const result: Unit[] = [];
  let at = 0;
  for (const range of ranges) {
    result.push(...a.slice(at, range.a.start), ...b.slice(range.b.start, range.b.end));
    at = range.a.end;
  }
  return [...result, ...a.slice(at)];
}

/** What is wrong with ranges that should be ascending, disjoint and no larger than they must be. */
export function rangeFaults<Unit>(
  a: readonly Unit[],
  b: readonly Unit[],
  ranges: readonly ChangedRange[],
  same: (one: Unit | undefined, other: Unit | undefined) => boolean = (one, other) => one === other,
): string[] {
  const faults: string[] = [];
  let [endA, endB] = [0, 0];
  for (const range of ranges) {
    const what = JSON.stringify(range);
    const [lengthA, lengthB] = [range.a.end - range.a.start, range.b.end - range.b.start];
    if (range.a.start < endA || range.b.start < endB) faults.push(`${what} is not behind the one before`);
    if (range.a.start - endA !== range.b.start - endB)
      faults.push(`${what} is not as far behind on both sides`);
    if (lengthA + lengthB <= 0) faults.push(`${what} is empty`);
    if (lengthA > 0 && lengthB > 0) {
      if (same(a[range.a.start], b[range.b.start])) faults.push(`${what} begins with the same`);
      if (same(a[range.a.end - 1], b[range.b.end - 1])) faults.push(`${what} ends with the same`);
    }
    [endA, endB] = [range.a.end, range.b.end];
  }
  return faults;
}

/** Gives all content one name: what is proposed by it is wrong nearly everywhere. */
export class OneName extends TokenNames {
  override nameOf(): number {
    return 0;
  }
}
