// The undo image: a backup of the device as it is right before a restore, read twice, so that what the
// restore is compared with knows which octets change by themselves. Without one nothing is written, unless
// the user said so by name.

import { EngineError, type Release } from '../errors.js';
import { type ImageSummary, type Repository, UNDO_TAG } from '../repository/index.js';
import { takeBackup, type Taken } from './backup.js';
import { clause, leftWith } from './failure.js';
import type { RestorePlan } from './plan/index.js';
import { Session } from './session.js';
import type { Story } from './story.js';
import type { OpenEntryReport, RestoreOptions, SecondReading } from './types.js';

export interface Undo {
  readonly image: ImageSummary;
  /** How taking it left the device. */
  readonly release: Release;
  readonly secondReading?: SecondReading;
  readonly unrecorded: readonly string[];
  readonly openEntry?: OpenEntryReport;
}

/**
 * Takes the undo image and writes it into the story; undefined when the user wants none. Rejects as `backup`
 * does, and with `readings-differ` when two readings of the device do not agree: the image is then kept.
 */
export async function takeUndo(
  about: Session,
  repository: Repository,
  plan: Pick<RestorePlan, 'site' | 'identity'>,
  story: Story,
  options: RestoreOptions,
): Promise<Undo | undefined> {
  const { undo = 'twice' } = options;
  if (undo === 'none') {
    await story.require('undo', { taken: false, choice: undo });
    return undefined;
  }
  const { device } = about;
  about.emit({ kind: 'step', step: 'undo', device: device.instance });
  const session = new Session(device, options);
  let taken: Taken | undefined;
  try {
    const { site, identity } = plan;
    const asked = { site, tags: [UNDO_TAG], twice: undo === 'twice', story, options, identity };
    taken = await takeBackup(session, repository, asked);
    requireAgreement(taken);
  } catch (error) {
    throw withoutUndo(leftWith(session, error, taken?.release ?? 'not-started'));
  }
  const { image, release, secondReading, unrecorded, openEntry } = taken;
  try {
    await story.require('undo', { taken: true, choice: undo, image: image.id });
  } catch (error) {
    // The image is there, and the device was in our procedures: only the log of it is not.
    throw leftWith(session, error, release);
  }
  return {
    image,
    release,
    unrecorded,
    ...(secondReading === undefined ? {} : { secondReading }),
    ...(openEntry === undefined ? {} : { openEntry }),
  };
}

/** A device that cannot be read twice alike cannot be put back, nor can a restore of it be proven. */
function requireAgreement({ image, secondReading, secondError }: Taken): void {
  if (secondReading === undefined) return;
  const { outcome, reasons } = secondReading;
  if (outcome === 'equal' || outcome === 'volatile') return;
  const id = image.id.slice(0, 8);
  const details = { undo: image.id };
  if (secondError !== undefined) {
    throw new EngineError(secondError.code, secondError.message, {
      cause: secondError,
      details: { ...secondError.details, ...details },
    });
  }
  throw new EngineError(
    'readings-differ',
    `two readings of it do not agree (${reasons.join('; ')}); image ${id} is kept`,
    { details },
  );
}

/** Says what it means that there is no undo image, once, and how to go on without one: no restore was begun. */
function withoutUndo(error: EngineError): EngineError {
  const { code, cause } = error;
  const details = { ...error.details, step: 'undo' };
  // Stopped, or another device: no option would help.
  if (code === 'cancelled' || code === 'device-mismatch')
    return new EngineError(code, error.message, { cause, details });
  const what = 'no undo image could be proven, so nothing was written';
  const ways = '--undo-once takes one that is read only once, --no-undo none';
  return new EngineError(code, `${clause(error.message)}; ${what} (${ways}).`, { cause, details });
}
