// Quirk: Backup_Failure_Timeout never fires.

import type { QuirkKind } from './kind.js';

export const watchdogNever: QuirkKind = {
  name: 'watchdog-never',
  summary:
    'Never ends a procedure by itself, whatever Backup_Failure_Timeout says: bacnet-stack did not in 6 s with 3.',
  make: () => ({ procedureEvent: ({ event }) => (event === 'timed-out' ? null : undefined) }),
};
