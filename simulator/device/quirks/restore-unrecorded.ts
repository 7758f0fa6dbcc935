// Quirk: a restore leaves no trace in the Device object.

import { PropertyId } from '../../../protocol/index.js';
import type { BacnetValue } from '../../../protocol/index.js';
import { dateAndTime } from '../objects/values.js';
import type { QuirkKind } from './kind.js';

export const restoreUnrecorded: QuirkKind = {
  name: 'restore-unrecorded',
  summary:
    'Never changes Database_Revision and Last_Restore_Time, so that a restore cannot be seen there, as with bac-py.',
  make: () => {
    let revision: number | undefined;
    const never: BacnetValue = { type: 'constructed', tag: 2, values: dateAndTime(undefined) };
    return {
      beforeRequest: ({ device }) => {
        revision ??= device.databaseRevision;
        return undefined;
      },
      property: ({ device, property }) => {
        if (property === PropertyId.lastRestoreTime) return [never];
        if (property !== PropertyId.databaseRevision) return undefined;
        return [{ type: 'unsigned', value: revision ?? device.databaseRevision }];
      },
    };
  },
};
