// What the two file services share: access and record boundaries.

import { expect } from 'chai';
import fc from 'fast-check';
import { DecodeError, FileAccessMethod } from '../../../protocol/index.js';
import { ACCESS_TAG, readFilePart, writeFilePart } from '../../../protocol/services/file-fields.js';
import { decodeAll } from '../../../protocol/wire/reader.js';
import { encodeWith } from '../../../protocol/wire/writer.js';
import { octets } from '../../support/arbitraries.js';
import { octetsOf } from '../../support/frames.js';

const decode = (payload: Uint8Array) => decodeAll(payload, 'test', readFilePart);

describe('file fields', () => {
  it('have CHOICE tags that are the reverse of File_Access_Method', () => {
    expect(ACCESS_TAG.stream).to.equal(FileAccessMethod.record);
    expect(ACCESS_TAG.record).to.equal(FileAccessMethod.stream);
  });

  it('keep the boundaries of records, empty ones too', () => {
    fc.assert(
      fc.property(fc.array(octets, { maxLength: 12 }), (records) => {
        const payload = encodeWith((writer) =>
          writeFilePart(writer, { access: 'record', start: 0, records }),
        );
        expect(decode(payload)).to.deep.equal({ access: 'record', start: 0, records });
      }),
    );
  });

  it('refuse a count that is not the number of records, whichever is larger', () => {
    for (let count = 0; count < 6; count += 1) {
      const payload = octetsOf(`1E 31 00 21 0${count} 61 AA 60 61 BB 1F`);
      if (count === 3) expect(decode(payload)).to.have.property('records').with.length(3);
      else expect(() => decode(payload)).to.throw(DecodeError, `record count is ${count}, 3 records follow`);
    }
  });
});
