// Reads a device a second time, right after the first, in a procedure of its own, as a proof after a restore
// will: only so is seen what changes from one procedure to the next. It compares while it reads and keeps
// nothing. A reading that fails, or differs nearly everywhere, proves nothing and says so.

import type { Device } from '../client/index.js';
import { EngineError, type Release } from '../errors.js';
import type { ImageFile, Repository, UnitRange } from '../repository/index.js';
import { leftWith } from './failure.js';
import { openEntryOf } from './open-entry.js';
import { foundTaken, open } from './opening.js';
import type { Released } from './release.js';
import { Session } from './session.js';
import type { FileComparison, OpenEntryReport, ProcedureOptions, SecondReading } from './types.js';
import { compareDevice } from './verify.js';
import { secondLook } from './volatile.js';

/** What the second reading came to. */
export interface SecondLooks {
  readonly reading: SecondReading;
  /** By file instance. */
  readonly volatile: ReadonlyMap<number, readonly UnitRange[]>;
  /** Of both readings together. */
  readonly release: Release;
  /** Why it failed. */
  readonly error?: EngineError;
  readonly openEntry?: OpenEntryReport;
}

/** Reads again what the first reading gave. Never rejects. `before`: how the first one left the device. */
export async function readAgain(
  device: Device,
  repository: Repository,
  first: { readonly site: string; readonly files: readonly ImageFile[] },
  before: Released,
  options: ProcedureOptions,
): Promise<SecondLooks> {
  const session = new Session(device, options);
  const beganMs = session.clock.now();
  session.emit({ kind: 'step', step: 'second-reading', device: device.instance });
  const durationMs = (): number => Math.round(session.clock.now() - beganMs);
  try {
    if (before.stuck) throw new EngineError('procedure-failed', `it was not read again: ${before.words}`);
    const ledger = { journal: repository.journal, site: first.site };
    const opening = await open(session, 'backup', options, ledger);
    const { files, released } = await compareDevice(session, opening, repository, first);
    const { volatile, reasons } = judge(files);
    const outcome = reasons.length > 0 ? 'different' : volatile.size > 0 ? 'volatile' : 'equal';
    const reading = { outcome, reasons, durationMs: durationMs() } as const;
    return { reading, volatile, release: released.release, ...openEntryOf(session) };
  } catch (thrown) {
    const error = leftWith(session, thrown, foundTaken(thrown) ? 'unproven' : before.release);
    const reading = { outcome: 'failed', reasons: [error.message], durationMs: durationMs() } as const;
    const release = error.details.release ?? before.release;
    return { reading, volatile: new Map(), release, error, ...openEntryOf(session) };
  }
}

function judge(files: readonly FileComparison[]): {
  readonly volatile: ReadonlyMap<number, readonly UnitRange[]>;
  readonly reasons: readonly string[];
} {
  const volatile = new Map<number, readonly UnitRange[]>();
  const reasons: string[] = [];
  for (const file of files) {
    const look = secondLook(file);
    if (look.kind === 'volatile') volatile.set(file.file, look.ranges);
    if (look.kind === 'unreliable') reasons.push(look.words);
  }
  return { volatile, reasons };
}
