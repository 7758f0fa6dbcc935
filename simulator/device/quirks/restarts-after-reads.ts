// Quirk: the device restarts in the middle of a backup.

import { ConfirmedService } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber } from './kind.js';

const RESTART_MS = 5000;

export const restartsAfterReads: QuirkKind = {
  name: 'restarts-after-reads',
  summary:
    'Restarts once, for 5 s, instead of answering the AtomicReadFile after this many (default 3): the procedure is forgotten, the state is idle.',
  value: 'READS',
  make: (value) => {
    let left = wholeNumber(value, 3);
    return {
      beforeRequest: ({ device, service, now }) => {
        if (service !== ConfirmedService.atomicReadFile || left < 0 || left-- > 0) return undefined;
        device.restart(RESTART_MS, now);
        return { kind: 'silence' };
      },
    };
  },
};
