// Quirk: the device falls silent in the middle of a transfer.

import { ConfirmedService } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber } from './kind.js';

export const silentAfterReads: QuirkKind = {
  name: 'silent-after-reads',
  summary:
    'Says nothing at all after this many AtomicReadFile (default 3), for ever or for some seconds: a cable pulled, a router down.',
  value: 'READS[@SECONDS]',
  make: (value) => {
    const [readsText, secondsText, ...more] = value?.split('@') ?? [];
    const reads = wholeNumber(more.length > 0 ? value : readsText, 3, 1);
    const silentMs = secondsText === undefined ? Infinity : wholeNumber(secondsText, 0, 1) * 1000;
    let seen = 0;
    let untilMs = 0;
    return {
      afterRequest: ({ service, now }) => {
        if (service === ConfirmedService.atomicReadFile && ++seen === reads) untilMs = now + silentMs;
        return undefined;
      },
      isDeaf: ({ now }) => now < untilMs,
    };
  },
};
