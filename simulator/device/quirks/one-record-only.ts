// Quirk: records only one at a time, or only one at all.

import { ErrorClass, ErrorCode, RejectReason } from '../../../protocol/index.js';
import { oneOf, type QuirkKind } from './kind.js';
import { fileRead } from './requests.js';

export const oneRecordOnly: QuirkKind = {
  name: 'one-record-only',
  summary:
    'Rejects a read of more than one record as parameter-out-of-range, as bacnet-stack does; with "first" it also refuses every record but the first with SERVICES: INVALID_FILE_START_POSITION.',
  value: 'any | first',
  make: (value) => {
    const firstOnly = oneOf(value, ['any', 'first']) === 'first';
    return {
      beforeRequest: (context) => {
        const read = fileRead(context);
        if (read?.access !== 'record') return undefined;
        if (read.count > 1) return { kind: 'reject', reason: RejectReason.parameterOutOfRange };
        if (!firstOnly || read.start === 0) return undefined;
        const { invalidFileStartPosition } = ErrorCode;
        return { kind: 'error', errorClass: ErrorClass.services, errorCode: invalidFileStartPosition };
      },
    };
  },
};
