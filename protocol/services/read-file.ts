// AtomicReadFile (clause 14.1).
//
// AtomicReadFile-Request ::= SEQUENCE { file-identifier, CHOICE {
//   stream-access [0] { file-start-position INTEGER, requested-octet-count Unsigned },
//   record-access [1] { file-start-record INTEGER, requested-record-count Unsigned } } }
// AtomicReadFile-ACK ::= SEQUENCE { end-of-file BOOLEAN, CHOICE {
//   stream-access [0] { file-start-position INTEGER, file-data OCTET STRING },
//   record-access [1] { file-start-record INTEGER, returned-record-count Unsigned,
//                       file-record-data SEQUENCE OF OCTET STRING } } }

import { readApplication, readBoolean, writeApplication, writeBoolean } from '../wire/fields.js';
import { INTEGER, OBJECT_ID, UNSIGNED } from '../wire/primitives.js';
import type { ObjectId } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import { encodeWith } from '../wire/writer.js';
import { readByAccess, readFilePart, writeByAccess, writeFilePart } from './file-fields.js';
import type { FileAccess, FilePart } from './file-fields.js';

export interface ReadFileRequest {
  readonly file: ObjectId;
  readonly access: FileAccess;
  /** First octet or first record, from 0. */
  readonly start: number;
  /** How many octets or records at most. */
  readonly count: number;
}

/** `endOfFile`: the part holds the last octet or record of the file. */
export type ReadFileAck = FilePart & { readonly endOfFile: boolean };

/** Encodes the service payload; EncodeError for numbers out of range. */
export function encodeReadFileRequest(request: ReadFileRequest): Uint8Array {
  return encodeWith((writer) => {
    writeApplication(writer, OBJECT_ID, request.file);
    writeByAccess(writer, request.access, () => {
      writeApplication(writer, INTEGER, request.start);
      writeApplication(writer, UNSIGNED, request.count);
    });
  });
}

/** Decodes the service payload; DecodeError when it is not exactly one request. */
export function decodeReadFileRequest(payload: Uint8Array): ReadFileRequest {
  return decodeAll(payload, 'AtomicReadFile request', (reader) => {
    const file = readApplication(reader, OBJECT_ID, 'file identifier');
    return readByAccess(reader, (_, access) => {
      const start = readApplication(reader, INTEGER, 'file start');
      return { file, access, start, count: readApplication(reader, UNSIGNED, 'requested count') };
    });
  });
}

/** Encodes the service payload; EncodeError for numbers out of range. */
export function encodeReadFileAck(ack: ReadFileAck): Uint8Array {
  return encodeWith((writer) => {
    writeBoolean(writer, ack.endOfFile);
    writeFilePart(writer, ack);
  });
}

/**
 * Decodes the service payload; DecodeError also when the record count is not the number of records. `owned`: nobody
 * changes the payload any more, as that of an outcome, and the octets of a stream file need no copy.
 */
export function decodeReadFileAck(payload: Uint8Array, owned = false): ReadFileAck {
  return decodeAll(payload, 'AtomicReadFile acknowledgement', (reader) => {
    const endOfFile = readBoolean(reader, 'end of file');
    const part = readFilePart(reader, owned);
    return part.access === 'stream'
      ? { access: part.access, start: part.start, octets: part.octets, endOfFile }
      : { ...part, endOfFile };
  });
}
