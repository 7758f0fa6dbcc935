// The octets around changes, picked out of two contents while they stream past once more. Bounded: so many
// windows, so many octets of each; what is left out is counted.

import { hexFromOctets } from '../../protocol/index.js';
import type { UnitRange } from '../repository/index.js';
import type { OctetContent } from './compare-octets.js';
import { Cursor } from './cursor.js';
import { WINDOW_CONTEXT, WINDOW_OCTETS, WINDOWS_MAX } from './limits.js';
import { type ChangedRange, isInPlace, type RangeTally } from './ranges.js';
import type { HexView, HexWindow } from './types.js';

/** Views of the changes that are not volatile; of the volatile ones when there are no others. */
export async function hexView(a: OctetContent, b: OctetContent, tally: RangeTally): Promise<HexView> {
  const plain = tally.ranges.filter((range) => !range.volatile);
  const shown = plain.length > 0 ? plain : tally.ranges;
  const total = plain.length > 0 ? tally.total - tally.volatileTotal : tally.total;
  const plans: Plan[] = [];
  for (const range of shown) {
    const last = plans.at(-1);
    const wider = last && widened(last, range, a.octets, b.octets);
    if (wider) plans[plans.length - 1] = wider;
    else if (plans.length === WINDOWS_MAX) break;
    else plans.push(planned(range, a.octets, b.octets));
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
  const covered = plans.reduce((sum, plan) => sum + plan.ranges.length, 0);
  return { kind: 'hex', windows, more: total - covered };
}

interface Plan {
  readonly a: UnitRange;
  readonly b: UnitRange;
  readonly ranges: readonly ChangedRange[];
  readonly cut: number;
}

function planned(range: ChangedRange, octetsA: number, octetsB: number): Plan {
  const [lengthA, lengthB] = [range.a.end - range.a.start, range.b.end - range.b.start];
  const longer = Math.max(lengthA, lengthB);
  const cut = Math.max(0, longer - WINDOW_OCTETS);
  const around = ({ start, end }: UnitRange, octets: number): UnitRange => ({
    start: Math.max(0, start - WINDOW_CONTEXT),
    end: cut > 0 ? Math.min(end, start + WINDOW_OCTETS) : Math.min(octets, end + WINDOW_CONTEXT),
  });
  return { a: around(range.a, octetsA), b: around(range.b, octetsB), ranges: [range], cut };
}

/** The window with one more change, when that is near and both are in place. */
function widened(plan: Plan, range: ChangedRange, octetsA: number, octetsB: number): Plan | undefined {
  const last = plan.ranges.at(-1);
  const next = planned(range, octetsA, octetsB);
  const near =
    last !== undefined &&
    plan.cut === 0 &&
    next.cut === 0 &&
    isInPlace(last) &&
    isInPlace(range) &&
    last.b.start - last.a.start === range.b.start - range.a.start &&
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
