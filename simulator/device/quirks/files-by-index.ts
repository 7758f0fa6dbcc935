// Quirk: Configuration_Files can only be read element by element.

import { AbortReason, PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';
import { propertyReads } from './requests.js';

const WHOLE: readonly number[] = [PropertyId.configurationFiles, PropertyId.all, PropertyId.optional];

export const filesByIndex: QuirkKind = {
  name: 'files-by-index',
  summary:
    'Aborts reads of the whole Configuration_Files as segmentation-not-supported, and gives it element by element: seen wherever arrays do not fit one APDU.',
  make: () => ({
    beforeRequest: (context) =>
      propertyReads(context).some(({ property, index }) => WHOLE.includes(property) && index === undefined)
        ? { kind: 'abort', reason: AbortReason.segmentationNotSupported }
        : undefined,
  }),
};
