// What an open entry of the journal means for the device as it shows itself now: whether the procedure that
// it is in is still ours. No device says whose its procedure is, so this is concluded from what was
// written down, from the state, and from time. Pure: nothing here asks, waits or sends. In doubt it is
// not ours.

import { BackupState } from '../../protocol/index.js';
import { type JournalEntry, parseUtcText } from '../repository/index.js';
import {
  isFree,
  isTooBusyToTell,
  type ProcedureKind,
  type Sighting,
  sightingWords,
  standingOf,
  STATUS_DURING,
} from './states.js';
import { IDLE_LOOKS_MAX, LONGEST_FAILURE_TIMEOUT_S, POLL_MS } from './timing.js';

export type Verdict =
  /** Its process runs on this computer, and works on it. */
  | 'under-way'
  /** Whether its process still runs cannot be seen from here. */
  | 'elsewhere'
  /** The device does not answer. */
  | 'silent'
  /** The device is free, but START went out so shortly before that it may show its effect late. */
  | 'settling'
  /** The device is in nobody's procedure. */
  | 'over'
  /** The device is in a procedure of the other kind: ours is over, and this one is somebody else's. */
  | 'replaced'
  /** The procedure that the device is in is this one. */
  | 'ours'
  /** It may be this one or somebody else's. */
  | 'unknown';

/** What is done about it: the device is released, the entry taken away, or both are left alone. */
export const CONSEQUENCE: Readonly<Record<Verdict, 'release' | 'close' | 'leave'>> = {
  'under-way': 'leave',
  elsewhere: 'leave',
  silent: 'leave',
  settling: 'leave',
  over: 'close',
  replaced: 'close',
  ours: 'release',
  unknown: 'leave',
};

export interface Evidence {
  readonly entry: JournalEntry;
  readonly worker: 'running' | 'gone' | 'elsewhere' | 'unknown';
  readonly sighting: Sighting;
  /** Clock.unixTime() when it was seen. */
  readonly unixTimeMs: number;
  /** Backup_Failure_Timeout that the device tells now, s. */
  readonly timeoutS?: number | undefined;
  /** It is where the entry says, or has the name that the entry says. */
  readonly isSameDevice: boolean;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** One clause for messages. */
  readonly why: string;
  /** With "ours": until when that is certain, Clock.unixTime(). */
  readonly untilMs?: number;
}

/** Whose the procedure on the device is, in the light of one entry. */
export function judge(evidence: Evidence): Judgement {
  const { entry, worker, sighting } = evidence;
  if (worker === 'running') {
    return { verdict: 'under-way', why: `process ${entry.processId} on this computer is working on it` };
  }
  if (sighting.silent) return { verdict: 'silent', why: sightingWords(sighting) };
  if (!evidence.isSameDevice && !isLongPast(evidence)) {
    const why = `the device is neither at ${entry.target} nor has the name that it had there`;
    return { verdict: 'unknown', why };
  }
  const shown = shows(entry, sighting);
  if (worker !== 'gone' && !(shown === 'free' && isLongPast(evidence))) return elsewhere(entry);
  switch (shown) {
    case 'free':
      return free(evidence);
    case 'other': {
      const other = entry.procedure === 'backup' ? 'restore' : 'backup';
      return { verdict: 'replaced', why: `the device is in a ${other}, so this ${entry.procedure} is over` };
    }
    case 'unclear':
      return { verdict: 'unknown', why: `it is not clear what it is doing: ${sightingWords(sighting)}` };
    case 'nothing':
      if (isLongPast(evidence)) {
        const why = 'the device does not tell its state, and must have ended it by itself long ago';
        return { verdict: 'over', why };
      }
      return whose(evidence);
    case 'same':
      return whose(evidence);
  }
}

function elsewhere({ host, processId }: JournalEntry): Judgement {
  const why =
    host === undefined
      ? 'nothing says which process began it, so it may still be at work'
      : `process ${processId} on computer ${host} began it, and whether it still runs cannot be seen from here`;
  return { verdict: 'elsewhere', why };
}

