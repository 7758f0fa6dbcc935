// Which parts of two rows of tokens belong together: lines, records, chunks of octets, children of a node.
// The longest common subsequence is the `diff` package's; this bounds its work.

import { diffArrays } from 'diff';
import { EDITS_MAX } from './limits.js';

/** `length` tokens from `a` of the first row are the same as those from `b` of the second. */
export interface Block {
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

/**
 * Blocks in ascending order, disjoint, each at least one token long: the longest row that both have, unless they
 * differ by more than `editsMax` insertions and deletions. Then tokens that each side has only once hold the rows
 * together, and only what lies between them is searched.
 */
export function matchingBlocks<Token extends string | number>(
  a: readonly Token[],
  b: readonly Token[],
  editsMax = EDITS_MAX,
): Block[] {
  const blocks: Block[] = [];
  align(a, b, { a: 0, b: 0 }, blocks, editsMax);
  return joined(blocks);
}

/** Insertions and deletions that are searched between two anchors: there are many such places. */
const EDITS_BETWEEN = 64;

interface Place {
  readonly a: number;
  readonly b: number;
}

/** Adds the blocks of two rows that stand at a place of theirs. */
function align<Token extends string | number>(
  a: readonly Token[],
  b: readonly Token[],
  at: Place,
  blocks: Block[],
  editsMax: number,
): void {
  const { head, tail } = commonEnds(a, b);
  const [restA, restB] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  blocks.push({ ...at, length: head });
  const from = { a: at.a + head, b: at.b + head };
  const changes = diffArrays(restA, restB, { maxEditLength: editsMax });
  if (changes === undefined) {
    if (editsMax > EDITS_BETWEEN) alignBetween(restA, restB, from, blocks);
  } else {
    let { a: atA, b: atB } = from;
    for (const { added, removed, count } of changes) {
      if (!added && !removed) blocks.push({ a: atA, b: atB, length: count });
      if (!added) atA += count;
      if (!removed) atB += count;
    }
  }
  blocks.push({ a: at.a + a.length - tail, b: at.b + b.length - tail, length: tail });
}

/** The same by anchors: what lies between two of them is aligned by itself. */
function alignBetween<Token extends string | number>(
  a: readonly Token[],
  b: readonly Token[],
  at: Place,
  blocks: Block[],
): void {
  let from: Place = { a: 0, b: 0 };
  for (const anchor of [...anchors(a, b), { a: a.length, b: b.length }]) {
    const place = { a: at.a + from.a, b: at.b + from.b };
    align(a.slice(from.a, anchor.a), b.slice(from.b, anchor.b), place, blocks, EDITS_BETWEEN);
    from = anchor;
  }
}

/** Tokens that are once in each row, as many as are in the same order in both. */
function anchors<Token>(a: readonly Token[], b: readonly Token[]): Place[] {
  const placesB = placesOfSingles(b);
  const pairs = [...placesOfSingles(a)].flatMap(([token, place]): Place[] => {
    const other = placesB.get(token);
    return other === undefined ? [] : [{ a: place, b: other }];
  });
  // The longest ascending row: ends[n] is the lowest end of a row of n + 1 pairs so far.
  const ends: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, pair] of pairs.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.b ?? 0) < pair.b) low = middle + 1;
      else high = middle;
    }
    before.push(ends[low - 1]);
    ends[low] = index;
  }
  const row: Place[] = [];
  for (let index = ends.at(-1); index !== undefined; index = before[index]) {
    const pair = pairs[index];
    if (pair) row.push(pair);
  }
  return row.reverse();
}

function placesOfSingles<Token>(row: readonly Token[]): Map<Token, number> {
  const places = new Map<Token, number>();
  const more = new Set<Token>();
  for (const [place, token] of row.entries()) {
    if (places.has(token)) more.add(token);
    else places.set(token, place);
  }
  for (const token of more) places.delete(token);
  return places;
}

/** How many items both begin with, and how many of the others both end with. */
export function commonEnds<Item>(
  a: ArrayLike<Item>,
  b: ArrayLike<Item>,
): { readonly head: number; readonly tail: number } {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return { head, tail };
}

function joined(blocks: readonly Block[]): Block[] {
  const result: Block[] = [];
  for (const block of blocks) {
    if (block.length === 0) continue;
    const last = result.at(-1);
    if (last !== undefined && last.a + last.length === block.a && last.b + last.length === block.b)
      result[result.length - 1] = { ...last, length: last.length + block.length };
    else result.push(block);
  }
  return result;
}

/** A stretch of both rows: matched, or what lies between two matches (one side may be empty). */
export interface Stretch {
  readonly same: boolean;
  readonly a: number;
  readonly b: number;
  readonly lengthA: number;
  readonly lengthB: number;
}

/** Both rows from beginning to end as stretches, matched and not in turn. */
export function stretches(blocks: readonly Block[], lengthA: number, lengthB: number): Stretch[] {
  const result: Stretch[] = [];
  let [a, b] = [0, 0];
  for (const block of [...blocks, { a: lengthA, b: lengthB, length: 0 }]) {
    if (block.a > a || block.b > b)
      result.push({ same: false, a, b, lengthA: block.a - a, lengthB: block.b - b });
    if (block.length > 0)
      result.push({ same: true, a: block.a, b: block.b, lengthA: block.length, lengthB: block.length });
    [a, b] = [block.a + block.length, block.b + block.length];
  }
  return result;
}
