// CreateObject (clause 15.3) for configuration files that are missing while a restore runs (DM-BR-B).
// An initial value that cannot be set makes the whole service fail, and nothing exists afterwards.

import {
  decodeCreateObjectRequest,
  encodeCreateObjectAck,
  FileAccessMethod,
  ObjectType,
  PropertyId,
} from '../../../protocol/index.js';
import type { BacnetValue, CreateObjectRequest, PropertyValue } from '../../../protocol/index.js';
import type { FileObject } from '../device-files.js';
import type { DeviceState } from '../device-state.js';
import { contentOf, FILE_OCTETS_MAX, FILE_RECORDS_MAX } from '../file-content.js';
import { only } from '../objects/values.js';
import { Refused, refused } from '../refused.js';
import { complexAck, service } from './service.js';

export const createObjectService = service(decodeCreateObjectRequest, (state, request, now) => {
  const file = state.shelf.draft(chooseInstance(state, request), now);
  request.initialValues?.forEach((value, index) => setInitialValue(file, value, index + 1));
  state.keepFile(file, now);
  return complexAck(encodeCreateObjectAck({ type: ObjectType.file, instance: file.instance }));
});

function chooseInstance(state: DeviceState, request: CreateObjectRequest): number {
  const type = 'object' in request ? request.object.type : request.objectType;
  if (type !== ObjectType.file) {
    throw type === ObjectType.device
      ? refused.object('dynamicCreationNotSupported')
      : refused.object('unsupportedObjectType');
  }
  if ('object' in request && state.shelf.get(request.object.instance) !== undefined)
    throw refused.object('objectIdentifierAlreadyExists');
  if (state.procedure.isChanging) throw refused.device('configurationInProgress');
  if (!state.config.procedure.createsFiles || !state.procedure.isRestoring)
    throw refused.object('dynamicCreationNotSupported');
  const instance = 'object' in request ? request.object.instance : state.shelf.freeInstance();
  if (instance === undefined) throw refused.resources('noSpaceForObject');
  return instance;
}

/** How an initial value is set; any other property of a File object cannot be. */
const SETTERS: ReadonlyMap<number, (file: FileObject, values: readonly BacnetValue[]) => void> = new Map([
  [PropertyId.objectName, (file, values) => void (file.name = only(values, 'character-string').text)],
  [PropertyId.fileType, (file, values) => void (file.fileType = only(values, 'character-string').text)],
  [PropertyId.archive, (file, values) => void (file.archive = only(values, 'boolean').value)],
  [PropertyId.readOnly, (file, values) => void (file.readOnly = only(values, 'boolean').value)],
  [PropertyId.fileAccessMethod, setAccessMethod],
  [PropertyId.fileSize, (file, values) => setSize(file, 'stream', values, FILE_OCTETS_MAX)],
  [PropertyId.recordCount, (file, values) => setSize(file, 'record', values, FILE_RECORDS_MAX)],
]);

const FIXED: readonly number[] = [
  PropertyId.objectIdentifier,
  PropertyId.objectType,
  PropertyId.modificationDate,
];

function setInitialValue(
  file: FileObject,
  { property, index, values }: PropertyValue,
  element: number,
): void {
  try {
    const set = SETTERS.get(property);
    if (set === undefined)
      throw refused.property(FIXED.includes(property) ? 'writeAccessDenied' : 'unknownProperty');
    if (index !== undefined) throw refused.property('propertyIsNotAnArray');
    set(file, values);
  } catch (error) {
    throw error instanceof Refused ? new Refused(error.errorClass, error.errorCode, element) : error;
  }
}

function setAccessMethod(file: FileObject, values: readonly BacnetValue[]): void {
  const { value } = only(values, 'enumerated');
  if (value !== FileAccessMethod.record && value !== FileAccessMethod.stream)
    throw refused.property('valueOutOfRange');
  file.content = contentOf(value === FileAccessMethod.stream ? new Uint8Array(0) : []);
  file.adoptsAccess = false;
}

function setSize(
  file: FileObject,
  access: 'stream' | 'record',
  values: readonly BacnetValue[],
  max: number,
): void {
  const { value } = only(values, 'unsigned');
  if (file.content.access !== access) throw refused.property('writeAccessDenied');
  if (value > max) throw refused.property('valueOutOfRange');
  file.content.resize(value);
}