/** What the device shows, seen from the procedure of the entry. */
function shows(
  { procedure, note }: JournalEntry,
  sighting: Sighting,
): 'free' | 'same' | 'other' | 'unclear' | 'nothing' {
  const { state, status } = sighting;
  const other: ProcedureKind = procedure === 'backup' ? 'restore' : 'backup';
  const isIn = status === STATUS_DURING[procedure];
  if (state === undefined) {
    if (isTooBusyToTell(sighting)) return 'unclear';
    if (isIn) return 'same';
    if (status === STATUS_DURING[other]) return 'other';
    return status !== undefined && note.statusFollows === true ? 'free' : 'nothing';
  }
  // State and status against one another: one of the two is late.
  const standing = standingOf(procedure, sighting);
  if (standing === 'foreign') return isIn ? 'unclear' : 'other';
  if (isFree(state)) return isIn ? 'unclear' : 'free';
  if (standing === 'unknown') return 'unclear';
  return note.statusFollows === true && status !== undefined && !isIn ? 'unclear' : 'same';
}

function free(evidence: Evidence): Judgement {
  const { entry, sighting, unixTimeMs } = evidence;
  const sinceMs = unixTimeMs - lastMs(entry);
  if (entry.note.standing !== 'ending' && sinceMs >= 0 && sinceMs < LATE_MS) {
    return { verdict: 'settling', why: 'START was sent moments ago, and may show late' };
  }
  return { verdict: 'over', why: `it is over: ${sightingWords(sighting)}` };
}

/** The device is in a procedure of this kind, or does not tell. Ours could end only by our END or its timeout. */
function whose(evidence: Evidence): Judgement {
  const { entry, unixTimeMs } = evidence;
  const { standing } = entry.note;
  const unknown = (why: string): Judgement => ({ verdict: 'unknown', why });
  if (standing === 'starting') return unknown('START was on its way when its process ended');
  if (standing === 'ending')
    return unknown('its END was on its way, so this may be the next one of somebody else');
  const timeoutMs = timeoutOf(evidence);
  const heldMs = timeMs(entry.note.heldAt);
  if (timeoutMs === undefined || heldMs === undefined) {
    return unknown('the device does not tell after how long it ends a procedure by itself');
  }
  const untilMs = heldMs + timeoutMs;
  if (unixTimeMs >= heldMs && unixTimeMs < untilMs) {
    return { verdict: 'ours', why: `it is ours since ${entry.openedAt}`, untilMs };
  }
  const seconds = Math.round(timeoutMs / 1000);
  return unknown(
    `it was last ours at ${entry.note.heldAt}, more than its ${seconds} s ago, so this may be the next one of somebody else`,
  );
}

/** How long a device may show its old state after START, ms. */
const LATE_MS = IDLE_LOOKS_MAX * POLL_MS;

/** The least time, ms, for which the device keeps a procedure that nobody ends; undefined: not known. */
function timeoutOf({ entry, timeoutS }: Evidence): number | undefined {
  const told = [entry.backupFailureTimeoutS, timeoutS].filter((seconds) => seconds !== undefined);
  if (told.length === 0) return undefined;
  // 0 is "never"; it is believed for no longer than the longest time there is.
  return Math.min(...told.map((seconds) => (seconds === 0 ? LONGEST_FAILURE_TIMEOUT_S : seconds))) * 1000;
}

/** So long ago that the device must have ended it by itself, and that a living process would have said more. */
function isLongPast(evidence: Evidence): boolean {
  const { entry, unixTimeMs, timeoutS } = evidence;
  const told = [entry.backupFailureTimeoutS, timeoutS].filter((seconds) => seconds !== undefined);
  if (told.length === 0 || told.includes(0)) return false;
  return unixTimeMs > lastMs(entry) + 2 * Math.max(...told) * 1000;
}

function lastMs({ openedAt, note }: JournalEntry): number {
  return Math.max(timeMs(openedAt) ?? 0, timeMs(note.heldAt) ?? 0);
}

function timeMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseUtcText(text);
}

const STATES_OF: Readonly<Record<ProcedureKind, readonly number[]>> = {
  backup: [BackupState.preparingForBackup, BackupState.performingABackup],
  restore: [BackupState.preparingForRestore, BackupState.performingARestore],
};

/** The procedure that a device is in, whoever's; undefined when it shows none. */
export function procedureShown({ state, status }: Sighting): ProcedureKind | undefined {
  for (const kind of ['backup', 'restore'] as const) {
    if (state === undefined ? status === STATUS_DURING[kind] : STATES_OF[kind].includes(state)) return kind;
  }
  return undefined;
}
