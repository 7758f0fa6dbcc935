// The plan of a restore and its gate: what is compared before anything is started, and what may go on.

export { PLAN_CHECKS } from './checks.js';
export type { Check } from './facts.js';
export { blockedError, checkNames, gate } from './gate.js';
export { CHECK_NAMES, type CheckName } from './names.js';
export { checkPermissions, type GateOptions, passGate } from './pass.js';
export { planFor, type PlanOptions, planRestore } from './plan.js';
export type { GateVerdict, PlanCheck, RestoreEstimate, RestorePlan, Severity } from './types.js';
