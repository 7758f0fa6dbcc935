// AtomicWriteFile (clause 14.2): overwrites, extends (a gap becomes zeros or empty records), and with
// start -1 appends. The acknowledgement says where it really wrote.

import { decodeWriteFileRequest, encodeWriteFileAck } from '../../../protocol/index.js';
import type { WriteFileRequest } from '../../../protocol/index.js';
import { contentOf, FILE_OCTETS_MAX, FILE_RECORDS_MAX } from '../file-content.js';
import type { FileObject } from '../device-files.js';
import { refused } from '../refused.js';
import { accessFile } from './file-access.js';
import { complexAck, service } from './service.js';

const APPEND = -1;

export const atomicWriteFileService = service(decodeWriteFileRequest, (state, request, now) => {
  const file = accessFile(state, request.file);
  if (!state.isWritable(file)) throw refused.services('fileAccessDenied');
  adoptAccess(file, request.access);
  if (file.content.access !== request.access) throw refused.services('invalidFileAccessMethod');
  if (request.start < APPEND) throw refused.services('invalidFileStartPosition');
  const start = request.start === APPEND ? file.content.size : request.start;
  write(file, request, start);
  state.shelf.touch(file, now);
  return complexAck(encodeWriteFileAck({ access: request.access, start }));
});

/** A file that was created without an access method takes that of its first write. */
function adoptAccess(file: FileObject, access: 'stream' | 'record'): void {
  if (!file.adoptsAccess) return;
  file.adoptsAccess = false;
  if (file.content.size === 0) file.content = contentOf(access === 'stream' ? new Uint8Array(0) : []);
}

function write({ content }: FileObject, request: WriteFileRequest, start: number): void {
  if (request.access === 'stream' && content.access === 'stream') {
    if (start + request.octets.length > FILE_OCTETS_MAX) throw refused.object('fileFull');
    content.write(start, request.octets);
  } else if (request.access === 'record' && content.access === 'record') {
    if (start + request.records.length > FILE_RECORDS_MAX) throw refused.object('fileFull');
    content.write(start, request.records);
  }
}
