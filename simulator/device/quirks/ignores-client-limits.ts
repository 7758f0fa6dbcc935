// Quirk: answers longer than the client accepts.

import type { QuirkKind } from './kind.js';

export const ignoresClientLimits: QuirkKind = {
  name: 'ignores-client-limits',
  summary:
    'Sends an acknowledgement in one APDU, however little the client said that it accepts, as bacnet-stack does.',
  make: () => ({ ignoresClientLimits: true }),
};
