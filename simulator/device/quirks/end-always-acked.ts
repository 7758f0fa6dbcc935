// Quirk: END and ABORT are acknowledged although there is nothing to end.

import { ErrorCode } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';
import { isEnd } from './requests.js';

export const endAlwaysAcked: QuirkKind = {
  name: 'end-always-acked',
  summary:
    'Acknowledges END and ABORT in every state, as bacnet-stack does: the acknowledgement proves nothing.',
  make: () => ({
    afterRequest: (context) => {
      const refused =
        context.answer.kind === 'error' && context.answer.errorCode === ErrorCode.configurationInProgress;
      return refused && isEnd(context) ? { kind: 'simple-ack' } : undefined;
    },
  }),
};
