// All checks of a restore plan as one table, and the run through it. Judges what was gathered; asks nobody.

import type { Check, PlanFacts } from './facts.js';
import { FILE_CHECKS } from './files.js';
import { IDENTITY_CHECKS } from './identity.js';
import { IMAGE_CHECKS } from './image.js';
import { CHECK_NAMES, type CheckName } from './names.js';
import { STATE_CHECKS } from './state.js';
import { TRAVEL_CHECKS } from './travel.js';
import type { PlanCheck } from './types.js';

/** Every check by name, with its rules in words. */
export const PLAN_CHECKS: Readonly<Record<CheckName, Check>> = {
  ...IDENTITY_CHECKS,
  ...STATE_CHECKS,
  ...FILE_CHECKS,
  ...TRAVEL_CHECKS,
  ...IMAGE_CHECKS,
};

/** What every check says, in the order of their names; those that do not apply are left out. */
export function judged(facts: PlanFacts): PlanCheck[] {
  return CHECK_NAMES.flatMap((name) => {
    const { title, never, code, judge } = PLAN_CHECKS[name];
    const judgement = judge(facts);
    if (judgement === undefined) return [];
    const { image, device, severity, unknown = false, text } = judgement;
    return [
      {
        name,
        title,
        severity,
        ...(image === undefined ? {} : { image }),
        ...(device === undefined ? {} : { device }),
        unknown,
        text,
        allowable: never === undefined,
        code: judgement.code ?? code,
      },
    ];
  });
}
