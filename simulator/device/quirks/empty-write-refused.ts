// Quirk: a write of nothing is an error.

import { ErrorClass, ErrorCode } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';
import { fileWrite, partSize } from './requests.js';

export const emptyWriteRefused: QuirkKind = {
  name: 'empty-write-refused',
  summary: 'Refuses an AtomicWriteFile of no octets with OBJECT: FILE_ACCESS_DENIED, as bacnet-stack does.',
  make: () => ({
    beforeRequest: (context) => {
      const write = fileWrite(context);
      return write && partSize(write) === 0
        ? { kind: 'error', errorClass: ErrorClass.object, errorCode: ErrorCode.fileAccessDenied }
        : undefined;
    },
  }),
};
