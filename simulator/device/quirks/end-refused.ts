// Quirk: ReinitializeDevice END or ABORT is answered with something else than an acknowledgement.

import { ANSWER, answerFromText } from './answer-text.js';
import { type QuirkKind, withLimit } from './kind.js';
import { isEnd } from './requests.js';

export const endRefused: QuirkKind = {
  name: 'end-refused',
  summary:
    'Answers every END and ABORT with this (default SERVICES:INVALID_CONFIGURATION_DATA) and does not act: bad data at ENDRESTORE, or a device that cannot be released.',
  value: `${ANSWER}, then *TIMES or @SECONDS`,
  make: (value) => {
    const [text, limit] = withLimit(value);
    const answer = answerFromText(text ?? 'SERVICES:INVALID_CONFIGURATION_DATA');
    return { beforeRequest: (context) => (isEnd(context) && limit.take(context.now) ? answer : undefined) };
  },
};
