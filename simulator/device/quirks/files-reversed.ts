// Quirk: Configuration_Files is in an order of its own.

import { type BacnetValue, ObjectType, PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';

export const filesReversed: QuirkKind = {
  name: 'files-reversed',
  summary:
    'Lists Configuration_Files with the highest instance first: the order is its own and matters, as in TwinCAT BACnet.',
  make: () => ({
    property: ({ device, property }) => {
      if (property !== PropertyId.configurationFiles) return undefined;
      return device.files
        .filter(({ configuration }) => configuration)
        .map(({ instance }): BacnetValue => ({
          type: 'object-identifier',
          object: { type: ObjectType.file, instance },
        }))
        .reverse();
    },
  }),
};
