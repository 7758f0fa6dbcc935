// Quirk: Configuration_Files is filled late.

import { PropertyId } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber } from './kind.js';
import { isStart, propertyReads } from './requests.js';

export const filesLate: QuirkKind = {
  name: 'files-late',
  summary:
    'Shows Configuration_Files empty for the first reads (default 2) after START, which made VTS add a delay there.',
  value: 'READS',
  make: (value) => {
    const reads = wholeNumber(value, 2, 1);
    let left = 0;
    let isEmpty = false;
    return {
      beforeRequest: (context) => {
        if (isStart(context)) left = reads;
        const asked = propertyReads(context).some(
          ({ property }) => property === PropertyId.configurationFiles,
        );
        isEmpty = asked && left > 0;
        if (isEmpty) left--;
        return undefined;
      },
      property: ({ property }) => (isEmpty && property === PropertyId.configurationFiles ? [] : undefined),
    };
  },
};
