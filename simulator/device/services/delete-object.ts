// DeleteObject (clause 15.4): this device lets nobody delete an object.

import { decodeDeleteObjectRequest } from '../../../protocol/index.js';
import { findObject } from '../objects/properties.js';
import { refused } from '../refused.js';
import { service } from './service.js';

export const deleteObjectService = service(decodeDeleteObjectRequest, (state, { object }) => {
  findObject(state, object);
  throw refused.object('objectDeletionNotPermitted');
});
