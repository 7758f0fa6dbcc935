// Ends or aborts a procedure that is ours, and looks whether the device left it (protocol facts 1.6). It
// takes no cancelling, rejects never, and takes bounded time. An acknowledgement proves nothing here: only
// what the device shows afterwards does.

import {
  BackupState,
  ErrorCode,
  type Refusal,
  refusalWords,
  ReinitializeState,
} from '../../protocol/index.js';
import type { Release } from '../errors.js';
import { isBusy } from '../pacing/index.js';
import type { Session } from './session.js';
import {
  isFree,
  isMute,
  isTooBusyToTell,
  type ProcedureKind,
  sightingWords,
  type Sighting,
  standingOf,
  STATUS_DURING,
} from './states.js';
import { LEAVE_MS, POLL_MS, REINITIALIZE_TRIES } from './timing.js';

/** END_BACKUP is also how a backup is aborted; a restore has its own word for that (clause 16.4). */
export type ReleaseCommand = 'ENDBACKUP' | 'ABORTRESTORE';

const COMMANDS: Readonly<Record<ReleaseCommand, number>> = {
  ENDBACKUP: ReinitializeState.endBackup,
  ABORTRESTORE: ReinitializeState.abortRestore,
};

/** What releases a device from either procedure. */
export const RELEASE_COMMAND: Readonly<Record<ProcedureKind, ReleaseCommand>> = {
  backup: 'ENDBACKUP',
  restore: 'ABORTRESTORE',
};

/** What became of the device. */
export interface Released {
  readonly release: Release;
  /** One clause for messages: what was sent, what came back, what the device shows. */
  readonly words: string;
  /** The device is seen in the procedure, or neither acknowledged nor can be seen: it may be stuck. */
  readonly stuck: boolean;
  /**
   * The procedure may be over, whatever the device shows: what it shows may be somebody else's next one.
   * Silence and refusals leave it as it was: after those END is sent again, now or by a recovery.
   */
  readonly mayBeOver: boolean;
  readonly sighting?: Sighting;
  /** Each command was refused as out of place, as by a device that is in no procedure. */
  readonly denied?: true;
}

/** How a sighting speaks about our procedure. */
type Verdict = 'left' | 'still-in' | 'unclear';

/**
 * Sends the command, up to three times until it is acknowledged, and looks after each. `statusSeen`: the
 * System_Status of the procedure was seen while it ran, so that its absence says something. `untilMs`: when it
 * may be somebody else's (Clock.now()); the command is not sent again after that.
 */
export async function letGo(
  session: Session,
  kind: ProcedureKind,
  command: ReleaseCommand,
  statusSeen: boolean,
  untilMs = Infinity,
): Promise<Released> {
  let answer = 'was not sent';
  let acknowledged = false;
  let unanswered = false;
  let refused = false;
  let denied = true;
  let sighting: Sighting = { silent: true };
  for (let attempt = 1; attempt <= REINITIALIZE_TRIES; attempt += 1) {
    const refusal = await send(session, COMMANDS[command]);
    if (refusal === undefined) acknowledged = true;
    else if (isUnknown(refusal)) unanswered = true;
    else refused = true;
    denied &&= refusal?.kind === 'error' && refusal.errorCode === ErrorCode.configurationInProgress;
    answer = acknowledged ? 'was acknowledged' : answerWords(refusal);
    // BACnet4J refuses to end while it prepares: it is given the same time as one that acknowledged.
    const later = refusal !== undefined && isBusy(refusal);
    sighting = await watch(session, kind, statusSeen, acknowledged || later ? LEAVE_MS : 0);
    const verdict = verdictOf(kind, sighting, statusSeen);
    if (verdict === 'left') {
      const words = `${command} ${answer} and ${sightingWords(sighting)}`;
      return told(session, { release: 'released', words, stuck: false, mayBeOver: true, sighting });
    }
    // Acknowledged: what the device is in now may be the next procedure of somebody else.
    if (acknowledged) break;
    // The device cannot be seen, but it spoke: saying the same again would tell nothing new.
    if (verdict === 'unclear' && refused) break;
    // A wrong password does not become right, and devices lock out.
    if (refused && !later && attempt > 1) break;
    if (session.clock.now() + POLL_MS >= untilMs) break;
    if (attempt < REINITIALIZE_TRIES) await rest(session);
  }
  const verdict = verdictOf(kind, sighting, statusSeen);
  // A refusal after an unanswered END says that the first one was done (protocol facts 4.6).
  const stuck = verdict === 'still-in' || !(acknowledged || (unanswered && refused));
  const words = `${command} ${answer} and ${sightingWords(sighting)}${stuck ? ', so it may still be in the procedure' : ''}`;
  session.deviation(words);
  const facts = { release: 'unproven', words, stuck, mayBeOver: acknowledged, sighting } as const;
  return told(session, denied ? { ...facts, denied } : facts);
}

function told(session: Session, released: Released): Released {
  session.emit({ kind: 'released', device: session.device.instance, release: released.release });
  return released;
}

/** undefined: acknowledged. A client that is being closed can send nothing: that is silence. */
async function send(session: Session, state: number): Promise<Refusal | undefined> {
  try {
    const reply = await session.reinitialize(state, 'release');
    return reply.ok ? undefined : reply.refusal;
  } catch {
    return { kind: 'timeout', attempts: 0 };
  }
}

function isUnknown(refusal: Refusal): boolean {
  return refusal.kind === 'timeout' || refusal.kind === 'malformed' || refusal.kind === 'network-reject';
}

function answerWords(refusal: Refusal | undefined): string {
  if (refusal === undefined) return 'was acknowledged';
  return isUnknown(refusal)
    ? `was not acknowledged (${refusalWords(refusal)})`
    : `was refused with ${refusalWords(refusal)}`;
}

/** Looks until the device has left or the time is up; at least once. */
async function watch(
  session: Session,
  kind: ProcedureKind,
  statusSeen: boolean,
  limitMs: number,
): Promise<Sighting> {
  const deadline = session.clock.now() + limitMs;
  for (;;) {
    const sighting = await session.look('release', false);
    if (verdictOf(kind, sighting, statusSeen) === 'left') return sighting;
    // A device that tells nothing will not tell it later.
    if ((isMute(sighting) && !isTooBusyToTell(sighting)) || session.clock.now() + POLL_MS > deadline)
      return sighting;
    await rest(session);
  }
}

async function rest(session: Session): Promise<void> {
  await session.clock.sleep(POLL_MS);
}

/** What a sighting proves. A state counts more than a status; a status counts where it was seen to change. */
function verdictOf(kind: ProcedureKind, sighting: Sighting, statusSeen: boolean): Verdict {
  if (sighting.silent) return 'unclear';
  const busy = sighting.status === STATUS_DURING[kind];
  if (sighting.state !== undefined) {
    const standing = standingOf(kind, sighting);
    if (standing === 'ready' || standing === 'preparing') return 'still-in';
    // A state of the other kind beside the status of ours: one of the two is wrong.
    if (standing === 'foreign') return busy ? 'unclear' : 'left';
    if (!isFree(sighting.state)) return 'unclear';
    return busy ? 'unclear' : 'left';
  }
  if (sighting.status === undefined) return 'unclear';
  if (busy) return 'still-in';
  return statusSeen ? 'left' : 'unclear';
}

/** Whether the device says that the procedure failed, after it was ended. */
export function showsFailure(kind: ProcedureKind, sighting: Sighting | undefined): boolean {
  return sighting?.state === (kind === 'backup' ? BackupState.backupFailure : BackupState.restoreFailure);
}
