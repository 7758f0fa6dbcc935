// Quirk: a write at position 0 makes the file anew.

import type { QuirkKind } from './kind.js';
import { fileOf, fileWrite } from './requests.js';

export const truncatesAtZero: QuirkKind = {
  name: 'truncates-at-zero',
  summary:
    'Empties a file with every write at position or record 0, so that a late duplicate of the first chunk destroys the rest, as bacnet-stack on POSIX does.',
  make: () => ({
    beforeRequest: (context) => {
      const [write, file] = [fileWrite(context), fileOf(context)];
      if (write?.start === 0 && file?.access === write.access)
        context.device.setFile(file.instance, file.access === 'stream' ? new Uint8Array(0) : [], context.now);
      return undefined;
    },
  }),
};
