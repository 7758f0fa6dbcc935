// ReadPropertyMultiple (clause 15.7), with ALL, REQUIRED and OPTIONAL. What cannot be read is an error in
// its own place; the service itself never fails for it.

import {
  decodeReadPropertyMultipleRequest,
  encodeReadPropertyMultipleAck,
  PropertyId,
} from '../../../protocol/index.js';
import type {
  ObjectId,
  PropertyReference,
  PropertyResult,
  ReadAccessResult,
} from '../../../protocol/index.js';
import type { DeviceState } from '../device-state.js';
import { existingRows, findObject, readProperty } from '../objects/properties.js';
import type { SimulatedObject } from '../objects/property-row.js';
import { Refused } from '../refused.js';
import { complexAck, service } from './service.js';

export const readPropertyMultipleService = service(decodeReadPropertyMultipleRequest, (state, request, now) =>
  complexAck(
    encodeReadPropertyMultipleAck({
      results: request.specs.map(({ object, properties }) => readObject(state, object, properties, now)),
    }),
  ),
);

function readObject(
  state: DeviceState,
  id: ObjectId,
  properties: readonly PropertyReference[],
  now: number,
): ReadAccessResult {
  const object = orRefused(() => findObject(state, id));
  if (object instanceof Refused) return { object: id, properties: properties.map((p) => failed(p, object)) };
  return {
    object: object.id,
    properties: properties
      .flatMap((p) => expanded(state, object, p, now))
      .map((p) => read(state, object, p, now)),
  };
}

function read(
  state: DeviceState,
  object: SimulatedObject,
  property: PropertyReference,
  now: number,
): PropertyResult {
  const values = orRefused(() => readProperty(state, object, property, now));
  return values instanceof Refused ? failed(property, values) : { ...property, values };
}

function failed(property: PropertyReference, { errorClass, errorCode }: Refused): PropertyResult {
  return { ...property, errorClass, errorCode };
}

/** The properties that a special identifier stands for; Property_List is never one (clause 15.7.3.1.2). */
function expanded(
  state: DeviceState,
  object: SimulatedObject,
  reference: PropertyReference,
  now: number,
): PropertyReference[] {
  const { all, required, optional, propertyList } = PropertyId;
  const special: readonly number[] = [all, required, optional];
  if (!special.includes(reference.property)) return [reference];
  const wanted = { [required]: 'required', [optional]: 'optional' }[reference.property];
  return existingRows(state, object, now)
    .filter((row) => row.property !== propertyList && (wanted === undefined || row.conformance === wanted))
    .map((row) => ({ property: row.property }));
}

function orRefused<T>(read: () => T): T | Refused {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}
