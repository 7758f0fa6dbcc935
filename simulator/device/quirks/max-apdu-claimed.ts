// Quirk: Max_APDU_Length_Accepted is not what the device can take.

import { PropertyId } from '../../../protocol/index.js';
import { type QuirkKind, wholeNumber } from './kind.js';

export const maxApduClaimed: QuirkKind = {
  name: 'max-apdu-claimed',
  summary:
    'Claims this Max_APDU_Length_Accepted (default 1476) in I-Am and as a property, and takes what it takes: routers in between do that to honest devices.',
  value: 'OCTETS',
  make: (value) => {
    const octets = wholeNumber(value, 1476, 50);
    return {
      property: ({ property }) =>
        property === PropertyId.maxApduLengthAccepted ? [{ type: 'unsigned', value: octets }] : undefined,
    };
  },
};
