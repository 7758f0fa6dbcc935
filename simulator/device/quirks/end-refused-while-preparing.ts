// Quirk: a device that cannot be released while it prepares.

import { BackupState, ErrorClass, ErrorCode } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';
import { isEnd } from './requests.js';

const PREPARING: readonly number[] = [BackupState.preparingForBackup, BackupState.preparingForRestore];

export const endRefusedWhilePreparing: QuirkKind = {
  name: 'end-refused-while-preparing',
  summary:
    'Refuses END and ABORT with DEVICE: CONFIGURATION_IN_PROGRESS while it prepares, as BACnet4J does.',
  make: () => ({
    beforeRequest: (context) =>
      isEnd(context) && PREPARING.includes(context.device.backupState)
        ? { kind: 'error', errorClass: ErrorClass.device, errorCode: ErrorCode.configurationInProgress }
        : undefined,
  }),
};
