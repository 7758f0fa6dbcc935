// The octets around changes, picked out of two contents while they stream past once more. Bounded: so many
// windows, so many octets of each; what is left out is counted.

import { hexFromOctets } from '../../protocol/index.js';
import type { UnitRange } from '../repository/index.js';
import type { OctetContent } from './compare-octets.js';
import { Cursor } from './cursor.js';
import { WINDOW_CONTEXT, WINDOW_OCTETS, WINDOWS_MAX } from './limits.js';
import { type ChangedRange, isInPlace, type RangeTally } from './ranges.js';
import type { HexView, HexWindow } from './types.js';

/** Views of the changes that are not volatile, with volatile ones beside them; only volatile ones when there are no others. */
export async function hexView(a: OctetContent, b: OctetContent, tally: RangeTally): Promise<HexView> {
  const { ranges } = tally;
  const plain = ranges.some((range) => !range.volatile);
  const plans: Plan[] = [];
  for (const [index, range] of ranges.entries()) {
    const next = planned(range, {
      after: ranges[index - 1],
      before: ranges[index + 1],
      octetsA: a.octets,
      octetsB: b.octets,
    });
    const last = plans.at(-1);
    const wider = last && widened(last, next);
    if (wider) plans[plans.length - 1] = wider;
    else if (plain && range.volatile) continue;
    else if (plans.length === WINDOWS_MAX) break;
    else plans.push(next);
  }
  const octetsA = await pick(
    a,
    plans.map((plan) => plan.a),
  );
  const octetsB = await pick(
    b,
    plans.map((plan) => plan.b),
  );
  const windows = plans.map((plan, index): HexWindow => {
    return {
      a: { start: plan.a.start, hex: octetsA[index] ?? '' },
      b: { start: plan.b.start, hex: octetsB[index] ?? '' },
      ranges: plan.ranges,
      cut: plan.cut,
    };
  });
  const shown = plans.flatMap((plan) => plan.ranges).filter((range) => !plain || !range.volatile).length;
  return { kind: 'hex', windows, more: (plain ? tally.total - tally.volatileTotal : tally.total) - shown };
}

interface Plan {
  readonly a: UnitRange;
  readonly b: UnitRange;
  readonly ranges: readonly ChangedRange[];
  readonly cut: number;
}

/** What a window must not reach into: the changes around it, and the ends of the contents. */
interface Bounds {
  readonly after: ChangedRange | undefined;
  readonly before: ChangedRange | undefined;
  readonly octetsA: number;
  readonly octetsB: number;
}

function planned(range: ChangedRange, { after, before, octetsA, octetsB }: Bounds): Plan {
  const longer = Math.max(range.a.end - range.a.start, range.b.end - range.b.start);
  const cut = Math.max(0, longer - WINDOW_OCTETS);
  const around = ({ start, end }: UnitRange, from: number, to: number): UnitRange => ({
    start: Math.max(from, start - WINDOW_CONTEXT),
    end: cut > 0 ? Math.min(end, start + WINDOW_OCTETS) : Math.min(to, end + WINDOW_CONTEXT),
  });
  return {
    a: around(range.a, after?.a.end ?? 0, before?.a.start ?? octetsA),
    b: around(range.b, after?.b.end ?? 0, before?.b.start ?? octetsB),
    ranges: [range],
    cut,
  };
}

/** Two windows as one, when they touch and everything in them is in place. */
function widened(plan: Plan, next: Plan): Plan | undefined {
  const [last, range] = [plan.ranges.at(-1), next.ranges[0]];
  const near =
    last !== undefined &&
    range !== undefined &&
    plan.cut === 0 &&
    next.cut === 0 &&
    isInPlace(last) &&
    isInPlace(range) &&
    next.a.start <= plan.a.end &&
    next.a.end - plan.a.start <= WINDOW_OCTETS;
  if (!near) return undefined;
  return {
    a: { start: plan.a.start, end: next.a.end },
    b: { start: plan.b.start, end: next.b.end },
    ranges: [...plan.ranges, range],
    cut: 0,
  };
}

/** The octets of ascending ranges in hexadecimal. Ranges may overlap by what they show around a change. */
async function pick(content: OctetContent, ranges: readonly UnitRange[]): Promise<string[]> {
  const cursor = new Cursor(content.open());
  const found: string[] = [];
  let at = 0;
  let behind = new Uint8Array(0);
  try {
    for (const { start, end } of ranges) {
      const again = behind.subarray(behind.length - Math.max(0, at - start));
      await cursor.skip(Math.max(0, start - at));
      at = Math.max(at, start);
      const fresh = await cursor.take(Math.max(0, end - at));
      at += fresh.length;
      behind = Uint8Array.of(...again, ...fresh);
      found.push(hexFromOctets(behind));
    }
  } finally {
    await cursor.close();
  }
  return found;
}
