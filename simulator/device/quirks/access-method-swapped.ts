// Quirk: File_Access_Method says the opposite.

import { FileAccessMethod, ObjectType, PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';

export const accessMethodSwapped: QuirkKind = {
  name: 'access-method-swapped',
  summary:
    'Shows stream files as record access and the reverse: the enumeration is swapped in bac-py and in an earlier rusty-bacnet.',
  make: () => ({
    property: ({ device, object, property }) => {
      if (property !== PropertyId.fileAccessMethod || object.type !== ObjectType.file) return undefined;
      const file = device.files.find(({ instance }) => instance === object.instance);
      return (
        file && [
          { type: 'enumerated', value: FileAccessMethod[file.access === 'stream' ? 'record' : 'stream'] },
        ]
      );
    },
  }),
};
