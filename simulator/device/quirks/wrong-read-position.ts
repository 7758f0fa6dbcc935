// Quirk: AtomicReadFile acknowledges another position than was asked for.

import { type QuirkKind, wholeNumber, withLimit } from './kind.js';
import { acknowledged, readFileAck } from './requests.js';

export const wrongReadPosition: QuirkKind = {
  name: 'wrong-read-position',
  summary:
    'Acknowledges reads with a start that is this much further (default 1) than the octets or records given: a broken device.',
  value: 'OFFSET, then *TIMES or @SECONDS',
  make: (value) => {
    const [text, limit] = withLimit(value);
    const offset = wholeNumber(text, 1, 1);
    return {
      afterRequest: (context) => {
        const ack = readFileAck(context);
        return ack && limit.take(context.now)
          ? acknowledged({ ...ack, start: ack.start + offset })
          : undefined;
      },
    };
  },
};
