// Quirk: reads that are too large are aborted instead of shortened.

import { AbortReason } from '../../../protocol/index.js';
import { numberFromText } from './answer-text.js';
import { type QuirkKind, wholeNumber } from './kind.js';
import { fileRead, readFileAck } from './requests.js';

export const abortAbove: QuirkKind = {
  name: 'abort-above',
  summary:
    'Aborts (default segmentation-not-supported) a read that asks for more octets than this (default 1470), or whose records have more, as bacnet-stack does instead of giving less.',
  value: 'OCTETS[:REASON]',
  make: (value) => {
    const [text, reasonText = 'segmentation-not-supported', ...more] = value?.split(':') ?? [];
    const most = wholeNumber(more.length > 0 ? value : text, 1470, 1);
    const abort = { kind: 'abort', reason: numberFromText(AbortReason, reasonText) } as const;
    return {
      beforeRequest: (context) => {
        const read = fileRead(context);
        return read?.access === 'stream' && read.count > most ? abort : undefined;
      },
      afterRequest: (context) => {
        const ack = readFileAck(context);
        if (ack?.access !== 'record') return undefined;
        return ack.records.reduce((sum, record) => sum + record.length, 0) > most ? abort : undefined;
      },
    };
  },
};
