// Proves a restore: the device is backed up again, past the image instead of into one, and compared with it
// octet by octet. It writes nothing to the device, and never makes a result better than it is: whatever keeps it
// from its end is a reason why the restore is not proven.

import type { Device } from '../client/index.js';
import { EngineError, type Release } from '../errors.js';
import type { DeviceIdentity, ImageManifest, ObjectListFacts, Repository } from '../repository/index.js';
import { leftWith, predicate } from './failure.js';
import { objectListChange, readObjectList } from './object-list.js';
import { openEntryOf } from './open-entry.js';
import { foundTaken, open } from './opening.js';
import type { Released } from './release.js';
import { identityChange } from './same-device.js';
import { Session } from './session.js';
import { isFree, type Sighting, STATUS_DURING } from './states.js';
import { POLL_MS, PROOF_LEAVE_MS, PROOF_PAUSE_MS, PROOF_TRIES } from './timing.js';
import type { FileComparison, OpenEntryReport, ProcedureOptions, Proof, ProvenFile } from './types.js';
import { compareDevice } from './verify.js';
import { differenceWords, isEqualOutside, knownVolatile, volatileOf } from './volatile.js';

/** What is to be proven. */
export interface ToProve {
  readonly device: Device;
  readonly repository: Repository;
  readonly image: ImageManifest;
  /** Taken of the device right before the restore: what changed by itself then may do so now. */
  readonly undo: ImageManifest | undefined;
  /** Who the device was right before the restore. */
  readonly identity: DeviceIdentity;
  readonly options: ProcedureOptions;
}

export interface Proven {
  readonly proof: Proof;
  /** How its procedure left the device; undefined when it began none. */
  readonly release?: Release;
  /** What the device showed last. */
  readonly sighting?: Sighting;
  readonly deviations: readonly string[];
  readonly openEntry?: OpenEntryReport;
}

/** Never rejects: a proof that cannot be had is `not-possible`, with the reason. */
export async function prove(act: ToProve): Promise<Proven> {
  const { device, options } = act;
  for (let attempt = 1; ; attempt += 1) {
    const session = new Session(device, options);
    if (attempt === 1) session.emit({ kind: 'step', step: 'prove', device: device.instance });
    try {
      return await attemptProof(session, act);
    } catch (thrown) {
      const error = leftWith(session, thrown, 'not-started');
      if (attempt >= PROOF_TRIES || !isWorthAnother(error)) return notPossible(session, error);
      try {
        session.repeated(attempt + 1, error.message);
        await findAgain(session);
      } catch (reason) {
        return notPossible(session, leftWith(session, reason, 'not-started'));
      }
    }
  }
}

async function attemptProof(session: Session, act: ToProve): Promise<Proven> {
  const { repository, image, undo, identity, options } = act;
  const ledger = { journal: repository.journal, site: image.site };
  const opening = await open(session, 'backup', options, ledger);
  const stranger = identityChange(identity, opening.identity);
  if (stranger !== undefined)
    throw new EngineError('device-mismatch', `another device answers in its place: ${stranger}`);
  const objects = await readObjectList(session);
  const compared = await compareDevice(session, opening, repository, image);
  const files = compared.files.map((file) => judged(file, image, undo));
  const reasons = [
    ...files.filter(({ known, file }) => !isEqualOutside(file, known)).map(({ words }) => words),
    ...objectReasons(image.procedure.objects, objects),
  ];
  const { release, sighting } = await seenToLeave(session, compared.released);
  return {
    proof: {
      outcome: reasons.length === 0 ? 'equal' : 'different',
      files: files.map(({ file, known }): ProvenFile => ({ ...file, volatile: volatileOf(file, known) })),
      objects: {
        ...count('image', image.procedure.objects),
        ...count('before', undo?.procedure.objects),
        ...count('now', objects),
      },
      reasons,
    },
    release,
    ...(sighting === undefined ? {} : { sighting }),
    deviations: session.deviations,
    ...openEntryOf(session),
  };
}

/** A device may be silent for a while after the end of a backup, as after any end: it is looked for again. */
async function seenToLeave(
  session: Session,
  released: Released,
): Promise<Pick<Released, 'release' | 'sighting'>> {
  const knownMs = (session.remedies.returnSeconds ?? 0) * 1000;
  const deadlineMs = session.clock.now() + Math.max(PROOF_LEAVE_MS, knownMs);
  while (released.release !== 'released' && !released.stuck && session.clock.now() < deadlineMs) {
    const sighting = await session.look('release', false);
    const { state, status } = sighting;
    if (state !== undefined && isFree(state) && status !== STATUS_DURING.backup)
      return { release: 'released', sighting };
    // Stopped by the user: what was seen so far is what is told.
    if (session.signal?.aborted === true) break;
    await session.clock.sleep(POLL_MS);
  }
  return released;
}

function judged(
  file: FileComparison,
  image: ImageManifest,
  undo: ImageManifest | undefined,
): {
  readonly file: FileComparison;
  readonly known: ReturnType<typeof knownVolatile>;
  readonly words: string;
} {
  const same = ({ instance }: { readonly instance: number }): boolean => instance === file.file;
  const row = image.files.find(same);
  const known = row === undefined ? [] : knownVolatile(row, undo?.files.find(same));
  return { file, known, words: differenceWords(file, known) };
}

/** A device without an Object_List in its image, or that does not tell it, is not judged by it. */
function objectReasons(was: ObjectListFacts | undefined, is: ObjectListFacts | undefined): string[] {
  if (was === undefined || is === undefined) return [];
  const change = objectListChange(was, is, "the image's device");
  return change === undefined ? [] : [change];
}

function count(
  name: 'image' | 'before' | 'now',
  objects: ObjectListFacts | undefined,
): Record<string, number> {
  return objects === undefined ? {} : { [name]: objects.count };
}

/** A device that was just restored may be busy, or away for a moment. One that is stuck is left alone. */
function isWorthAnother(error: EngineError): boolean {
  const { retriable, code, details } = error;
  return retriable && code !== 'cancelled' && code !== 'release-failed' && details.release !== 'unproven';
}

/** Gives the device time, and looks for it where it may be now. Rejects `cancelled`. */
async function findAgain(session: Session): Promise<void> {
  await session.pause(PROOF_PAUSE_MS, 'before the device is backed up again');
  // Not found: the next try says so with its own words.
  await session.rebind();
}

function notPossible(session: Session, error: EngineError): Proven {
  const release = foundTaken(error) ? 'unproven' : error.details.release;
  const advice =
    error.code === 'device-password' ? '; the restored configuration may have brought another password' : '';
  return {
    proof: {
      outcome: 'not-possible',
      files: [],
      reasons: [`it could not be backed up again: ${predicate(error)}${advice}`],
    },
    ...(release === undefined || release === 'not-started' ? {} : { release }),
    deviations: session.deviations,
    ...openEntryOf(session),
  };
}
