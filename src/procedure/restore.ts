// A restore as a story: which image, the gate that it must pass, and then the writing of it. What each step
// does is in its own file; nothing here speaks to the device.

import { type Device, formatPlace } from '../client/index.js';
import { EngineError, isEngineError } from '../errors.js';
import type { ImageSummary, Repository, RunLog } from '../repository/index.js';
import { leftWith } from './failure.js';
import { findImage } from './image-content.js';
import { releaseOurs } from './opening.js';
import { checkPermissions, passGate } from './plan/index.js';
import { Session } from './session.js';
import type { RestoreOptions, RestoreReport } from './types.js';
import { writeRestore } from './write-restore.js';

/**
 * Restores one device from an image, by id, prefix or "latest". A plan is made first, and must pass the gate:
 * what blocks ends the restore unless it is allowed by name, with a reason. Rejects with EngineError; its
 * details say what became of the device (`release`), and which checks blocked (`blocked`). A report with a
 * non-empty `unproven` is not a proof of success.
 */
export async function restore(
  device: Device,
  repository: Repository,
  imageId: string,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const session = new Session(device, options);
  try {
    checkPermissions(options);
    checkExpected(device, options.expect.instance);
    const image = await findImage(repository, imageId, device.instance, options.site);
    const run = await beginRun(device, repository, image, options);
    return await logged(run, async () => {
      await releaseOurs(session, { journal: repository.journal, site: image.manifest.site });
      const { plan, verdict } = await passGate(device, repository, image, options, (event, details) =>
        run.write(event, details),
      );
      const report = await writeRestore(session, repository, image, options, plan);
      return { ...report, run: run.name, allowed: verdict.used.map(({ name }) => name) };
    });
  } catch (error) {
    throw leftWith(session, error, 'not-started');
  }
}

function checkExpected(device: Device, expected: number): void {
  if (expected === device.instance) return;
  throw new EngineError(
    'device-mismatch',
    `it is not device ${expected}, which was to be restored; nothing was written`,
  );
}

function beginRun(
  device: Device,
  repository: Repository,
  image: ImageSummary,
  options: RestoreOptions,
): Promise<RunLog> {
  const { allow = [], reason } = options;
  return repository.beginRun('restore', {
    device: device.instance,
    address: formatPlace(device.address),
    image: image.id,
    ...(allow.length === 0 ? {} : { allow }),
    ...(reason === undefined ? {} : { reason }),
  });
}

/** Ends the log with what came of the body. A log that cannot be ended changes nothing that was done. */
async function logged(run: RunLog, body: () => Promise<RestoreReport>): Promise<RestoreReport> {
  let report: RestoreReport;
  try {
    report = await body();
  } catch (error) {
    await run.end(outcomeOf(error), errorDetails(error)).catch(() => undefined);
    throw error;
  }
  const { unproven, release } = report;
  try {
    await run.end('done', { unproven, release });
    return report;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { ...report, unproven: [...unproven, `the run log could not be ended: ${words}`] };
  }
}

function outcomeOf(error: unknown): string {
  if (isEngineError(error, 'cancelled')) return 'cancelled';
  return isEngineError(error) && error.details['blocked'] !== undefined ? 'blocked' : 'failed';
}

function errorDetails(error: unknown): Record<string, unknown> {
  if (!isEngineError(error)) return { message: String(error) };
  const { code, message, details } = error;
  return {
    code,
    message,
    release: details.release ?? 'not-started',
    ...(details['blocked'] === undefined ? {} : { blocked: details['blocked'] }),
  };
}
