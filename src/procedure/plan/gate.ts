// Whether a restore may begin: every block needs its own permission by name, and some have none. Pure; it
// must never let a block through that was not named.

import { EngineError } from '../../errors.js';
import { CHECK_NAMES, type CheckName, isCheckName } from './names.js';
import type { GateVerdict, PlanCheck, RestorePlan } from './types.js';

/** Reads names of checks. Throws EngineError `usage` that lists all of them when one is unknown. */
export function checkNames(texts: readonly string[]): readonly CheckName[] {
  const unknown = texts.find((text) => !isCheckName(text));
  if (unknown === undefined) return [...new Set(texts.filter(isCheckName))];
  throw new EngineError(
    'usage',
    `"${unknown}" is no check of a restore plan. The checks are ${CHECK_NAMES.join(', ')}.`,
    { details: { check: unknown } },
  );
}

/** Judges a plan, with the blocks that are allowed by name. Throws `usage` for a name that is no check. */
export function gate(plan: Pick<RestorePlan, 'checks'>, allow: readonly string[]): GateVerdict {
  const allowed = checkNames(allow);
  const blocks = plan.checks.filter((check) => check.severity === 'block');
  const isUsed = (check: PlanCheck): boolean => check.allowable && allowed.includes(check.name);
  const blocked = blocks.filter((check) => !isUsed(check));
  return {
    ok: blocked.length === 0,
    blocked,
    used: blocks.filter(isUsed),
    unused: allowed.filter((name) => !blocks.some((check) => check.name === name)),
  };
}

/** The error for a restore that may not begin: the code of the first block, and all blocks in words. */
export function blockedError(plan: RestorePlan, { blocked }: Pick<GateVerdict, 'blocked'>): EngineError {
  const { name } = plan.identity;
  const device = name === undefined || name === '' ? plan.device : `${plan.device} (${name})`;
  const reasons = blocked.map((check) => `${check.name}: ${check.text}${sides(check)}`);
  const open = blocked.filter((check) => check.allowable).map((check) => `--allow ${check.name}`);
  const way = open.length === 0 ? '' : ` (to go on all the same: ${open.join(' ')} --reason TEXT)`;
  const image = plan.imageId.slice(0, 8);
  return new EngineError(
    blocked[0]?.code ?? 'internal',
    `Device ${device}: the restore of image ${image} is blocked: ${reasons.join('; ')}${way}; nothing was written.`,
    { details: { device: plan.device, blocked: blocked.map((check) => check.name), release: 'not-started' } },
  );
}

/**
 * Both values: " (Model_Name: AC-9 in the image, AC-10 on the device)"; the one that there is, where the check
 * compares nothing.
 */
function sides({ title, image, device, unknown }: PlanCheck): string {
  const only = image ?? device;
  if (only === undefined) return '';
  if (!unknown && (image === undefined || device === undefined)) return ` (${title}: ${only})`;
  return ` (${title}: ${image ?? 'unknown'} in the image, ${device ?? 'unknown'} on the device)`;
}
