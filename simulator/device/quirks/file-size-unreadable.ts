// Quirk: File_Size cannot be read.

import { ErrorClass, ErrorCode, PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';

export const fileSizeUnreadable: QuirkKind = {
  name: 'file-size-unreadable',
  summary: 'Answers File_Size with PROPERTY: UNKNOWN_FILE_SIZE: the content is generated while it is read.',
  make: () => ({
    property: ({ property }) =>
      property === PropertyId.fileSize
        ? { errorClass: ErrorClass.property, errorCode: ErrorCode.unknownFileSize }
        : undefined,
  }),
};
