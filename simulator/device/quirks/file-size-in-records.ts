// Quirk: File_Size of a record file counts records.

import { ObjectType, PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';

export const fileSizeInRecords: QuirkKind = {
  name: 'file-size-in-records',
  summary: 'Gives the number of records as File_Size of a record file, as bac-py does.',
  make: () => ({
    property: ({ device, object, property }) => {
      if (property !== PropertyId.fileSize || object.type !== ObjectType.file) return undefined;
      const records = device.fileRecords(object.instance);
      return records && [{ type: 'unsigned', value: records.length }];
    },
  }),
};
