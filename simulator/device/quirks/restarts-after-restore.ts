// Quirk: the device restarts to activate what was restored.

import { type QuirkKind, wholeNumber } from './kind.js';

export const restartsAfterRestore: QuirkKind = {
  name: 'restarts-after-restore',
  summary:
    'Restarts after ENDRESTORE, silent for these seconds (default 45), then says I-Am, as Niagara stations and most controllers do.',
  value: 'SECONDS',
  make: (value) => ({
    procedure: { restartsAfterRestore: true, restoreCompletionMs: wholeNumber(value, 45, 1) * 1000 },
  }),
};
