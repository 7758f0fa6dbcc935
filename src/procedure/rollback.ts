// Puts a device back to its undo image after a restore that failed half-way. Only onto the very device that
// the undo image was taken of, only when it is free, and only once: a rollback that fails is not rolled back.

import type { Device } from '../client/index.js';
import { EngineError, type ErrorCode, isEngineError } from '../errors.js';
import {
  type DeviceIdentity,
  type Hold,
  type ImageManifest,
  type ImageSummary,
  isUndo,
  type Repository,
} from '../repository/index.js';
import { leftWith } from './failure.js';
import type { Ledger } from './open-entry.js';
import { open } from './opening.js';
import { identityChange } from './same-device.js';
import { Session } from './session.js';
import { Story } from './story.js';
import { Timeline } from './timeline.js';
import { FREE_POLL_MS, freeLimitMs } from './timing.js';
import type { RestoreReport, RollbackOptions } from './types.js';
import { writeAndProve } from './write-and-prove.js';

/**
 * Restores the undo image `imageId` onto the device that it was taken of, and proves it. Rejects with
 * EngineError: `usage` for an image that is no undo image, `device-mismatch` when another device answers in its
 * place, `device-silent` or `device-busy` when it is not free in time, and as `restore` does.
 */
export async function rollBack(
  device: Device,
  repository: Repository,
  imageId: string,
  options: RollbackOptions = {},
): Promise<RestoreReport> {
  const timeline = new Timeline(device.client.clock, options.onEvent);
  const asked = { ...options, onEvent: timeline.onEvent };
  const session = new Session(device, asked);
  let story: Story | undefined;
  let hold: Hold | undefined;
  try {
    hold = await repository.hold('rollback');
    const image = await repository.image(imageId);
    story = await Story.begin(repository, 'rollback', { device: device.instance, image: image.id });
    const report = await putBack({ session, repository, image, story, timeline, options: asked });
    await story.end(report.verdict, { unproven: report.unproven, release: report.release });
    return { ...report, unrecorded: story.unrecorded(report.unrecorded) };
  } catch (error) {
    const left = leftWith(session, error, 'not-started');
    throw story === undefined ? left : await story.fail('failed', left);
  } finally {
    await hold?.release();
  }
}

/** What a rollback needs. */
export interface Rollback {
  readonly session: Session;
  readonly repository: Repository;
  readonly image: ImageSummary;
  readonly story: Story;
  readonly timeline: Timeline;
  readonly options: RollbackOptions;
}

/** The rollback itself, within a story that has begun. Rejects as `rollBack` does. */
export async function putBack(act: Rollback): Promise<RestoreReport> {
  const { session, repository, image, story, timeline, options } = act;
  const { manifest } = image;
  if (!isUndo(manifest)) throw new EngineError('usage', `image ${image.id.slice(0, 8)} is no undo image`);
  session.emit({ kind: 'step', step: 'roll-back', device: session.device.instance });
  await repository.verifyImage(image);
  const identity = await whenFree(
    session,
    { journal: repository.journal, site: manifest.site },
    options,
    manifest,
  );
  const change = identityChange(manifest.device, identity);
  if (change !== undefined)
    throw new EngineError('device-mismatch', `it is not the device of the undo image: ${change}`);
  const expect = { instance: manifest.device.instance };
  return writeAndProve({
    device: session.device,
    repository,
    image,
    planned: { identity: manifest.device, comeback: undefined },
    undo: undefined,
    allowed: [],
    story,
    timeline,
    options: { ...options, expect },
  });
}

/**
 * Who the device is, once it answers and is in nobody's procedure: what the failed restore left of itself is
 * ended on the way, or ends by its own Backup_Failure_Timeout.
 */
async function whenFree(
  session: Session,
  ledger: Ledger,
  options: RollbackOptions,
  { procedure }: ImageManifest,
): Promise<DeviceIdentity> {
  const deadlineMs = session.clock.now() + freeLimitMs(procedure.backupFailureTimeoutS);
  for (;;) {
    try {
      const { identity } = await open(session, 'restore', options, ledger);
      return identity;
    } catch (error) {
      if (!isEngineError(error) || !MAY_PASS.includes(error.code)) throw error;
      if (session.clock.now() >= deadlineMs) throw error;
      await session.pause(FREE_POLL_MS, error.message);
      if (error.code !== 'device-busy') await lookElsewhere(session);
    }
  }
}

/** What a device that was just left in a restore says until it is free. */
const MAY_PASS: readonly ErrorCode[] = ['device-busy', 'device-silent', 'device-no-route'];

async function lookElsewhere(session: Session): Promise<void> {
  const missing = await session.rebind();
  // Two devices of one instance: which of them is to be put back, nobody can say.
  if (missing?.code === 'device-duplicate') throw missing;
}
