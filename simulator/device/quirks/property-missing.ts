// Quirk: properties that are not there.

import { PropertyId } from '../../../protocol/index.js';
import { numberFromText } from './answer-text.js';
import { QuirkError, type QuirkKind } from './kind.js';

export const propertyMissing: QuirkKind = {
  name: 'property-missing',
  summary:
    'Answers these properties (numbers or names, joined with "+") with PROPERTY: UNKNOWN_PROPERTY in every object: bacnet-stack lacks last-restore-time.',
  value: 'PROPERTY[+PROPERTY...]',
  make: (value) => {
    if (value === undefined) throw new QuirkError('it needs a property');
    const missing = value.split('+').map((text) => numberFromText(PropertyId, text));
    return { property: ({ property }) => (missing.includes(property) ? null : undefined) };
  },
};
