// Quirk: end-of-file never comes.

import type { QuirkKind } from './kind.js';
import { acknowledged, readFileAck } from './requests.js';

export const eofNever: QuirkKind = {
  name: 'eof-never',
  summary:
    'Says end-of-file FALSE for ever: reads at the end give nothing and FALSE again, which bacnet-stack readfile and go-bacnet guard against.',
  make: () => ({
    afterRequest: (context) => {
      const ack = readFileAck(context);
      return ack?.endOfFile ? acknowledged({ ...ack, endOfFile: false }) : undefined;
    },
  }),
};
