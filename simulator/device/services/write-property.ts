// WriteProperty (clause 15.9).

import { decodeWritePropertyRequest } from '../../../protocol/index.js';
import { findObject, writeProperty } from '../objects/properties.js';
import { service, simpleAck } from './service.js';

export const writePropertyService = service(decodeWritePropertyRequest, (state, request, now) => {
  writeProperty(findObject(state, request.object), request, request.values, now);
  return simpleAck;
});
