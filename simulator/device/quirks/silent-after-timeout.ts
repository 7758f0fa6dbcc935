// Quirk: the device is gone for a while after its watchdog.

import { type QuirkKind, wholeNumber } from './kind.js';

export const silentAfterTimeout: QuirkKind = {
  name: 'silent-after-timeout',
  summary:
    'Says nothing at all for these seconds (default 20) after its Backup_Failure_Timeout has run out: VTS gives devices more time there.',
  value: 'SECONDS',
  make: (value) => {
    const silentMs = wholeNumber(value, 20, 1) * 1000;
    let untilMs = 0;
    return {
      procedureEvent: ({ event, now }) => {
        if (event === 'timed-out') untilMs = now + silentMs;
        return undefined;
      },
      isDeaf: ({ now }) => now < untilMs,
    };
  },
};
