// Quirk: answers of a moment ago, to other questions.

import type { Answer } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber } from './kind.js';

interface Given {
  readonly service: number;
  readonly answer: Answer;
  readonly untilMs: number;
}

export const staleAnswers: QuirkKind = {
  name: 'stale-answers',
  summary:
    'Keeps every answer for these seconds (default 6) and gives it again, without acting, to whatever the same client asks under the same invoke id, as the bac-py server does.',
  value: 'SECONDS',
  make: (value) => {
    const keptMs = wholeNumber(value, 6, 1) * 1000;
    const given = new Map<string, Given>();
    return {
      beforeRequest: ({ asker, service, now }) => {
        const old = asker === undefined ? undefined : given.get(asker);
        if (old === undefined || now >= old.untilMs) return undefined;
        // An acknowledgement of another service is nothing to whoever asked this one.
        return old.service === service ? old.answer : { kind: 'silence' };
      },
      afterRequest: ({ asker, service, answer, now }) => {
        if (asker !== undefined) given.set(asker, { service, answer, untilMs: now + keptMs });
        return undefined;
      },
    };
  },
};
