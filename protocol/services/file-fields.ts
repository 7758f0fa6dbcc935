// What AtomicReadFile and AtomicWriteFile share (clause 14): the CHOICE of access, and the records of
// a file. In the services stream access is [0] and record access [1]; in File_Access_Method it is the
// other way round. Record boundaries are sacred: nothing here joins or splits records.

import { failUnexpected, nextIs, readApplication, readConstructed } from '../wire/fields.js';
import { writeApplication, writeConstructed } from '../wire/fields.js';
import { INTEGER, OCTET_STRING, OCTET_WINDOW, UNSIGNED } from '../wire/primitives.js';
import type { Reader } from '../wire/reader.js';
import type { Writer } from '../wire/writer.js';

/** How a file is addressed: by octets, or by records. */
export type FileAccess = 'stream' | 'record';

/** Octets of a stream file from octet `start`. */
export interface StreamPart {
  readonly access: 'stream';
  readonly start: number;
  readonly octets: Uint8Array;
}

/** Records of a record file from record `start`. */
export interface RecordPart {
  readonly access: 'record';
  readonly start: number;
  readonly records: readonly Uint8Array[];
}

export type FilePart = StreamPart | RecordPart;

/** The CHOICE tag of each access. */
export const ACCESS_TAG = { stream: 0, record: 1 } as const;

/** Takes the part between the tags of whichever access comes next; `body` reads the inside. */
export function readByAccess<T>(reader: Reader, body: (reader: Reader, access: FileAccess) => T): T {
  const access = nextAccess(reader, 'opening');
  return readConstructed(reader, ACCESS_TAG[access], `${access} access`, () => body(reader, access));
}

/** Which access the next tag chooses. */
export function nextAccess(reader: Reader, kind: 'opening' | 'context'): FileAccess {
  if (nextIs(reader, kind, ACCESS_TAG.stream, 'access method')) return 'stream';
  if (nextIs(reader, kind, ACCESS_TAG.record, 'access method')) return 'record';
  return failUnexpected(reader, `${kind} tag 0 or 1`, 'access method');
}

export function writeByAccess(writer: Writer, access: FileAccess, body: () => void): void {
  writeConstructed(writer, ACCESS_TAG[access], body);
}

/**
 * Takes start, and octets or counted records: the same in what is read and what is written. `owned`: what is read
 * stays as it is, and the octets of a stream file may be a window on it.
 */
export function readFilePart(reader: Reader, owned = false): FilePart {
  return readByAccess(reader, (_, access) => {
    const start = readApplication(
      reader,
      INTEGER,
      `file start ${access === 'stream' ? 'position' : 'record'}`,
    );
    if (access === 'stream') {
      return {
        access,
        start,
        octets: readApplication(reader, owned ? OCTET_WINDOW : OCTET_STRING, 'file octets'),
      };
    }
    return { access, start, records: readRecords(reader) };
  });
}

function readRecords(reader: Reader): Uint8Array[] {
  const start = reader.position;
  const count = readApplication(reader, UNSIGNED, 'record count');
  const records: Uint8Array[] = [];
  while (!nextIs(reader, 'closing', ACCESS_TAG.record, 'record')) {
    records.push(readApplication(reader, OCTET_STRING, 'record'));
  }
  if (records.length !== count)
    reader.fail(`record count is ${count}, ${records.length} records follow`, start);
  return records;
}

export function writeFilePart(writer: Writer, part: FilePart): void {
  writeByAccess(writer, part.access, () => {
    writeApplication(writer, INTEGER, part.start);
    if (part.access === 'stream') writeApplication(writer, OCTET_STRING, part.octets);
    else {
      writeApplication(writer, UNSIGNED, part.records.length);
      for (const record of part.records) writeApplication(writer, OCTET_STRING, record);
    }
  });
}
