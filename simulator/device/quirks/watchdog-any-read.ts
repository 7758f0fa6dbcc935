// Quirk: Backup_Failure_Timeout is restarted by reading any property.

import { ConfirmedService } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';

export const watchdogAnyRead: QuirkKind = {
  name: 'watchdog-any-read',
  summary:
    'Restarts Backup_Failure_Timeout with every ReadProperty, not only with those of configuration files, as bacnet-stack does.',
  make: () => ({
    keepsAlive: ({ service }) =>
      service === ConfirmedService.readProperty || service === ConfirmedService.readPropertyMultiple
        ? true
        : undefined,
  }),
};
