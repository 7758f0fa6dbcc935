// Quirk: Configuration_Files is empty outside a procedure.

import { BackupState, PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';

const OUTSIDE: readonly number[] = [BackupState.idle, BackupState.backupFailure, BackupState.restoreFailure];

export const filesOnlyInProcedure: QuirkKind = {
  name: 'files-only-in-procedure',
  summary: 'Shows Configuration_Files empty outside a backup or restore, as LOYTEC L-INX does.',
  make: () => ({
    property: ({ device, property }) =>
      property === PropertyId.configurationFiles && OUTSIDE.includes(device.backupState) ? [] : undefined,
  }),
};
