// Quirk: ENDRESTORE is acknowledged, and then the restore fails.

import type { QuirkKind } from './kind.js';

export const restoreFails: QuirkKind = {
  name: 'restore-fails',
  summary:
    'Acknowledges ENDRESTORE and ends in restore-failure (6) without activating anything, as bacnet-stack does with content that it cannot use.',
  make: () => ({ procedureEvent: ({ event }) => (event === 'completed' ? 'completion-failed' : undefined) }),
};
