// Which records of two record files differ, by index. Records that were put in or taken out are found by
// aligning the rest; of what lies between, each stands against the one in its turn. Two passes; only a number
// for each record is held.

import type { UnitRange } from '../repository/index.js';
import { matchingBlocks, type Stretch, stretches } from './alignment.js';
import { Fingerprint, TokenNames } from './chunking.js';
import type { UnitComparison } from './compare-octets.js';
import { RANGES_MAX, RECORDS_MAX } from './limits.js';
import { RangeCollector } from './ranges.js';

/** The records of one side, to be read as often as needed. */
export interface RecordContent {
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly volatile: readonly UnitRange[];
}

/** Two records of one place, or one that the other side does not have. They differ. */
export interface RecordPair {
  readonly a?: { readonly index: number; readonly octets: Uint8Array };
  readonly b?: { readonly index: number; readonly octets: Uint8Array };
  readonly volatile: boolean;
}

/** An alignment of as many records on both sides must explain the change this much better than the places do. */
const BETTER = 2;

/**
 * Rejects with what the contents reject with. Keeps up to `most` ranges, and shows every pair that differs to
 * `differ`, in order.
 */
export async function compareRecords(
  a: RecordContent,
  b: RecordContent,
  differ: (pair: RecordPair) => void,
  most = RANGES_MAX,
  names = new TokenNames(),
): Promise<UnitComparison> {
  const [one, other] = [await nameAll(a, names), await nameAll(b, names)];
  const plan = planOf(one, other);
  const found = new RangeCollector({ a: a.volatile, b: b.volatile }, most);
  const readers = { a: new Records(a.open()), b: new Records(b.open()) };
  try {
    for (const stretch of plan.stretches) await follow(stretch, readers, found, differ);
    await readers.a.finish();
    await readers.b.finish();
  } finally {
    await readers.a.close();
    await readers.b.close();
  }
  return { method: plan.method, tally: found.finish() };
}

interface Named {
  readonly count: number;
  /** Absent when there are more than can be aligned. */
  readonly names?: readonly number[];
}

async function nameAll(content: RecordContent, names: TokenNames): Promise<Named> {
  const found: number[] = [];
  let count = 0;
  for await (const record of content.open()) {
    count += 1;
    if (count > RECORDS_MAX) continue;
    const fingerprint = new Fingerprint();
    fingerprint.add(record);
    found.push(names.nameOf(fingerprint));
  }
  return count > RECORDS_MAX ? { count } : { count, names: found };
}

interface Plan {
  readonly method: UnitComparison['method'];
  readonly stretches: readonly Stretch[];
}

function planOf(a: Named, b: Named): Plan {
  const shorter = Math.min(a.count, b.count);
  const places = stretches([{ a: 0, b: 0, length: shorter }], a.count, b.count);
  if (a.names === undefined || b.names === undefined) return { method: 'in-place', stretches: places };
  const moved = stretches(matchingBlocks(a.names, b.names), a.count, b.count);
  const cost = (plan: readonly Stretch[]): number =>
    plan.reduce((sum, { same, lengthA, lengthB }) => sum + (same ? 0 : Math.max(lengthA, lengthB)), 0);
  const { names } = a;
  const changed = b.names.reduce((sum, name, index) => sum + (name === names[index] ? 0 : 1), 0);
  if (a.count === b.count && cost(moved) * BETTER >= changed)
    return { method: 'in-place', stretches: places };
  return { method: 'aligned', stretches: moved };
}

/** Reads one stretch of both, compares what stands against each other, and tells what does not. */
async function follow(
  { a, b, lengthA, lengthB }: Stretch,
  readers: { readonly a: Records; readonly b: Records },
  found: RangeCollector,
  differ: (pair: RecordPair) => void,
): Promise<void> {
  const both = Math.min(lengthA, lengthB);
  for (let at = 0; at < both; at += 1) {
    const one = { index: a + at, octets: await readers.a.next() };
    const other = { index: b + at, octets: await readers.b.next() };
    if (sameOctets(one.octets, other.octets)) continue;
    found.add(unit(one.index), unit(other.index));
    differ({ a: one, b: other, volatile: found.isVolatile(unit(one.index), unit(other.index)) });
  }
  const [restA, restB] = [
    { start: a + both, end: a + lengthA },
    { start: b + both, end: b + lengthB },
  ];
  const volatile = found.isVolatile(restA, restB);
  for (let index = restA.start; index < restA.end; index += 1)
    differ({ a: { index, octets: await readers.a.next() }, volatile });
  for (let index = restB.start; index < restB.end; index += 1)
    differ({ b: { index, octets: await readers.b.next() }, volatile });
  found.add(restA, restB);
}

const unit = (index: number): UnitRange => ({ start: index, end: index + 1 });

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, at) => octet === b[at]);
}

/** Records one after the other. */
class Records {
  readonly #source: AsyncIterator<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next record: the first pass counted them, so there is one. */
  async next(): Promise<Uint8Array> {
    const next = await this.#source.next();
    return next.done === true ? new Uint8Array(0) : next.value;
  }

  /** Runs to the end, where content that is not what it should be rejects. */
  async finish(): Promise<void> {
    while ((await this.#source.next()).done !== true);
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
