// Quirk: AtomicReadFile is answered with something else, for a time or for ever.

import { ConfirmedService } from '../../../protocol/index.js';
import { ANSWER, answerFromText } from './answer-text.js';
import { type QuirkKind, withLimit } from './kind.js';

export const readsRefused: QuirkKind = {
  name: 'reads-refused',
  summary:
    'Answers AtomicReadFile with this (default DEVICE:CONFIGURATION_IN_PROGRESS), for a time or for ever: still preparing, busy, or aborting while a session is active as the Chipkin example does.',
  value: `${ANSWER}, then *TIMES or @SECONDS`,
  make: (value) => {
    const [text, limit] = withLimit(value);
    const answer = answerFromText(text ?? 'DEVICE:CONFIGURATION_IN_PROGRESS');
    return {
      beforeRequest: ({ service, now }) =>
        service === ConfirmedService.atomicReadFile && limit.take(now) ? answer : undefined,
    };
  },
};
