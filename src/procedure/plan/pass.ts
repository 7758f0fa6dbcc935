// The way through the gate: the plan is made anew, judged, and written into the run log together with every
// permission that was used and its reason. A log that cannot be written lets nothing through.

import type { Device } from '../../client/index.js';
import { EngineError } from '../../errors.js';
import type { ImageSummary, Repository } from '../../repository/index.js';
import { blockedError, checkNames, gate } from './gate.js';
import { planFor, type PlanOptions } from './plan.js';
import type { GateVerdict, RestorePlan } from './types.js';

export interface GateOptions extends PlanOptions {
  /** Names of checks that may block without ending the restore. Each use is written into the run log. */
  readonly allow?: readonly string[];
  /** Why; required with `allow`, and kept in the run log. */
  readonly reason?: string;
}

/** Writes a line into the run log, and rejects when it cannot. */
export type WriteLine = (event: string, details: Readonly<Record<string, unknown>>) => Promise<void>;

/** Rejects `usage` for permissions that cannot be, before anything is sent. */
export function checkPermissions({ allow = [], reason }: GateOptions): void {
  if (checkNames(allow).length === 0 || (reason ?? '').trim() !== '') return;
  throw new EngineError('usage', 'what is allowed needs a reason, which the run log keeps');
}

/**
 * Plans the restore and lets it through, or rejects: with the code of the first block that stands
 * (`device-mismatch` and others, `details.blocked` names all), as `planRestore` does, or as the log does.
 */
export async function passGate(
  device: Device,
  repository: Repository,
  image: ImageSummary,
  options: GateOptions,
  write: WriteLine,
): Promise<{ readonly plan: RestorePlan; readonly verdict: GateVerdict }> {
  const plan = await planFor(device, repository, image, options);
  const verdict = gate(plan, options.allow ?? []);
  await write('plan', { ...plan });
  if (!verdict.ok) throw blockedError(plan, verdict);
  for (const { name, title, image: inImage, device: onDevice, text } of verdict.used) {
    await write('allowed', {
      check: name,
      title,
      ...(inImage === undefined ? {} : { image: inImage }),
      ...(onDevice === undefined ? {} : { device: onDevice }),
      text,
      reason: options.reason,
    });
  }
  return { plan, verdict };
}
