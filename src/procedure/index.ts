// Procedures: backup, restore, comparison and probe of one device. Knows START, prepare, list, copy, END.

export { backup, BACKUP_PHASES } from './backup.js';
export {
  blockedError,
  type Check,
  type CheckName,
  gate,
  type GateVerdict,
  PLAN_CHECKS,
  type PlanCheck,
  type PlanOptions,
  planRestore,
  type RestoreEstimate,
  type RestorePlan,
  type Severity,
} from './plan/index.js';
export { glance, type Glance, type GlanceOptions } from './glance.js';
export { PREPARATION, STANDINGS } from './states.js';
export { afterRollback } from './failed-restore.js';
export { probe } from './probe.js';
export { KNOWN_QUIRKS, parseQuirks, type DeviceQuirk, type QuirkAdvice, type Remedies } from './quirks.js';
export { recover } from './recover.js';
export { restore } from './restore.js';
export { rollBack } from './rollback.js';
export { START_REFUSALS } from './start-refusals.js';
export type * from './types.js';
export { verify, VERIFY_PHASES } from './verify.js';
export { RESTORE_PHASES } from './write-restore.js';
