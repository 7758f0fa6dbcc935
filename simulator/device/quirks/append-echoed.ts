// Quirk: an append is acknowledged with the position that was asked for, not with where it wrote.

import { ConfirmedService, decodeWriteFileAck, encodeWriteFileAck } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';
import { fileWrite } from './requests.js';

const APPEND = -1;

export const appendEchoed: QuirkKind = {
  name: 'append-echoed',
  summary:
    'Acknowledges an append with start -1 instead of the position that it wrote to, as bacnet-stack does.',
  make: () => ({
    afterRequest: (context) => {
      const { service, answer } = context;
      if (service !== ConfirmedService.atomicWriteFile || answer.kind !== 'complex-ack') return undefined;
      if (fileWrite(context)?.start !== APPEND) return undefined;
      const ack = decodeWriteFileAck(answer.payload);
      return { kind: 'complex-ack', payload: encodeWriteFileAck({ ...ack, start: APPEND }) };
    },
  }),
};
