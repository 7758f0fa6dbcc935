// Quirk: a restore that fails leaves nothing behind.

import type { QuirkKind } from './kind.js';

export const restoreWrecks: QuirkKind = {
  name: 'restore-wrecks',
  summary:
    'Acknowledges ENDRESTORE, deletes its configuration files before it has validated anything, and ends in restore-failure (6), as bacnet-stack did with its objects.',
  make: () => ({
    procedureEvent: ({ device, event }) => {
      if (event !== 'completed') return undefined;
      for (const { instance, configuration } of device.files) if (configuration) device.removeFile(instance);
      return 'completion-failed';
    },
  }),
};
