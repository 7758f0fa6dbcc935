// Quirk: the device accepts START and then cannot prepare.

import type { QuirkKind } from './kind.js';

export const preparationFails: QuirkKind = {
  name: 'preparation-fails',
  summary: 'Accepts START and ends its preparation in backup-failure (5) or restore-failure (6).',
  make: () => ({ procedureEvent: ({ event }) => (event === 'prepared' ? 'preparation-failed' : undefined) }),
};
