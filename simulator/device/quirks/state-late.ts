// Quirk: Backup_And_Restore_State is published late.

import { BackupState, PropertyId } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber } from './kind.js';
import { isStart } from './requests.js';

export const stateLate: QuirkKind = {
  name: 'state-late',
  summary:
    'Shows Backup_And_Restore_State idle for the first polls (default 2) after a START that it has accepted.',
  value: 'POLLS',
  make: (value) => {
    const polls = wholeNumber(value, 2, 1);
    let left = 0;
    return {
      beforeRequest: (context) => {
        if (isStart(context)) left = polls;
        return undefined;
      },
      property: ({ property }) => {
        if (property !== PropertyId.backupAndRestoreState || left === 0) return undefined;
        left--;
        return [{ type: 'enumerated', value: BackupState.idle }];
      },
    };
  },
};
