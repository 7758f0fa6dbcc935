// Quirk: the device accepts START and prepares for ever.

import type { QuirkKind } from './kind.js';

export const neverPrepared: QuirkKind = {
  name: 'never-prepared',
  summary:
    'Accepts START and never gets beyond preparing, as the bac-py server does: files stay refused until END or ABORT.',
  make: () => ({ procedureEvent: ({ event }) => (event === 'prepared' ? null : undefined) }),
};
