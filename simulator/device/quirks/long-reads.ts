// Quirk: reads that give more than was asked for.

import { type QuirkKind, wholeNumber } from './kind.js';
import { acknowledged, readFileAck } from './requests.js';

export const longReads: QuirkKind = {
  name: 'long-reads',
  summary:
    'Gives this many octets (zeros) or empty records (default 1) more than it should with every read: a broken device.',
  value: 'OCTETS_OR_RECORDS',
  make: (value) => {
    const more = wholeNumber(value, 1, 1);
    return {
      afterRequest: (context) => {
        const ack = readFileAck(context);
        if (ack === undefined) return undefined;
        if (ack.access === 'stream')
          return acknowledged({ ...ack, octets: Uint8Array.from([...ack.octets, ...new Uint8Array(more)]) });
        const extra = Array.from({ length: more }, () => new Uint8Array(0));
        return acknowledged({ ...ack, records: [...ack.records, ...extra] });
      },
    };
  },
};
