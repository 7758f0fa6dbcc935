// Fields of two descriptions of the same thing, compared by name.

import type { FieldChange } from './types.js';

type Value = string | number | boolean;

/** Fields that are compared, in the order in which they are told; true: a change of it counts. */
export type Fields<T> = { readonly [K in keyof T]?: boolean };

export function changesOf<T extends object>(fields: Fields<T>, a: T, b: T): FieldChange[] {
  return (Object.entries(fields) as [keyof T & string, boolean][]).flatMap(([field, counts]) => {
    const [one, other] = [a[field], b[field]] as readonly (Value | undefined)[];
    if (one === other) return [];
    return [
      {
        field,
        ...(one === undefined ? {} : { a: one }),
        ...(other === undefined ? {} : { b: other }),
        counts,
      },
    ];
  });
}
