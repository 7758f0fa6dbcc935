// Where two contents differ, as a short list of half-open ranges. Near neighbours are joined, and so are the
// nearest when the list is full: a file of nothing but differences costs no more memory than one difference.

/** Half-open range [start, end) of octets or records. */
export interface DifferentRange {
  readonly start: number;
  readonly end: number;
}

/** Octet differences closer than this are one; records are told apart. */
export const NEAR_OCTETS = 16;

/** Longest list; of more ranges the two that are nearest to one another become one. */
export const RANGES_MAX = 64;

/** Collects differences in ascending order. */
export class RangeList {
  readonly #near: number;
  readonly #ranges: { start: number; end: number }[] = [];

  /** Ranges that are fewer than `near` units apart become one; 1 joins those that touch. */
  constructor(near: number) {
    this.#near = near;
  }

  /** Adds [start, end), at or after everything added before. An empty range adds nothing. */
  add(start: number, end: number): void {
    if (end <= start) return;
    const last = this.#ranges.at(-1);
    if (last !== undefined && start - last.end < this.#near) {
      last.end = Math.max(last.end, end);
      return;
    }
    this.#ranges.push({ start, end });
    if (this.#ranges.length > RANGES_MAX) this.#joinNearest();
  }

  #joinNearest(): void {
    let nearest = 1;
    for (let at = 2; at < this.#ranges.length; at += 1) {
      if (this.#gapBefore(at) < this.#gapBefore(nearest)) nearest = at;
    }
    const [joined] = this.#ranges.splice(nearest, 1);
    const before = this.#ranges[nearest - 1];
    if (joined !== undefined && before !== undefined) before.end = joined.end;
  }

  #gapBefore(at: number): number {
    return (this.#ranges[at]?.start ?? 0) - (this.#ranges[at - 1]?.end ?? 0);
  }

  get ranges(): readonly DifferentRange[] {
    return this.#ranges.map(({ start, end }) => ({ start, end }));
  }
}

/** Adds the octets that differ between two contents of which both begin at `start` and have the same length. */
export function addOctetDifferences(
  list: RangeList,
  start: number,
  one: Uint8Array,
  other: Uint8Array,
): void {
  let from = -1;
  for (let i = 0; i < one.length; i += 1) {
    if (one[i] === other[i]) {
      if (from >= 0) list.add(start + from, start + i);
      from = -1;
    } else if (from < 0) {
      from = i;
    }
  }
  if (from >= 0) list.add(start + from, start + one.length);
}

/** Whether two octet sequences are the same. */
export function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, i) => octet === other[i]);
}
