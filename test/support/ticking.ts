// A device whose files seem to change whenever one asks, for the stories of whoever reads them: its Modification_Date
// is the time of the question.

import { PropertyId } from '../../protocol/index.js';
import type { Quirk } from '../../simulator/index.js';

export const ticking: Quirk = {
  name: 'ticking',
  summary: 'gives the time of the question as Modification_Date',
  property: ({ property, now }) =>
    property === PropertyId.modificationDate
      ? [
          { type: 'date', year: 2026, month: 1, day: 1, weekday: 4 },
          { type: 'time', hour: 0, minute: 0, second: 0, hundredths: now % 100 },
        ]
      : undefined,
};
