// Quirk: System_Status does not return to operational after a restore.

import { PropertyId, ReinitializeState, SystemStatus } from '../../../protocol/index.js';
import { numberFromText } from './answer-text.js';
import type { QuirkKind } from './kind.js';
import { isStart, reinitialization } from './requests.js';

export const statusAfterRestore: QuirkKind = {
  name: 'status-after-restore',
  summary:
    'Shows this System_Status (default download-required) from ENDRESTORE to the next START: the configuration was not taken.',
  value: 'STATUS',
  make: (value) => {
    const status = numberFromText(SystemStatus, value ?? 'download-required');
    let ended = false;
    return {
      beforeRequest: (context) => {
        if (isStart(context)) ended = false;
        if (reinitialization(context) === ReinitializeState.endRestore) ended = true;
        return undefined;
      },
      property: ({ property }) =>
        ended && property === PropertyId.systemStatus ? [{ type: 'enumerated', value: status }] : undefined,
    };
  },
};
