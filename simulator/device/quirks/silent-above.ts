// Quirk: no answer at all to reads that are too large.

import { type QuirkKind, wholeNumber } from './kind.js';
import { fileRead, readFileAck } from './requests.js';

export const silentAbove: QuirkKind = {
  name: 'silent-above',
  summary:
    'Says nothing to a read that asks for more octets than this (default 1000), or whose records have more: stacks that cannot segment their answer, as bacpypes once, or a path that loses long frames.',
  value: 'OCTETS',
  make: (value) => {
    const most = wholeNumber(value, 1000, 1);
    return {
      beforeRequest: (context) => {
        const read = fileRead(context);
        return read?.access === 'stream' && read.count > most ? { kind: 'silence' } : undefined;
      },
      afterRequest: (context) => {
        const ack = readFileAck(context);
        if (ack?.access !== 'record') return undefined;
        return ack.records.reduce((sum, record) => sum + record.length, 0) > most
          ? { kind: 'silence' }
          : undefined;
      },
    };
  },
};
