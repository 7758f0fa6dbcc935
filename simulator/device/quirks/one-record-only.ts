// Quirk: records only one at a time.

import { RejectReason } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';
import { fileRead } from './requests.js';

export const oneRecordOnly: QuirkKind = {
  name: 'one-record-only',
  summary: 'Rejects a read of more than one record as parameter-out-of-range, as bacnet-stack does.',
  make: () => ({
    beforeRequest: (context) => {
      const read = fileRead(context);
      return read?.access === 'record' && read.count > 1
        ? { kind: 'reject', reason: RejectReason.parameterOutOfRange }
        : undefined;
    },
  }),
};
