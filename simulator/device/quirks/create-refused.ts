// Quirk: CreateObject is refused.

import { ConfirmedService } from '../../../protocol/index.js';
import { ANSWER, answerFromText } from './answer-text.js';
import { type QuirkKind, withLimit } from './kind.js';

export const createRefused: QuirkKind = {
  name: 'create-refused',
  summary:
    'Answers CreateObject with this (default OBJECT:DYNAMIC_CREATION_NOT_SUPPORTED): a missing file cannot be made again.',
  value: `${ANSWER}, then *TIMES or @SECONDS`,
  make: (value) => {
    const [text, limit] = withLimit(value);
    const answer = answerFromText(text ?? 'OBJECT:DYNAMIC_CREATION_NOT_SUPPORTED');
    return {
      beforeRequest: ({ service, now }) =>
        service === ConfirmedService.createObject && limit.take(now) ? answer : undefined,
    };
  },
};
