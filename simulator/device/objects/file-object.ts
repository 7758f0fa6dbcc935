// A File object (clause 12.13) as a table of its properties.

import { FileAccessMethod, ObjectType, PropertyId } from '../../../protocol/index.js';
import type { BacnetValue } from '../../../protocol/index.js';
import { FILE_OCTETS_MAX, FILE_RECORDS_MAX } from '../file-content.js';
import type { FileObject } from '../device-files.js';
import type { DeviceState } from '../device-state.js';
import { refused } from '../refused.js';
import type { PropertyRow, SimulatedObject } from './property-row.js';
import { boolean, dateAndTime, enumerated, objectIdentifier, only, text, unsigned } from './values.js';

const P = PropertyId;

export function fileObject(state: DeviceState, file: FileObject): SimulatedObject {
  const id = { type: ObjectType.file, instance: file.instance };
  const required = (property: number, read: () => BacnetValue): PropertyRow => ({
    property,
    conformance: 'required',
    read: () => [read()],
  });
  const rows: PropertyRow[] = [
    required(P.objectIdentifier, () => objectIdentifier(id)),
    required(P.objectName, () => text(file.name)),
    required(P.objectType, () => enumerated(ObjectType.file)),
    required(P.fileType, () => text(file.fileType)),
    {
      ...required(P.fileSize, () => unsigned(file.content.octetCount)),
      write: (values, now) => resize(state, file, 'stream', values, now),
    },
    { property: P.modificationDate, conformance: 'required', read: () => dateAndTime(file.modifiedUnixTime) },
    {
      ...required(P.archive, () => boolean(file.archive)),
      write: (values) => {
        file.archive = only(values, 'boolean').value;
      },
    },
    required(P.readOnly, () => boolean(!state.isWritable(file))),
    required(P.fileAccessMethod, () => enumerated(FileAccessMethod[file.content.access])),
    {
      property: P.recordCount,
      conformance: 'optional',
      read: () => (file.content.access === 'record' ? [unsigned(file.content.size)] : undefined),
      write: (values, now) => resize(state, file, 'record', values, now),
    },
  ];
  return { id, rows };
}

/**
 * Writes File_Size of a stream file or Record_Count of a record file: less truncates, more extends with
 * zeros or empty records (clauses 12.13.6, 12.13.11).
 */
function resize(
  state: DeviceState,
  file: FileObject,
  access: 'stream' | 'record',
  values: readonly BacnetValue[],
  now: number,
): void {
  state.requireConfigurationAtRest(file);
  if (file.content.access !== access || !state.isWritable(file)) throw refused.property('writeAccessDenied');
  const { value } = only(values, 'unsigned');
  if (value > (access === 'stream' ? FILE_OCTETS_MAX : FILE_RECORDS_MAX))
    throw refused.resources('noSpaceToWriteProperty');
  file.content.resize(value);
  state.shelf.touch(file, now);
}
