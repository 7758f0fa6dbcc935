// A restore as a story: which image, the gate that it must pass, the undo image, the writing, the proof, and
// what is done when it fails. What each step does is in its own file; nothing here speaks to the device.

import { type Device, formatPlace } from '../client/index.js';
import { comebackOf } from './comeback.js';
import { EngineError } from '../errors.js';
import type { Hold, ImageSummary, Repository } from '../repository/index.js';
import { failedRestore } from './failed-restore.js';
import { leftWith } from './failure.js';
import { findImage } from './image-content.js';
import { foundTaken, releaseOurs } from './opening.js';
import { checkPermissions, passGate } from './plan/index.js';
import { Session } from './session.js';
import { Story } from './story.js';
import { Timeline } from './timeline.js';
import type { RestoreOptions, RestoreReport } from './types.js';
import { takeUndo, type Undo } from './undo.js';
import { writeAndProve } from './write-and-prove.js';

/**
 * Restores one device from an image, by id, prefix or "latest". A plan is made first, and must pass the gate:
 * what blocks ends the restore unless it is allowed by name, with a reason. Before anything is written an undo
 * image is taken; afterwards the device is backed up again and compared. Only a report whose `verdict` is
 * "verified" is a proof of success. Rejects with EngineError; its details say what became of the device
 * (`release`), which checks blocked (`blocked`), and after START the `verdict` and the rest of `FailedRestore`.
 */
export async function restore(
  device: Device,
  repository: Repository,
  imageId: string,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const { clock } = device.client;
  const beganMs = clock.now();
  const timeline = new Timeline(clock, options.onEvent);
  const asked = { ...options, onEvent: timeline.onEvent };
  const session = new Session(device, asked);
  let story: Story | undefined;
  let undo: Undo | undefined;
  let hold: Hold | undefined;
  try {
    checkPermissions(options);
    checkExpected(device, options.expect.instance);
    // The image is read to the very end of the proof, whatever is forgotten and pruned meanwhile.
    hold = await repository.hold('restore');
    const image = await findImage(repository, imageId, device.instance, options.site);
    story = await begin(device, repository, image, options);
    const told = story;
    await releaseOurs(session, { journal: repository.journal, site: image.manifest.site });
    const { plan, verdict } = await passGate(device, repository, image, asked, (event, details) =>
      told.require(event, details),
    );
    undo = await takeUndo(session, repository, plan, story, asked);
    session.throwIfCancelled();
    const planned = { identity: plan.identity, comeback: comebackOf(plan) };
    const allowed = verdict.used.map(({ name }) => name);
    const act = { device, repository, image, planned, undo, allowed, story, timeline, options: asked };
    const report = await writeAndProve(act);
    await story.end(report.verdict, { unproven: report.unproven, release: report.release });
    const unrecorded = story.unrecorded(report.unrecorded);
    return { ...report, durationMs: Math.round(clock.now() - beganMs), unrecorded };
  } catch (thrown) {
    const left = undo !== undefined && foundTaken(thrown) ? 'unproven' : undo?.release;
    let error = leftWith(session, thrown, left ?? 'not-started');
    if (story === undefined) throw error;
    if (isAfterStart(error)) {
      const rollback = options.rollback === true;
      const act = { session, repository, undo, rollback, story, timeline, options: asked };
      error = await failedRestore(act, error);
    }
    throw await story.fail(outcomeOf(error), error, blockedOf(error));
  } finally {
    await hold?.release();
  }
}

function checkExpected(device: Device, expected: number): void {
  if (expected === device.instance) return;
  throw new EngineError(
    'device-mismatch',
    `it is not device ${expected}, which was to be restored; nothing was written`,
  );
}

function begin(
  device: Device,
  repository: Repository,
  image: ImageSummary,
  { allow = [], reason, undo = 'twice', rollback = false }: RestoreOptions,
): Promise<Story> {
  return Story.begin(repository, 'restore', {
    device: device.instance,
    address: formatPlace(device.address),
    image: image.id,
    undo,
    rollback,
    ...(allow.length === 0 ? {} : { allow }),
    ...(reason === undefined ? {} : { reason }),
  });
}

/** Whether the restore was, or may have been, begun on the device; an undo image that failed never began one. */
function isAfterStart({ details }: EngineError): boolean {
  return details['left'] !== undefined && details['step'] !== 'undo';
}

function outcomeOf({ code, details }: EngineError): string {
  const { verdict, blocked } = details;
  if (typeof verdict === 'string') return verdict;
  if (blocked !== undefined) return 'blocked';
  return code === 'cancelled' ? 'cancelled' : 'not-started';
}

function blockedOf({ details: { blocked } }: EngineError): Readonly<Record<string, unknown>> {
  return blocked === undefined ? {} : { blocked };
}
