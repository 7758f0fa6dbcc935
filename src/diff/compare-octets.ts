// Where two stream files differ. Same octets at the same place is the first thing looked for; where octets
// were put in or taken out, an alignment finds what moved along. Both contents stream past, twice at most, and
// every range is proven by the octets themselves.

import type { UnitRange } from '../repository/index.js';
import { commonEnds, matchingBlocks, type Stretch, stretches } from './alignment.js';
import { averageChunk, Chunker, type Chunks, TokenNames } from './chunking.js';
import { compareRun, type Cursor, withCursors } from './cursor.js';
import { GAP_OCTETS_MAX, RANGES_MAX } from './limits.js';
import { RangeCollector, type RangeTally } from './ranges.js';

/** The octets of one side, to be read as often as needed. */
export interface OctetContent {
  readonly octets: number;
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly volatile: readonly UnitRange[];
}

export interface UnitComparison {
  /** "in-place": unit for unit at the same place. "aligned": what moved is matched where it is now. */
  readonly method: 'in-place' | 'aligned';
  readonly tally: RangeTally;
}

/** An alignment of two files of one size must explain the change this much better than the places do. */
const BETTER = 2;
/** So few changed octets are told at their places without looking for anything that moved. */
const FEW_OCTETS = 64;

/** Rejects with what the contents reject with. Keeps up to `most` ranges. `namesFor` gives chunks their names. */
export async function compareOctets(
  a: OctetContent,
  b: OctetContent,
  most = RANGES_MAX,
  namesFor = (): TokenNames => new TokenNames(),
): Promise<UnitComparison> {
  const collector = (): RangeCollector => new RangeCollector({ a: a.volatile, b: b.volatile }, most);
  if (a.octets !== b.octets)
    return { method: 'aligned', tally: await aligned(a, b, namesFor(), collector()) };
  const places = await inPlace(a, b, collector());
  const settled = places.total === places.volatileTotal || places.units <= FEW_OCTETS;
  if (!settled) {
    const moved = await aligned(a, b, namesFor(), collector());
    if (moved.units * BETTER < places.units) return { method: 'aligned', tally: moved };
  }
  return { method: 'in-place', tally: places };
}

async function inPlace(a: OctetContent, b: OctetContent, found: RangeCollector): Promise<RangeTally> {
  await withCursors(a.open(), b.open(), (one, other) =>
    compareRun(one, other, a.octets, (start, end) => found.add({ start, end }, { start, end })),
  );
  return found.finish();
}

async function aligned(
  a: OctetContent,
  b: OctetContent,
  names: TokenNames,
  found: RangeCollector,
): Promise<RangeTally> {
  const average = averageChunk(Math.max(a.octets, b.octets));
  const chunksA = await cut(a, new Chunker(names, average));
  const chunksB = await cut(b, new Chunker(names, average));
  const blocks = matchingBlocks(chunksA.names, chunksB.names);
  const inChunks = stretches(blocks, chunksA.names.length, chunksB.names.length);
  await withCursors(a.open(), b.open(), async (one, other) => {
    for (const stretch of inOctets(inChunks, chunksA, chunksB)) await follow(stretch, one, other, found);
  });
  return found.finish();
}

async function cut(content: OctetContent, chunker: Chunker): Promise<Chunks> {
  for await (const octets of content.open()) chunker.push(octets);
  return chunker.finish();
}

/** Stretches counted in octets instead of chunks. */
function inOctets(inChunks: readonly Stretch[], a: Chunks, b: Chunks): Stretch[] {
  const [startsA, startsB] = [startsOf(a), startsOf(b)];
  return inChunks.map((stretch) => {
    const [fromA, fromB] = [startsA[stretch.a] ?? 0, startsB[stretch.b] ?? 0];
    return {
      same: stretch.same,
      a: fromA,
      b: fromB,
      lengthA: (startsA[stretch.a + stretch.lengthA] ?? 0) - fromA,
      lengthB: (startsB[stretch.b + stretch.lengthB] ?? 0) - fromB,
    };
  });
}

/** Where each chunk begins, and where the last one ends. */
function startsOf({ lengths }: Chunks): Float64Array {
  const starts = new Float64Array(lengths.length + 1);
  lengths.forEach((length, index) => (starts[index + 1] = (starts[index] ?? 0) + length));
  return starts;
}

/** Reads one stretch of both and adds its differences. */
async function follow(stretch: Stretch, one: Cursor, other: Cursor, found: RangeCollector): Promise<void> {
  const { a, b, lengthA, lengthB } = stretch;
  if (lengthA === lengthB) {
    // Chunks of one name too: two different ones may have the same name.
    await compareRun(one, other, lengthA, (start, end) =>
      found.add({ start: a + start, end: a + end }, { start: b + start, end: b + end }),
    );
    return;
  }
  let ends = { head: 0, tail: 0 };
  if (Math.max(lengthA, lengthB) <= GAP_OCTETS_MAX) {
    ends = commonEnds(await one.take(lengthA), await other.take(lengthB));
  } else {
    await one.skip(lengthA);
    await other.skip(lengthB);
  }
  found.add(
    { start: a + ends.head, end: a + lengthA - ends.tail },
    { start: b + ends.head, end: b + lengthB - ends.tail },
  );
}
