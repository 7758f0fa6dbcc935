// Quirk: every answer takes its time.

import { type QuirkKind, wholeNumber } from './kind.js';

export const slowAnswers: QuirkKind = {
  name: 'slow-answers',
  summary:
    'Answers every confirmed request this many milliseconds late (default 1000), as devices do that answer from flash memory.',
  value: 'MS',
  make: (value) => {
    const lateMs = wholeNumber(value, 1000, 1);
    return { delayMs: () => lateMs };
  },
};
