// What AtomicReadFile and AtomicWriteFile ask of a file before they touch it (clauses 14.1.5, 14.2.5), in
// this order: a File object, that exists, that is not being prepared or activated.

import { ObjectType } from '../../../protocol/index.js';
import type { ObjectId } from '../../../protocol/index.js';
import type { FileObject } from '../device-files.js';
import type { DeviceState } from '../device-state.js';
import { refused } from '../refused.js';

/** The file to work on, or a refusal. Accessing it keeps the procedure alive. */
export function accessFile(state: DeviceState, id: ObjectId): FileObject {
  if (id.type !== ObjectType.file) throw refused.services('inconsistentObjectType');
  const file = state.shelf.get(id.instance);
  if (file === undefined) throw refused.object('unknownObject');
  state.access(file);
  state.requireConfigurationAtRest(file);
  return file;
}
