// AtomicReadFile (clause 14.1). End-of-file is TRUE exactly when the last octet or record is in the answer.

import { decodeReadFileRequest, encodeReadFileAck } from '../../../protocol/index.js';
import { refused } from '../refused.js';
import { accessFile } from './file-access.js';
import { complexAck, service } from './service.js';

export const atomicReadFileService = service(
  decodeReadFileRequest,
  (state, { file: id, access, start, count }) => {
    const { content } = accessFile(state, id);
    if (content.access !== access) throw refused.services('invalidFileAccessMethod');
    if (start < 0 || start > content.size) throw refused.services('invalidFileStartPosition');
    const endOfFile = start + count >= content.size;
    return complexAck(
      encodeReadFileAck(
        content.access === 'stream'
          ? { access: 'stream', endOfFile, start, octets: content.read(start, count) }
          : { access: 'record', endOfFile, start, records: content.read(start, count) },
      ),
    );
  },
);
