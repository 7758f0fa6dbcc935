// Quirk: ReinitializeDevice START is answered with something else than an acknowledgement.

import { ANSWER, answerFromText } from './answer-text.js';
import { type QuirkKind, withLimit } from './kind.js';
import { isStart } from './requests.js';

export const startRefused: QuirkKind = {
  name: 'start-refused',
  summary:
    'Answers every START with this (default DEVICE:CONFIGURATION_IN_PROGRESS) and does not act: busy, locked, switched off or without the service, as seen in bacnet-stack, BACnet4J, Niagara and EBO.',
  value: `${ANSWER}, then *TIMES or @SECONDS`,
  make: (value) => {
    const [text, limit] = withLimit(value);
    const answer = answerFromText(text ?? 'DEVICE:CONFIGURATION_IN_PROGRESS');
    return { beforeRequest: (context) => (isStart(context) && limit.take(context.now) ? answer : undefined) };
  },
};
