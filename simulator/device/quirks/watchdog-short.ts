// Quirk: a short Backup_Failure_Timeout.

import { type QuirkKind, wholeNumber } from './kind.js';

export const watchdogShort: QuirkKind = {
  name: 'watchdog-short',
  summary:
    'Gives a procedure up after these seconds (default 3) in which no configuration file was touched, and says so in Backup_Failure_Timeout.',
  value: 'SECONDS',
  make: (value) => ({ procedure: { backupFailureTimeoutS: wholeNumber(value, 3, 1) } }),
};
