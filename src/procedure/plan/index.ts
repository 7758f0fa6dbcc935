// The plan of a restore and its gate: what is compared before anything is started, and what may go on.

export { blockedError, checkNames, gate } from './gate.js';
export { CHECK_NAMES, type CheckName } from './names.js';
export type { GateVerdict, PlanCheck, RestoreEstimate, RestorePlan, Severity } from './types.js';
