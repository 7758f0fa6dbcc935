// Quirk: reading an empty file is an error.

import { ErrorClass, ErrorCode } from '../../../protocol/index.js';
import { oneOf, type QuirkKind } from './kind.js';
import { fileOf, fileRead } from './requests.js';

export const emptyFileError: QuirkKind = {
  name: 'empty-file-error',
  summary:
    'Answers a read of an empty file with OBJECT/11 (BACnet4J) or SERVICES/11 (devices that its client knows) instead of nothing and end-of-file.',
  value: 'object-11 | services-11',
  make: (value) => {
    const word = oneOf(value, ['object-11', 'services-11']);
    const errorClass = word === 'object-11' ? ErrorClass.object : ErrorClass.services;
    return {
      beforeRequest: (context) =>
        fileRead(context) && fileOf(context)?.size === 0
          ? { kind: 'error', errorClass, errorCode: ErrorCode.invalidFileStartPosition }
          : undefined,
    };
  },
};
