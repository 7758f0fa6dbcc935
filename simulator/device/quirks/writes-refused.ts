// Quirk: AtomicWriteFile is answered with something else, for a time or for ever.

import { ConfirmedService } from '../../../protocol/index.js';
import { ANSWER, answerFromText } from './answer-text.js';
import { type QuirkKind, withLimit } from './kind.js';

export const writesRefused: QuirkKind = {
  name: 'writes-refused',
  summary:
    'Answers AtomicWriteFile with this (default SERVICES:FILE_ACCESS_DENIED) and writes nothing: read-only, full, busy.',
  value: `${ANSWER}, then *TIMES or @SECONDS`,
  make: (value) => {
    const [text, limit] = withLimit(value);
    const answer = answerFromText(text ?? 'SERVICES:FILE_ACCESS_DENIED');
    return {
      beforeRequest: ({ service, now }) =>
        service === ConfirmedService.atomicWriteFile && limit.take(now) ? answer : undefined,
    };
  },
};
