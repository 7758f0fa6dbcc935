// Finds objects and their properties, for every service that reads or writes one: array indices, the
// wildcard device, Property_List, and the values that quirks put in the place of the real ones.

import { INSTANCE_MAX, ObjectType, PropertyId } from '../../../protocol/index.js';
import type { BacnetValue, ObjectId, PropertyReference } from '../../../protocol/index.js';
import type { DeviceState } from '../device-state.js';
import { Refused, refused } from '../refused.js';
import { deviceObject } from './device-object.js';
import { fileObject } from './file-object.js';
import type { PropertyRow, SimulatedObject } from './property-row.js';
import { enumerated, unsigned } from './values.js';

/** First protocol revision with Property_List. */
const PROPERTY_LIST_REVISION = 14;

/** Never named by Property_List, for every object has them (clause 12.1.1.4). */
const UNLISTED: readonly number[] = [
  PropertyId.objectIdentifier,
  PropertyId.objectName,
  PropertyId.objectType,
  PropertyId.propertyList,
];

/** The object, with the wildcard device resolved (clause 12.11.1); refuses OBJECT: UNKNOWN_OBJECT. */
export function findObject(state: DeviceState, id: ObjectId): SimulatedObject {
  if (id.type === ObjectType.device && (id.instance === state.instance || id.instance === INSTANCE_MAX))
    return withPropertyList(state, deviceObject(state));
  const file = id.type === ObjectType.file ? state.shelf.get(id.instance) : undefined;
  if (file === undefined) throw refused.object('unknownObject');
  state.access(file);
  return withPropertyList(state, fileObject(state, file));
}

/** Rows of the properties that the object has now. */
export function existingRows(state: DeviceState, object: SimulatedObject, now: number): PropertyRow[] {
  return object.rows.filter((row) => valuesOf(state, object, row, now) !== undefined);
}

/** Reads a property, one element of it, or with index 0 its size. Refuses as clause 15.5.1.3 says. */
export function readProperty(
  state: DeviceState,
  object: SimulatedObject,
  { property, index }: PropertyReference,
  now: number,
): readonly BacnetValue[] {
  const row = object.rows.find((candidate) => candidate.property === property);
  const values = valuesOf(
    state,
    object,
    row ?? { property, conformance: 'optional', read: () => undefined },
    now,
  );
  if (values === undefined) throw refused.property('unknownProperty');
  if (values instanceof Refused) throw values;
  if (index === undefined) return values;
  if (!row?.isArray) throw refused.property('propertyIsNotAnArray');
  if (index === 0) return [unsigned(values.length)];
  const element = values[index - 1];
  if (element === undefined) throw refused.property('invalidArrayIndex');
  return [element];
}

/** Writes a property. Refuses as clause 15.9.1.3 says. */
export function writeProperty(
  object: SimulatedObject,
  { property, index }: PropertyReference,
  values: readonly BacnetValue[],
  now: number,
): void {
  const row = object.rows.find((candidate) => candidate.property === property);
  if (row?.read() === undefined) throw refused.property('unknownProperty');
  if (index !== undefined && !row.isArray) throw refused.property('propertyIsNotAnArray');
  if (row.write === undefined) throw refused.property('writeAccessDenied');
  row.write(values, now);
}

/** What a property is now, as quirks would have it: its values, why not, or undefined for no such property. */
function valuesOf(
  state: DeviceState,
  object: SimulatedObject,
  row: PropertyRow,
  now: number,
): readonly BacnetValue[] | Refused | undefined {
  for (const quirk of state.quirks) {
    const verdict = quirk.property?.({ device: state, object: object.id, property: row.property, now });
    if (verdict === null) return undefined;
    if (verdict === undefined) continue;
    return 'errorClass' in verdict ? new Refused(verdict.errorClass, verdict.errorCode) : verdict;
  }
  return row.read();
}

function withPropertyList(state: DeviceState, object: SimulatedObject): SimulatedObject {
  if (state.config.protocolRevision < PROPERTY_LIST_REVISION) return object;
  const list: PropertyRow = {
    property: PropertyId.propertyList,
    conformance: 'required',
    isArray: true,
    read: () =>
      object.rows
        .filter((row) => !UNLISTED.includes(row.property) && row.read() !== undefined)
        .map((row) => enumerated(row.property)),
  };
  return { id: object.id, rows: [...object.rows, list] };
}
