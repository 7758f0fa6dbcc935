// Which units of one content became which of another, as a list of ranges: collected in order, joined where
// they touch, cut where a volatile part begins or ends, and counted to the last one while only the first are
// kept. Units are octets of a stream file or records of a record file. Knows nothing of where they come from.

import type { UnitRange } from '../repository/index.js';

/** Units [a.start, a.end) of the first content are [b.start, b.end) in the second. One of the two may be empty. */
export interface ChangedRange {
  readonly a: UnitRange;
  readonly b: UnitRange;
  /** It lies in a part that is known to change by itself. */
  readonly volatile: boolean;
}

/** All ranges of a comparison, or the first of them. */
export interface RangeTally {
  readonly ranges: readonly ChangedRange[];
  /** Ranges there are, and how many of them are volatile. */
  readonly total: number;
  readonly volatileTotal: number;
  /** Units in the ranges, each counted as the larger of its two sides. */
  readonly units: number;
  readonly volatileUnits: number;
}

/** The volatile parts that are known of each content, each in units of its own. */
export interface VolatileParts {
  readonly a: readonly UnitRange[];
  readonly b: readonly UnitRange[];
}

const lengthOf = (range: UnitRange): number => range.end - range.start;

/** Takes differences in ascending order. */
export class RangeCollector {
  readonly #a: Cover;
  readonly #b: Cover;
  readonly #most: number;
  readonly #kept: ChangedRange[] = [];
  #open: { readonly a: UnitRange; readonly b: UnitRange } | undefined;
  #total = 0;
  #volatileTotal = 0;
  #units = 0;
  #volatileUnits = 0;
  #volatileKept = 0;

  /** Keeps up to `most` ranges and counts the rest. */
  constructor(volatile: VolatileParts, most: number) {
    this.#a = new Cover(volatile.a);
    this.#b = new Cover(volatile.b);
    this.#most = most;
  }

  /** Adds a difference, at or after everything added before. Two empty sides add nothing. */
  add(a: UnitRange, b: UnitRange): void {
    if (lengthOf(a) === 0 && lengthOf(b) === 0) return;
    const open = this.#open;
    if (open?.a.end === a.start && open.b.end === b.start && isInPlace(open) && isInPlace({ a, b })) {
      this.#open = {
        a: { start: open.a.start, end: a.end },
        b: { start: open.b.start, end: b.end },
      };
      return;
    }
    this.#flush();
    this.#open = { a, b };
  }

  /** Whether all of a difference lies in volatile parts. */
  isVolatile(a: UnitRange, b: UnitRange): boolean {
    // Of what was put in, taken out or exchanged for something of another length, all must be known as volatile;
    // what stands at its place is volatile when either side knows it.
    if (!isInPlace({ a, b })) return this.#a.covers(a) && this.#b.covers(b);
    const [known] = this.#known(a, b);
    return known !== undefined && lengthOf(known) === lengthOf(a);
  }

  /** The end: call once. */
  finish(): RangeTally {
    this.#flush();
    return {
      ranges: this.#kept,
      total: this.#total,
      volatileTotal: this.#volatileTotal,
      units: this.#units,
      volatileUnits: this.#volatileUnits,
    };
  }

  #flush(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const { a, b } = open;
    if (!isInPlace(open)) {
      this.#keep({ a, b, volatile: this.isVolatile(a, b) });
      return;
    }
    let at = 0;
    const piece = (end: number, volatile: boolean): void => {
      if (end > at)
        this.#keep({
          a: { start: a.start + at, end: a.start + end },
          b: { start: b.start + at, end: b.start + end },
          volatile,
        });
      at = end;
    };
    for (const { start, end } of this.#known(a, b)) {
      piece(start, false);
      piece(end, true);
    }
    piece(lengthOf(a), false);
  }

  /** The volatile parts of a difference in place, counted from its beginning. */
  #known(a: UnitRange, b: UnitRange): UnitRange[] {
    return joined([...shifted(this.#a.within(a), -a.start), ...shifted(this.#b.within(b), -b.start)]);
  }

  #keep(range: ChangedRange): void {
    const units = Math.max(lengthOf(range.a), lengthOf(range.b));
    this.#total += 1;
    this.#units += units;
    if (range.volatile) {
      this.#volatileTotal += 1;
      this.#volatileUnits += units;
    }
    // Half of the room is for what is not volatile, however much of the other comes first.
    const room = range.volatile ? this.#volatileKept < this.#most / 2 : true;
    if (!room || this.#kept.length >= this.#most) return;
    if (range.volatile) this.#volatileKept += 1;
    this.#kept.push(range);
  }
}

/** Whether as many units were changed as there were: each stands for the one at its place. */
export function isInPlace({ a, b }: { readonly a: UnitRange; readonly b: UnitRange }): boolean {
  return lengthOf(a) === lengthOf(b);
}

function shifted(ranges: readonly UnitRange[], by: number): UnitRange[] {
  return ranges.map(({ start, end }) => ({ start: start + by, end: end + by }));
}

/** The same units in ascending ranges that do not touch. */
function joined(ranges: readonly UnitRange[]): UnitRange[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of [...ranges].sort((x, y) => x.start - y.start)) {
    const last = result.at(-1);
    if (end <= start) continue;
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/** Ranges that are asked which part of another they cover. */
class Cover {
  readonly #ranges: readonly UnitRange[];

  constructor(ranges: readonly UnitRange[]) {
    this.#ranges = joined(ranges);
  }

  /** What they have of this range. */
  within(range: UnitRange): UnitRange[] {
    const parts: UnitRange[] = [];
    for (let at = this.#firstEndingAfter(range.start); at < this.#ranges.length; at += 1) {
      const { start, end } = this.#ranges[at] ?? range;
      if (start >= range.end) break;
      parts.push({ start: Math.max(start, range.start), end: Math.min(end, range.end) });
    }
    return parts;
  }

  /** Whether they have all of it; an empty range is always had. */
  covers(range: UnitRange): boolean {
    if (lengthOf(range) === 0) return true;
    const [part] = this.within(range);
    return part !== undefined && lengthOf(part) === lengthOf(range);
  }

  #firstEndingAfter(unit: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.end ?? 0) > unit) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
