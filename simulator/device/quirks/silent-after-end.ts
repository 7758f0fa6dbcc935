// Quirk: the device is gone for a while after END.

import { type QuirkKind, wholeNumber } from './kind.js';
import { isAcknowledged, isEnd } from './requests.js';

export const silentAfterEnd: QuirkKind = {
  name: 'silent-after-end',
  summary:
    'Says nothing at all for these seconds (default 30) after it has acknowledged END or ABORT, and no I-Am afterwards.',
  value: 'SECONDS',
  make: (value) => {
    const silentMs = wholeNumber(value, 30, 1) * 1000;
    let untilMs = 0;
    return {
      afterRequest: (context) => {
        if (isEnd(context) && isAcknowledged(context.answer)) untilMs = context.now + silentMs;
        return undefined;
      },
      isDeaf: ({ now }) => now < untilMs,
    };
  },
};
