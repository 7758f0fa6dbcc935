// Quirk: a small queue in front of a slow file system.

import { ConfirmedService } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber } from './kind.js';

/** How long one read takes, ms. */
const READ_MS = 10;

export const readsQueued: QuirkKind = {
  name: 'reads-queued',
  summary:
    'Takes 10 ms for each AtomicReadFile, one after the other, with this many waiting at most (default 4); more are dropped, as small devices do.',
  value: 'N',
  make: (value) => {
    const queue = wholeNumber(value, 4);
    let due: number[] = [];
    const isFull = (now: number): boolean => {
      due = due.filter((time) => time > now);
      return due.length > queue;
    };
    return {
      beforeRequest: ({ service, now }) =>
        service === ConfirmedService.atomicReadFile && isFull(now) ? { kind: 'silence' } : undefined,
      delayMs: ({ service, now }) => {
        if (service !== ConfirmedService.atomicReadFile || isFull(now)) return undefined;
        const readyMs = Math.max(now, due.at(-1) ?? 0) + READ_MS;
        due.push(readyMs);
        return readyMs - now;
      },
    };
  },
};
