// AtomicWriteFile (clause 14.2).
//
// AtomicWriteFile-Request ::= SEQUENCE { file-identifier, CHOICE {
//   stream-access [0] { file-start-position INTEGER, file-data OCTET STRING },
//   record-access [1] { file-start-record INTEGER, record-count Unsigned,
//                       file-record-data SEQUENCE OF OCTET STRING } } }
// AtomicWriteFile-ACK ::= CHOICE { file-start-position [0] INTEGER, file-start-record [1] INTEGER }

import { readApplication, readContext, writeApplication, writeContext } from '../wire/fields.js';
import { INTEGER, OBJECT_ID } from '../wire/primitives.js';
import type { ObjectId } from '../wire/primitives.js';
import { decodeAll } from '../wire/reader.js';
import { encodeWith } from '../wire/writer.js';
import { ACCESS_TAG, nextAccess, readFilePart, writeFilePart } from './file-fields.js';
import type { FileAccess, FilePart } from './file-fields.js';

/** `start` -1 appends (clause 14.2.2): never to be used in a restore, for it cannot be repeated safely. */
export type WriteFileRequest = FilePart & { readonly file: ObjectId };

export interface WriteFileAck {
  readonly access: FileAccess;
  /** Where the device says that it wrote. */
  readonly start: number;
}

/** Encodes the service payload; EncodeError for numbers out of range. */
export function encodeWriteFileRequest(request: WriteFileRequest): Uint8Array {
  return encodeWith((writer) => {
    writeApplication(writer, OBJECT_ID, request.file);
    writeFilePart(writer, request);
  });
}

/** Decodes the service payload; DecodeError also when the record count is not the number of records. */
export function decodeWriteFileRequest(payload: Uint8Array): WriteFileRequest {
  return decodeAll(payload, 'AtomicWriteFile request', (reader) => {
    const file = readApplication(reader, OBJECT_ID, 'file identifier');
    return { file, ...readFilePart(reader) };
  });
}

/** Encodes the service payload; EncodeError for numbers out of range. */
export function encodeWriteFileAck(ack: WriteFileAck): Uint8Array {
  return encodeWith((writer) => writeContext(writer, ACCESS_TAG[ack.access], INTEGER, ack.start));
}

/** Decodes the service payload; DecodeError when it is not exactly one acknowledgement. */
export function decodeWriteFileAck(payload: Uint8Array): WriteFileAck {
  return decodeAll(payload, 'AtomicWriteFile acknowledgement', (reader) => {
    const access = nextAccess(reader, 'context');
    return { access, start: readContext(reader, ACCESS_TAG[access], INTEGER, 'file start') };
  });
}
