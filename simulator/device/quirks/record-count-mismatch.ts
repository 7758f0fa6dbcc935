// Quirk: Returned Record Count is not the number of records that follow.

import { decodeValues, encodeValues } from '../../../protocol/index.js';
import type { BacnetValue } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber } from './kind.js';
import { readFileAck } from './requests.js';

export const recordCountMismatch: QuirkKind = {
  name: 'record-count-mismatch',
  summary:
    'Says this many more records (default 1) than it gives with every read of a record file: a broken device.',
  value: 'RECORDS',
  make: (value) => {
    const more = wholeNumber(value, 1, 1);
    const lie = (v: BacnetValue): BacnetValue =>
      v.type === 'unsigned' ? { ...v, value: v.value + more } : v;
    return {
      afterRequest: (context) => {
        if (readFileAck(context)?.access !== 'record' || context.answer.kind !== 'complex-ack')
          return undefined;
        // No encoder of ours says what is not so: the count is the one Unsigned inside the constructed part.
        const values = decodeValues(context.answer.payload).map((v) =>
          v.type === 'constructed' ? { ...v, values: v.values.map(lie) } : v,
        );
        return { kind: 'complex-ack', payload: encodeValues(values) };
      },
    };
  },
};
