// Quirk: end-of-file comes one read too late.

import { ErrorClass, ErrorCode } from '../../../protocol/index.js';
import type { Answer } from '../../../protocol/index.js';
import { oneOf, type QuirkKind } from './kind.js';
import { acknowledged, fileOf, fileRead, partSize, readFileAck } from './requests.js';

const AT_END: Readonly<Record<'empty' | 'services-11' | 'object-11', Answer | undefined>> = {
  empty: undefined,
  'services-11': {
    kind: 'error',
    errorClass: ErrorClass.services,
    errorCode: ErrorCode.invalidFileStartPosition,
  },
  'object-11': {
    kind: 'error',
    errorClass: ErrorClass.object,
    errorCode: ErrorCode.invalidFileStartPosition,
  },
};

export const eofLate: QuirkKind = {
  name: 'eof-late',
  summary:
    'Says end-of-file FALSE with the last octet or record; only a read at the end says TRUE, with nothing in it (bacnet-stack), or fails with SERVICES/11 or OBJECT/11 (BACnet4J).',
  value: 'empty | services-11 | object-11',
  make: (value) => {
    const atEnd = AT_END[oneOf(value, ['empty', 'services-11', 'object-11'])];
    return {
      beforeRequest: (context) => {
        const [read, file] = [fileRead(context), fileOf(context)];
        return file !== undefined && file.size > 0 && read?.start === file.size ? atEnd : undefined;
      },
      afterRequest: (context) => {
        const ack = readFileAck(context);
        return ack?.endOfFile && partSize(ack) > 0 ? acknowledged({ ...ack, endOfFile: false }) : undefined;
      },
    };
  },
};
