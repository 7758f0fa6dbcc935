// What is known of every device of a site besides its images: where it was last seen, what the last try came to.
// Kept in the run logs alone: every run that ended has a line for each device known then, so that the newest such
// log, and what was begun after it, tell everything. Nothing is forgotten at a restart, and nothing is in memory only.

import { z } from 'zod';

import { HIGHEST_INSTANCE } from '../client/index.js';
import { parseUtcText, type Repository, type RunReading } from '../repository/index.js';
import { kept } from './kept.js';
import { SAME_RUN_MS } from './run/options.js';

const outcomeSchema = z.enum(['backed-up', 'unchanged', 'present', 'failed', 'interrupted', 'not-begun']);

/** One device, as the run logs know it. All times are UTC. */
const knownSchema = z.object({
  device: z.int().min(0).max(HIGHEST_INSTANCE),
  name: z.string().optional(),
  /** As a target has it after the "@". */
  address: z.string().optional(),
  network: z.int().optional(),
  vendorId: z.int().optional(),
  vendorName: z.string().optional(),
  modelName: z.string().optional(),
  /** When it last answered. */
  seenAt: z.string().optional(),
  /** The last try to back it up, or to look at it, and what it came to. */
  triedAt: z.string().optional(),
  outcome: outcomeSchema.optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  /** Runs in a row that failed. */
  failures: z.int().nonnegative().optional(),
  /** When its Database_Revision was last seen to be that of this image. */
  unchangedAt: z.string().optional(),
  unchangedImage: z.string().optional(),
  /** The image of which two readings did not agree. */
  unprovenImage: z.string().optional(),
  /** The Database_Revision that it last told, and when. */
  revision: z.int().optional(),
  revisionAt: z.string().optional(),
  /** When its Database_Revision was first seen to be another one than that of the newest image then. */
  movedAt: z.string().optional(),
  /** Where its instance answered from, when that was more than one place. */
  duplicates: z.array(z.string()).optional(),
  /** What a probe found: whether it has DM-BR-B. */
  support: z.enum(['yes', 'no', 'unknown']).optional(),
});

export type Known = z.infer<typeof knownSchema>;

/** Commands whose logs tell of devices. */
const LEDGER_COMMANDS = ['run', 'probe'] as const;

/** Events of such logs that tell of one device: what the run itself learned, and what was known before it. */
const LEDGER_EVENTS = ['device', 'known'] as const;

/** The last run of a rule, as far as its log goes. */
export interface LastRun {
  readonly run: string;
  readonly rule: string;
  readonly beganAt: string;
  readonly since: string;
  /** How it ended; absent when it was killed, or is still going on. */
  readonly outcome?: string;
  /** It had asked everywhere who is there, or gone on with a run that had, and wrote down everybody. */
  readonly surveyed: boolean;
}

export interface Ledger {
  readonly devices: ReadonlyMap<number, Known>;
  /** The newest run of each rule that the logs read tell of. */
  readonly runs: ReadonlyMap<string, LastRun>;
}

/** A log that tells of devices, as it was read. */
interface Told {
  readonly name: string;
  readonly beganAt: string;
  /** When its last line was written. */
  readonly endedAt: string;
  readonly reading: RunReading;
}

/**
 * Reads what the run logs know of a site: back to a log that tells of every device, that had ended before the newest
 * such log began, and that is of another night than the newest log: runs of other rules hide none that is gone on
 * with. Of two that ran beside each other each line counts from when it was written. Damaged logs count as far as they
 * are whole; `check` reports them. Rejects with `store-...`.
 */
export async function readLedger(repository: Repository, site: string): Promise<Ledger> {
  const names: string[] = [];
  for await (const name of repository.runs()) names.push(name);
  const told: Told[] = [];
  let newestWhole: Told | undefined;
  for (const name of names.reverse()) {
    const reading = await repository.readRun(name);
    const [first] = reading.lines;
    if (first === undefined || !tellsOf(reading, site)) continue;
    const one = { name, beganAt: first.at, endedAt: reading.lines.at(-1)?.at ?? first.at, reading };
    told.push(one);
    if (!isComplete(reading)) continue;
    newestWhole ??= one;
    if (one.endedAt <= newestWhole.beganAt && isAnotherNight(one, told[0])) break;
  }
  const runs = new Map<string, LastRun>();
  for (const { name, reading } of told.reverse()) {
    const last = lastRun(name, reading);
    if (last !== undefined) runs.set(last.rule, last);
  }
  return { devices: devicesIn(told), runs };
}

/** The newest that is told of each device. What a log only passes on is as old as the log. */
function devicesIn(told: readonly Told[]): Map<number, Known> {
  const devices = new Map<number, { readonly at: string; readonly known: Known }>();
  for (const { beganAt, reading } of told) {
    for (const line of reading.lines) {
      if (!(LEDGER_EVENTS as readonly string[]).includes(line.event)) continue;
      const parsed = knownSchema.safeParse(line);
      if (!parsed.success) continue;
      const known = parsed.data;
      const at = line.event === 'device' ? line.at : beganAt;
      const before = devices.get(known.device);
      if (before === undefined || before.at <= at) devices.set(known.device, { at, known });
    }
  }
  return new Map([...devices].map(([device, { known }]) => [device, known]));
}

function tellsOf({ lines }: RunReading, site: string): boolean {
  const [begin] = lines;
  return (LEDGER_COMMANDS as readonly unknown[]).includes(begin?.['command']) && begin?.['site'] === site;
}

/** Whether nobody goes on any more with a run that began then. */
function isAnotherNight({ beganAt }: Told, newest: Told | undefined): boolean {
  return (parseUtcText(newest?.beganAt ?? '') ?? 0) - (parseUtcText(beganAt) ?? 0) >= SAME_RUN_MS;
}

/** Whether it has a line for every device that was known when it ended. */
function isComplete({ lines, ended }: RunReading): boolean {
  return ended && lines.at(-1)?.['complete'] === true;
}

function lastRun(name: string, reading: RunReading): LastRun | undefined {
  const { lines, ended } = reading;
  const [begin] = lines;
  if (begin === undefined) return undefined;
  const { rule, since } = begin;
  if (typeof rule !== 'string' || typeof since !== 'string') return undefined;
  const outcome = ended ? lines.at(-1)?.['outcome'] : undefined;
  return {
    run: name,
    rule,
    beganAt: begin.at,
    since,
    surveyed: isComplete(reading) && lines.at(-1)?.['surveyed'] === true,
    ...(typeof outcome === 'string' ? { outcome } : {}),
  };
}

/** Those that ever answered; others are known only as long as the site file names them. */
export function seenIn({ devices }: Pick<Ledger, 'devices'>): readonly number[] {
  return [...devices.values()].filter(({ seenAt }) => seenAt !== undefined).map(({ device }) => device);
}

/** What was known and what is new, in one: what is new counts, and `undefined` takes something away. */
export function updated(known: Known, news: { readonly [K in keyof Known]?: Known[K] | undefined }): Known {
  return { device: known.device, ...kept({ ...known, ...news }) };
}
