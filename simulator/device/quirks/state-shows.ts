// Quirk: Backup_And_Restore_State shows one value while a procedure runs, whatever the device does.

import { BackupState, PropertyId } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber, withLimit } from './kind.js';
import { isStart } from './requests.js';

export const stateShows: QuirkKind = {
  name: 'state-shows',
  summary:
    'Shows this Backup_And_Restore_State (default 1) while a procedure runs, for ever or for some seconds after START: stuck in preparing as bac-py, another session (2, 4), failed (5, 6), or a value of the future (7 and up).',
  value: 'STATE, then @SECONDS',
  make: (value) => {
    const [text, limit] = withLimit(value);
    const state = wholeNumber(text, BackupState.preparingForBackup);
    return {
      beforeRequest: (context) => {
        // Its time begins with START, not with the first poll.
        if (isStart(context)) limit.take(context.now);
        return undefined;
      },
      property: ({ device, property, now }) => {
        const shows =
          property === PropertyId.backupAndRestoreState && device.backupState !== BackupState.idle;
        return shows && limit.take(now) ? [{ type: 'enumerated', value: state }] : undefined;
      },
    };
  },
};
