// The plan of a restore: image, device and network compared before anything is started. It sends questions
// and nothing else: no START, no write, whatever it finds.

import type { Device } from '../../client/index.js';
import { type ImageSummary, type Repository, utcText } from '../../repository/index.js';
import { EngineError } from '../../errors.js';
import { leftWith } from '../failure.js';
import { findImage } from '../image-content.js';
import { Session } from '../session.js';
import type { ProgressEvent, UndoChoice } from '../types.js';
import { judged } from './checks.js';
import { estimate } from './estimate.js';
import { gather } from './gather.js';
import type { RestorePlan } from './types.js';

export interface PlanOptions {
  /** Site of the device, default the repository's own; for the image "latest" only images of it, where given. */
  readonly site?: string;
  /** Which undo image the restore will be asked for, default "twice": it has a check, and takes its time. */
  readonly undo?: UndoChoice;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ProgressEvent) => void;
}

/**
 * Compares an image, by id, prefix or "latest", with a device, and says what a restore would meet. Reads
 * only. That checks block is a result, not an error. Rejects with EngineError `device-silent`, `cancelled`,
 * `image-not-found`, `usage` (an image without files), or as the repository does.
 */
export async function planRestore(
  device: Device,
  repository: Repository,
  imageId: string,
  options: PlanOptions = {},
): Promise<RestorePlan> {
  const session = new Session(device, options);
  try {
    const image = await findImage(repository, imageId, device.instance, options.site);
    return await planFor(device, repository, image, options);
  } catch (error) {
    throw leftWith(session, error, 'not-started');
  }
}

/** The plan for an image that has been found. */
export async function planFor(
  device: Device,
  repository: Repository,
  image: ImageSummary,
  options: PlanOptions,
): Promise<RestorePlan> {
  const session = new Session(device, quietly(options));
  const { manifest } = image;
  if (manifest.files.length === 0) {
    const text = `image ${image.id.slice(0, 8)} has no files, so there is nothing to restore`;
    throw new EngineError('usage', text);
  }
  session.enter('plan');
  const site = options.site ?? repository.options.defaultSite;
  const facts = await gather(session, repository, image, { site, undo: options.undo ?? 'twice' });
  return {
    kind: 'restore-plan',
    device: device.instance,
    imageId: image.id,
    site,
    replacement: device.instance !== manifest.device.instance,
    becomes: manifest.device.instance,
    madeAt: utcText(session.clock.unixTime()),
    identity: facts.live.identity,
    reachedAt: facts.live.reachedAt,
    checks: judged(facts),
    estimate: estimate(facts),
  };
}

/** What a plan meets is in its checks: told as deviations, too, it would be told twice. */
function quietly(options: PlanOptions): PlanOptions {
  const { onEvent } = options;
  if (onEvent === undefined) return options;
  return {
    ...options,
    onEvent: (event) => {
      if (event.kind !== 'deviation' && event.kind !== 'state') onEvent(event);
    },
  };
}
