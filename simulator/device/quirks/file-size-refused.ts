// Quirk: files cannot be sized by writing File_Size or Record_Count.

import { ErrorClass, ErrorCode, PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';
import { propertyWrite } from './requests.js';

export const fileSizeRefused: QuirkKind = {
  name: 'file-size-refused',
  summary:
    'Refuses to write File_Size and Record_Count with PROPERTY: WRITE_ACCESS_DENIED although the file can be written, as bacnet-stack on POSIX does.',
  make: () => ({
    beforeRequest: (context) => {
      const property = propertyWrite(context)?.property;
      return property === PropertyId.fileSize || property === PropertyId.recordCount
        ? { kind: 'error', errorClass: ErrorClass.property, errorCode: ErrorCode.writeAccessDenied }
        : undefined;
    },
  }),
};
