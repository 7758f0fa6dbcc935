// ReadProperty (clause 15.5).

import { decodeReadPropertyRequest, encodeReadPropertyAck } from '../../../protocol/index.js';
import { findObject, readProperty } from '../objects/properties.js';
import { complexAck, service } from './service.js';

export const readPropertyService = service(decodeReadPropertyRequest, (state, request, now) => {
  const object = findObject(state, request.object);
  const values = readProperty(state, object, request, now);
  return complexAck(encodeReadPropertyAck({ ...request, object: object.id, values }));
});
