// Quirk: Read_Only stays TRUE during a restore.

import { PropertyId } from '../../../protocol/index.js';
import type { QuirkKind } from './kind.js';

export const readOnlyStays: QuirkKind = {
  name: 'read-only-stays',
  summary: 'Shows Read_Only TRUE during a restore, against DM-BR-B, and takes the writes nevertheless.',
  make: () => ({
    property: ({ property }) =>
      property === PropertyId.readOnly ? [{ type: 'boolean', value: true }] : undefined,
  }),
};
