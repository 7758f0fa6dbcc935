// Objects in which an absent key is absent, not undefined: as types with optional keys want them. Pure.

/** The keys that have a value. */
export function kept<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
