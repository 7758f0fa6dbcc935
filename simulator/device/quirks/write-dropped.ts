// Quirk: writes that are acknowledged and never stored.

import { encodeWriteFileAck } from '../../../protocol/index.js';
import { Limit, type QuirkKind, wholeNumber } from './kind.js';
import { fileOf, fileWrite } from './requests.js';

export const writeDropped: QuirkKind = {
  name: 'write-dropped',
  summary:
    'Acknowledges writes and stores nothing, the first times (default 1) or always: an acknowledgement is not a result.',
  value: 'TIMES | always',
  make: (value) => {
    const limit = value === 'always' ? new Limit() : new Limit(wholeNumber(value, 1, 1));
    return {
      beforeRequest: (context) => {
        const [write, file] = [fileWrite(context), fileOf(context)];
        if (write === undefined || file?.access !== write.access || !limit.take(context.now))
          return undefined;
        const start = write.start < 0 ? file.size : write.start;
        return { kind: 'complex-ack', payload: encodeWriteFileAck({ access: write.access, start }) };
      },
    };
  },
};
