// What every act of every client is judged by, and what is noted of it: how it left the device, the error that
// it ended with, and the events that it told.

import { BackupState, enumName } from '../../protocol/index.js';
import { EngineError } from '../../src/errors.js';
import {
  PREPARATION,
  type ProcedureOptions,
  type ProgressEvent,
  START_REFUSALS,
} from '../../src/procedure/index.js';
import { checkError, checkRelease } from './checkers.js';
import type { NightContext } from './night.js';
import type { Reach } from './reach.js';
import type { WatchedDevice } from './watched-device.js';

/** How often the client had started the device, and what had happened in it, before an act. */
export interface Before {
  readonly starts: number;
  readonly events: number;
  /** Whether the act has sent a START at all: a late duplicate of an earlier one is not its doing. */
  readonly asked: () => boolean;
  /** Whether all that the act has heard of its START are refusals. */
  readonly refused: () => boolean;
  /** When the act last looked at the device's state, so far. */
  readonly lookedMs: () => number;
  /** The same, where that was after its START. */
  readonly lookedSinceStartMs: () => number | undefined;
}

/** Passes on what a checker found. */
export function said(fault: (text: string) => void, found: string | undefined): void {
  if (found !== undefined) fault(found);
}

export function judgeRelease(
  { fault, reach }: NightContext,
  device: WatchedDevice,
  address: string,
  release: unknown,
  before: Before,
): void {
  reach.met(`release ${String(release)}`);
  const started = device.startsBy(address) > before.starts && before.asked();
  // A START that was doubled is done and refused; what a restart then undoes, nobody can know.
  if (release === 'not-started' && before.refused() && device.forgotStartSince(before.events)) return;
  if (
    release === 'not-started' &&
    before.refused() &&
    device.startedOnlyAfter(before.events, before.lookedSinceStartMs())
  )
    return;
  if (release === 'released' && device.reopenedSince(before.events, before.lookedMs())) return;
  said(
    (text) => fault(`device ${device.instance}, ${address}: ${text}`),
    checkRelease(device, address, release, started),
  );
}

export function judgeError(
  { fault, reach, site }: NightContext,
  device: WatchedDevice,
  error: unknown,
): void {
  said((text) => fault(`device ${device.instance}: ${text}`), checkError(error));
  if (!(error instanceof EngineError)) return;
  // Nothing that a disk does may damage what was saved; but what is forgotten is missing.
  const isForgotten = site.upkeeps.length > 0 && /images\/\S+ is missing/.test(error.message);
  if (error.code === 'repository-corrupt' && !isForgotten)
    fault(`device ${device.instance}: ${error.message}`);
  reach.met(`error ${error.code}`);
  noteStandings(reach, error.message);
  for (const { meaning, code } of START_REFUSALS) {
    // What is said of passwords is more exact than the table.
    if (error.message.includes(meaning) || (code === 'device-password' && error.code === code))
      reach.met(`refusal ${meaning}`);
  }
}

export function noteEvent(reach: Reach, event: ProgressEvent): void {
  reach.met(`event ${event.kind}`);
  if (event.kind === 'recovered') reach.met(`recovery ${event.outcome.verdict}`);
  if (event.kind === 'step') reach.met(`step ${event.step}`);
  if (event.kind === 'phase') {
    reach.met(`phase ${event.phase}`);
    if (event.phase === 'write' || event.phase === 'copy') reach.met('standing ready');
  }
  if (event.kind === 'state') {
    for (const state of Object.values(BackupState))
      if (event.state.includes(enumName(BackupState, state))) reach.met(`seen state ${state}`);
  }
  if (event.kind === 'waiting') noteStandings(reach, event.reason);
  if (event.kind === 'deviation' && event.text.includes('is not readable')) reach.met('standing untold');
}

function noteStandings(reach: Reach, text: string): void {
  for (const [standing, { says }] of Object.entries(PREPARATION)) {
    if (text.includes(says)) reach.met(`standing ${standing}`);
  }
}

export function passwordOf(device: WatchedDevice): Pick<ProcedureOptions, 'password' | 'pace'> {
  const { config, pace = 'auto' } = device.spec;
  const password = device.hasQuirk('password-unexpected') ? 'needless' : config.password;
  return password === undefined ? { pace } : { password, pace };
}
