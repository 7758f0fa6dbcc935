// Quirk: reads that give nothing although there is something.

import { Limit, type QuirkKind, wholeNumber } from './kind.js';
import { acknowledged, cut, partSize, readFileAck } from './requests.js';

export const zeroOctets: QuirkKind = {
  name: 'zero-octets',
  summary:
    'Gives no octets or records and end-of-file FALSE, the first times (default 1) or always, as devices do that are short of time.',
  value: 'TIMES | always',
  make: (value) => {
    const limit = value === 'always' ? new Limit() : new Limit(wholeNumber(value, 1, 1));
    return {
      afterRequest: (context) => {
        const ack = readFileAck(context);
        if (ack === undefined || partSize(ack) === 0 || !limit.take(context.now)) return undefined;
        return acknowledged({ ...cut(ack, 0), endOfFile: false });
      },
    };
  },
};
