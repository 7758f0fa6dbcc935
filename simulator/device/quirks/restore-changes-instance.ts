// Quirk: the restored configuration brings its own device instance.

import { INSTANCE_MAX } from '../../../protocol/index.js';
import { QuirkError, type QuirkKind, wholeNumber } from './kind.js';

export const restoreChangesInstance: QuirkKind = {
  name: 'restore-changes-instance',
  summary:
    'Is another device instance (default the next one) from the first finished restore on: the configuration that was put back was that of a replaced controller.',
  value: 'INSTANCE',
  make: (value) => {
    const other = value === undefined ? undefined : wholeNumber(value, 0);
    if ((other ?? 0) >= INSTANCE_MAX) throw new QuirkError(`${value} is no device instance`);
    let isRestored = false;
    return {
      instance: (own) => (isRestored ? (other ?? own + 1) : undefined),
      procedureEvent: ({ event }) => {
        isRestored ||= event === 'completed';
        return undefined;
      },
    };
  },
};
