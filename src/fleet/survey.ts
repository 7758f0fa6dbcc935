// Finds out who is there without an I-Am storm: Who-Is for one range of instances after the other, cut so that no
// question is answered by more devices than an old network bears, repeated where somebody is still missing. Ways to
// devices are learned from SNET and SADR of their I-Ams. Of two devices with one instance it never chooses one.

import type { Announcement, Client, Route } from '../client/index.js';
import { placeKey } from '../client/index.js';
import type { InstanceRange } from './site/types.js';

export interface SurveyOptions {
  /** What is asked; none overlaps another. */
  readonly ranges: readonly InstanceRange[];
  /** Only these networks (DNET; 0 is our own), each asked by itself; absent: everywhere. */
  readonly networks?: readonly number[];
  /** How often a question is repeated after the first time. */
  readonly repeats: number;
  /** Silence after each question, in which the answers come, ms. */
  readonly pauseMs: number;
  /** Who should answer: known from before. */
  readonly expected: readonly number[];
  readonly signal?: AbortSignal;
}

export interface Survey {
  /** By instance: one announcement for each place that it answered from. */
  readonly found: ReadonlyMap<number, readonly Announcement[]>;
  readonly routes: readonly Route[];
  /** Who-Is that were sent. */
  readonly questions: number;
  readonly durationMs: number;
}

/** I-Ams that one question may bring at once, as far as is known before: an MS/TP network sends them one by one. */
export const ANSWERS_AT_ONCE = 40;

/** How long routers get to say which networks they reach, ms. */
const ROUTES_WAIT_MS = 2000;

/** How long is listened at least after the last question of a round: the answers queue up on slow networks, ms. */
const LAST_WAIT_MS = 3000;

interface Question extends InstanceRange {
  readonly network: number | undefined;
}

/** Rejects with EngineError `cancelled`. */
export async function survey(client: Client, options: SurveyOptions): Promise<Survey> {
  const { repeats, pauseMs, expected, signal } = options;
  const stop = signal === undefined ? {} : { signal };
  const { clock } = client;
  const beganMs = clock.now();
  const found = new Map<number, Map<string, Announcement>>();
  const routes = await client.routes({ waitMs: ROUTES_WAIT_MS, ...stop });
  let questions = 0;
  const ask = async ({ low, high, network }: Question, isLast: boolean): Promise<number> => {
    let news = 0;
    questions += 1;
    const where = network === undefined ? {} : { network };
    const waitMs = isLast ? Math.max(pauseMs, LAST_WAIT_MS) : pauseMs;
    const asked = { low, high, ...where, repeats: 0, waitMs, unasked: true, ...stop };
    for await (const one of client.discover(asked)) {
      const places = found.get(one.instance) ?? new Map<string, Announcement>();
      const key = placeKey(one.address);
      if (!places.has(key)) news += 1;
      places.set(key, one);
      found.set(one.instance, places);
    }
    return news;
  };
  let open = questionsOf(options);
  for (let round = 0; round <= repeats && open.length > 0; round += 1) {
    const next: Question[] = [];
    for (const question of open) {
      const news = await ask(question, question === open.at(-1));
      if (news > 0 || round === 0 || isMissing(question, expected, found)) next.push(question);
    }
    open = next;
  }
  // A network that a router knows and nobody answered from: its router may not pass global broadcasts on.
  for (const network of silentNetworks(options, routes, found))
    for (const range of options.ranges) await ask({ ...range, network }, range === options.ranges.at(-1));
  return {
    found: new Map([...found].map(([instance, places]) => [instance, [...places.values()]])),
    routes,
    questions,
    durationMs: Math.round(clock.now() - beganMs),
  };
}

/** The ranges, cut where more devices are known than may answer at once, for every network that is asked by itself. */
function questionsOf({ ranges, networks, expected }: SurveyOptions): Question[] {
  const cut = ranges.flatMap((range) => cutRange(range, expected));
  if (networks === undefined) return cut.map((range) => ({ ...range, network: undefined }));
  return networks.flatMap((network) => ranges.map((range) => ({ ...range, network })));
}

function cutRange({ low, high }: InstanceRange, expected: readonly number[]): InstanceRange[] {
  const inside = expected.filter((one) => low <= one && one <= high).sort((a, b) => a - b);
  const parts: InstanceRange[] = [];
  let from = low;
  for (let at = ANSWERS_AT_ONCE; at < inside.length; at += ANSWERS_AT_ONCE) {
    const first = inside[at] ?? high;
    parts.push({ low: from, high: first - 1 });
    from = first;
  }
  return [...parts, { low: from, high }];
}

function isMissing(
  { low, high }: Question,
  expected: readonly number[],
  found: ReadonlyMap<number, unknown>,
): boolean {
  return expected.some((one) => low <= one && one <= high && !found.has(one));
}

function silentNetworks(
  { networks }: SurveyOptions,
  routes: readonly Route[],
  found: ReadonlyMap<number, ReadonlyMap<string, Announcement>>,
): number[] {
  if (networks !== undefined) return [];
  const heard = new Set<number | undefined>();
  for (const places of found.values()) for (const { address } of places.values()) heard.add(address.network);
  return [...new Set(routes.flatMap((route) => route.networks))].filter((network) => !heard.has(network));
}

/**
 * The fewest ranges that ask for these instances and not for many others: for a run that only needs some devices.
 * Gaps of up to `gap` instances are asked for as well.
 */
export function rangesOf(instances: readonly number[], gap = 100): InstanceRange[] {
  const ranges: { low: number; high: number }[] = [];
  for (const one of [...instances].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && one - last.high <= gap) last.high = one;
    else ranges.push({ low: one, high: one });
  }
  return ranges;
}
