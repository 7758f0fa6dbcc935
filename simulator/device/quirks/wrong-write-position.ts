// Quirk: AtomicWriteFile acknowledges another position than it was given.

import { ConfirmedService, decodeWriteFileAck, encodeWriteFileAck } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber, withLimit } from './kind.js';

export const wrongWritePosition: QuirkKind = {
  name: 'wrong-write-position',
  summary:
    'Writes where it should and acknowledges a start that is this much further (default 1): nobody can tell where it wrote.',
  value: 'OFFSET, then *TIMES or @SECONDS',
  make: (value) => {
    const [text, limit] = withLimit(value);
    const offset = wholeNumber(text, 1, 1);
    return {
      afterRequest: ({ service, answer, now }) => {
        if (service !== ConfirmedService.atomicWriteFile || answer.kind !== 'complex-ack' || !limit.take(now))
          return undefined;
        const ack = decodeWriteFileAck(answer.payload);
        return { kind: 'complex-ack', payload: encodeWriteFileAck({ ...ack, start: ack.start + offset }) };
      },
    };
  },
};
