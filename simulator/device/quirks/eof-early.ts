// Quirk: end-of-file comes too early.

import { type QuirkKind, wholeNumber } from './kind.js';
import { acknowledged, partSize, readFileAck } from './requests.js';

export const eofEarly: QuirkKind = {
  name: 'eof-early',
  summary:
    'Says end-of-file TRUE with every read that gets this far into a file (default 1 octet or record), although more follows.',
  value: 'OCTETS_OR_RECORDS',
  make: (value) => {
    const from = wholeNumber(value, 1);
    return {
      afterRequest: (context) => {
        const ack = readFileAck(context);
        if (ack === undefined || ack.endOfFile || ack.start + partSize(ack) < from) return undefined;
        return acknowledged({ ...ack, endOfFile: true });
      },
    };
  },
};
