// Goes through the open entries of one device: releases the device from what is ours, takes away what is
// over, and leaves alone what may be somebody else's. Only what judgement.ts calls ours is ever ended.

import { formatTarget } from '../client/index.js';
import type { Journal, JournalEntry } from '../repository/index.js';
import { CONSEQUENCE, type Evidence, judge, type Judgement } from './judgement.js';
import { OpenEntry } from './open-entry.js';
import { letGo, RELEASE_COMMAND, type Released } from './release.js';
import type { Manner, Session } from './session.js';
import { IDLE_LOOKS_MAX, LEAVES_LATE_MS, POLL_MS } from './timing.js';
import type { ProcedureKind, Sighting } from './states.js';
import type { EntryOutcome } from './types.js';

export interface SettleOptions {
  readonly session: Session;
  readonly journal: Journal;
  readonly entries: readonly JournalEntry[];
  /** Backup_Failure_Timeout that the device tells now, s. */
  readonly timeoutS: number | undefined;
  /** How long may be waited for the device to end by itself what may be ours, ms; 0: not at all. */
  readonly waitMs: number;
  readonly isSameDevice: (entry: JournalEntry) => boolean;
}

export interface Settled {
  /** What the device showed in the end. */
  readonly sighting: Sighting;
  readonly outcomes: readonly EntryOutcome[];
  /** What the release came to, when there was one. */
  readonly released?: Released & { readonly procedure: ProcedureKind };
}

interface Judged extends Judgement {
  readonly entry: JournalEntry;
}

/** Settles what can be settled. Rejects `cancelled`, and `device-silent` when the device is not there. */
export async function settleEntries(options: SettleOptions): Promise<Settled> {
  let { sighting, judged } = await lookAndJudge(options);
  if (judged.some(({ verdict }) => verdict === 'settling')) {
    await options.session.pause(IDLE_LOOKS_MAX * POLL_MS, 'START was sent moments ago, and may show late');
    ({ sighting, judged } = await lookAndJudge(options));
  }
  const waitMs = waitFor(options, judged);
  if (waitMs !== undefined) {
    await options.session.pause(waitMs, 'the device ends by itself what may be ours');
    ({ sighting, judged } = await lookAndJudge(options));
  }
  const outcomes: EntryOutcome[] = [];
  const ours = judged.find(({ verdict }) => CONSEQUENCE[verdict] === 'release');
  let released: Settled['released'];
  if (ours !== undefined) {
    const done = await release(options.session, options.journal, ours);
    outcomes.push(done.outcome);
    if (done.released !== undefined) {
      released = { ...done.released, procedure: ours.entry.procedure };
      const others = judged.filter((one) => one !== ours).map(({ entry }) => entry);
      ({ sighting, judged } = await lookAndJudge({ ...options, entries: others }, 'release'));
    }
  }
  for (const one of judged) if (one !== ours) outcomes.push(await closed(options.journal, one));
  return { sighting, outcomes, ...(released === undefined ? {} : { released }) };
}

async function lookAndJudge(
  options: SettleOptions,
  manner: Manner = 'work',
): Promise<{ readonly sighting: Sighting; readonly judged: readonly Judged[] }> {
  const { session, journal, entries, timeoutS, isSameDevice } = options;
  const sighting = await session.look(manner, true);
  const judged: Judged[] = [];
  for (const entry of entries) {
    const evidence: Evidence = {
      entry,
      worker: await journal.workerOf(entry),
      sighting,
      unixTimeMs: session.clock.unixTime(),
      timeoutS,
      isSameDevice: isSameDevice(entry),
    };
    judged.push({ entry, ...judge(evidence) });
  }
  return { sighting, judged };
}

/** How long the device may go on with what may be ours, when that is worth waiting for. */
function waitFor({ timeoutS, waitMs }: SettleOptions, judged: readonly Judged[]): number | undefined {
  const unknown = judged.filter(({ verdict }) => verdict === 'unknown');
  if (unknown.length === 0 || timeoutS === undefined || timeoutS === 0) return undefined;
  // Counted from now on: some devices take our look for a sign of life (protocol facts 7, number 8).
  const ms = timeoutS * 1000 + LEAVES_LATE_MS;
  return ms <= waitMs ? ms : undefined;
}

async function release(
  session: Session,
  journal: Journal,
  { entry, why, untilMs = -Infinity }: Judged,
): Promise<{ readonly outcome: EntryOutcome; readonly released?: Released }> {
  const { clock } = session;
  const open = new OpenEntry(clock, journal, entry);
  if (!(await open.claim())) {
    const taken = 'somebody else has just begun to release it';
    return { outcome: { entry, verdict: 'under-way', why: taken, closed: false } };
  }
  session.entry = open;
  session.enter(entry.procedure === 'backup' ? 'end' : 'abort');
  const command = RELEASE_COMMAND[entry.procedure];
  const untilNow = clock.now() + untilMs - clock.unixTime();
  const released = await letGo(
    session,
    entry.procedure,
    command,
    entry.note.statusFollows === true,
    untilNow,
  );
  await open.settle(released);
  session.entry = undefined;
  const outcome = open.outcome(released);
  return { released, outcome: { entry, ...outcome, why: `${why}; ${outcome.why}` } };
}

/** What is still said to be ours or unsettled after all that is as unknown as the rest. */
async function closed(journal: Journal, { entry, why, ...judged }: Judged): Promise<EntryOutcome> {
  const { verdict: said } = judged;
  const verdict = said === 'ours' || said === 'settling' ? 'unknown' : said;
  if (CONSEQUENCE[verdict] !== 'close') return { entry, verdict, why, closed: false };
  try {
    await journal.close(entry.id);
    return { entry, verdict, why, closed: true };
  } catch (error) {
    const problem = `it could not be taken away: ${error instanceof Error ? error.message : String(error)}`;
    return { entry, verdict, why, closed: false, problem };
  }
}

/** Where the entry says it is, or elsewhere under the name that it had there. */
export function isSameDevice({ device, deviceName }: Session, entry: JournalEntry): boolean {
  const { instance, address } = device;
  if (entry.target === formatTarget({ instance, address })) return true;
  return deviceName !== undefined && deviceName === entry.deviceName;
}
