// Quirk: System_Status does not show the procedure.

import { PropertyId, SystemStatus } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';

export const systemStatusStatic: QuirkKind = {
  name: 'system-status-static',
  summary:
    'Shows System_Status operational always, also during backup and restore, as bacnet-stack and BACnet4J do.',
  make: () => ({
    property: ({ property }) =>
      property === PropertyId.systemStatus
        ? [{ type: 'enumerated', value: SystemStatus.operational }]
        : undefined,
  }),
};
