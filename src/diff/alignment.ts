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
 * Blocks in ascending order, disjoint, each at least one token long. Rows that differ by more than `editsMax`
 * insertions and deletions are matched only where both begin and end the same.
 */
export function matchingBlocks<Token extends string | number>(
  a: readonly Token[],
  b: readonly Token[],
  editsMax = EDITS_MAX,
): Block[] {
  const { head, tail } = commonEnds(a, b);
  const blocks: Block[] = [{ a: 0, b: 0, length: head }];
  const changes = diffArrays(a.slice(head, a.length - tail), b.slice(head, b.length - tail), {
    maxEditLength: editsMax,
  });
  let [atA, atB] = [head, head];
  for (const { added, removed, count } of changes ?? []) {
    if (!added && !removed) blocks.push({ a: atA, b: atB, length: count });
    if (!added) atA += count;
    if (!removed) atB += count;
  }
  blocks.push({ a: a.length - tail, b: b.length - tail, length: tail });
  return joined(blocks);
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
