// Quirk: the device falls silent in the middle of a restore.

import { ConfirmedService } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber } from './kind.js';

export const silentAfterWrites: QuirkKind = {
  name: 'silent-after-writes',
  summary:
    'Says nothing at all after this many AtomicWriteFile (default 3), for ever or for some seconds, with the last of them unanswered.',
  value: 'WRITES[@SECONDS]',
  make: (value) => {
    const [writesText, secondsText, ...more] = value?.split('@') ?? [];
    const writes = wholeNumber(more.length > 0 ? value : writesText, 3, 1);
    const silentMs = secondsText === undefined ? Infinity : wholeNumber(secondsText, 0, 1) * 1000;
    let seen = 0;
    let untilMs = 0;
    return {
      afterRequest: ({ service, now }) => {
        if (service !== ConfirmedService.atomicWriteFile || ++seen !== writes) return undefined;
        untilMs = now + silentMs;
        return { kind: 'silence' };
      },
      isDeaf: ({ now }) => now < untilMs,
    };
  },
};
