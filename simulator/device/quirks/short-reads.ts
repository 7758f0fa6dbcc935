// Quirk: reads that give less than was asked for.

import { type QuirkKind, wholeNumber } from './kind.js';
import { acknowledged, cut, partSize, readFileAck } from './requests.js';

export const shortReads: QuirkKind = {
  name: 'short-reads',
  summary:
    'Gives at most this many octets or records (default 16) with one read, end-of-file FALSE, as rusty-bacnet does at its local limits.',
  value: 'OCTETS_OR_RECORDS',
  make: (value) => {
    const most = wholeNumber(value, 16, 1);
    return {
      afterRequest: (context) => {
        const ack = readFileAck(context);
        if (ack === undefined || partSize(ack) <= most) return undefined;
        return acknowledged({ ...cut(ack, most), endOfFile: false });
      },
    };
  },
};
