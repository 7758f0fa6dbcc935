// Quirk: ReadPropertyMultiple is told as supported, and answered with something else.

import { ConfirmedService } from '../../../protocol/index.js';
import { ANSWER, answerFromText } from './answer-text.js';
import { type QuirkKind, withLimit } from './kind.js';

export const multipleRefused: QuirkKind = {
  name: 'multiple-refused',
  summary:
    'Says in Protocol_Services_Supported that it has ReadPropertyMultiple, and answers it with this (default reject:unrecognized-service), for a time or for ever: small stacks whose list of services is copied from another product.',
  value: `${ANSWER}, then *TIMES or @SECONDS`,
  make: (value) => {
    const [text, limit] = withLimit(value);
    const answer = answerFromText(text ?? 'reject:unrecognized-service');
    return {
      beforeRequest: ({ service, now }) =>
        service === ConfirmedService.readPropertyMultiple && limit.take(now) ? answer : undefined,
    };
  },
};
