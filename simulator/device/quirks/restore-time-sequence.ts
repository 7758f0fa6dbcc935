// Quirk: Last_Restore_Time of a device without a clock.

import { PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';

export const restoreTimeSequence: QuirkKind = {
  name: 'restore-time-sequence',
  summary:
    'Gives Last_Restore_Time as a sequence number (choice [1] of BACnetTimeStamp), as devices without a clock do.',
  make: () => ({
    property: ({ device, property }) => {
      if (property !== PropertyId.lastRestoreTime) return undefined;
      const revision = device.databaseRevision & 0xffff;
      const octets = revision < 256 ? [revision] : [revision >> 8, revision & 0xff];
      return [{ type: 'context', tag: 1, octets: Uint8Array.from(octets) }];
    },
  }),
};
