// Quirk: ReadPropertyMultiple is acknowledged, and what is in it is not what ReadProperty would give.

import {
  ConfirmedService,
  decodeReadPropertyMultipleAck,
  encodeReadPropertyMultipleAck,
  ErrorClass,
  ErrorCode,
} from '../../../protocol/index.js';
import type { PropertyResult, ReadAccessResult } from '../../../protocol/index.js';
import { oneOf, type QuirkKind } from './kind.js';

type Change = (results: readonly PropertyResult[], object: string) => readonly PropertyResult[];

const CHANGES: Readonly<Record<'partial' | 'reversed' | 'null' | 'unknown', Change>> = {
  partial: (results) => results.slice(0, -1),
  reversed: (results) => results.toReversed(),
  null: (results) => results.map(({ property }) => ({ property, values: [{ type: 'null' }] })),
  unknown: (results) =>
    results.map(({ property }) => ({
      property,
      errorClass: ErrorClass.property,
      errorCode: ErrorCode.unknownProperty,
    })),
};

export const multipleWrong: QuirkKind = {
  name: 'multiple-wrong',
  summary:
    'Answers ReadPropertyMultiple without the last property (partial, the default), in the reverse order, with Null or UNKNOWN_PROPERTY for each, or for ever with what it answered first (cached, as gateways do).',
  value: 'partial | reversed | null | unknown | cached',
  make: (value) => {
    const how = oneOf(value, ['partial', 'reversed', 'null', 'unknown', 'cached']);
    const first = new Map<string, readonly PropertyResult[]>();
    const cached: Change = (results, object) => {
      const key = `${object} ${results.map(({ property }) => property).join()}`;
      const known = first.get(key) ?? results;
      first.set(key, known);
      return known;
    };
    const change = how === 'cached' ? cached : CHANGES[how];
    const changed = ({ object, properties }: ReadAccessResult): ReadAccessResult => ({
      object,
      properties: change(properties, `${object.type},${object.instance}`),
    });
    return {
      afterRequest: ({ service, answer }) => {
        if (service !== ConfirmedService.readPropertyMultiple || answer.kind !== 'complex-ack')
          return undefined;
        const { results } = decodeReadPropertyMultipleAck(answer.payload);
        const payload = encodeReadPropertyMultipleAck({ results: results.map(changed) });
        return { kind: 'complex-ack', payload };
      },
    };
  },
};
