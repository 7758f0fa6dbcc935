// Quirk: Backup_Failure_Timeout cannot be written.

import { ErrorClass, ErrorCode, PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';
import { propertyWrite } from './requests.js';

export const failureTimeoutFixed: QuirkKind = {
  name: 'failure-timeout-fixed',
  summary:
    'Refuses to write Backup_Failure_Timeout with PROPERTY: WRITE_ACCESS_DENIED, against the standard.',
  make: () => ({
    beforeRequest: (context) =>
      propertyWrite(context)?.property === PropertyId.backupFailureTimeout
        ? { kind: 'error', errorClass: ErrorClass.property, errorCode: ErrorCode.writeAccessDenied }
        : undefined,
  }),
};
