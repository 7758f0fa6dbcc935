// How an object says what properties it has: a table of rows, one a property. Types only.

import type { BacnetValue, ObjectId } from '../../../protocol/index.js';

export interface PropertyRow {
  readonly property: number;
  /** Whether REQUIRED or OPTIONAL of ReadPropertyMultiple gives it (clause 15.7.3.1.2). */
  readonly conformance: 'required' | 'optional';
  /** A BACnetARRAY: the values are its elements. */
  readonly isArray?: true;
  /** Its value now; undefined when the object does not have it now. */
  readonly read: () => readonly BacnetValue[] | undefined;
  /** Throws Refused. Absent: the property cannot be written. */
  readonly write?: (values: readonly BacnetValue[], now: number) => void;
}

export interface SimulatedObject {
  readonly id: ObjectId;
  readonly rows: readonly PropertyRow[];
}
