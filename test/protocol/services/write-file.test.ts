// AtomicWriteFile, request and acknowledgement.

import { expect } from 'chai';
import {
  decodeWriteFileAck,
  decodeWriteFileRequest,
  encodeWriteFileAck,
  EncodeError,
  encodeWriteFileRequest,
} from '../../../protocol/index.js';
import { services } from '../../support/arbitraries.js';
import { roundTrips, survives, takesItsOctetsExactly } from '../../support/properties.js';

describe('AtomicWriteFile', () => {
  it('comes back as it was, request and acknowledgement, octets and records', () => {
    roundTrips(services.writeFileRequest, encodeWriteFileRequest, decodeWriteFileRequest);
    roundTrips(services.writeFileAck, encodeWriteFileAck, decodeWriteFileAck);
  });

  it('takes exactly its octets', () => {
    takesItsOctetsExactly(services.writeFileRequest, encodeWriteFileRequest, decodeWriteFileRequest);
    takesItsOctetsExactly(services.writeFileAck, encodeWriteFileAck, decodeWriteFileAck);
  });

  it('is made of arbitrary octets or refused', () => {
    survives(decodeWriteFileRequest);
    survives(decodeWriteFileAck);
  });

  it('says of an acknowledgement which access it was, so that positions are never taken for records', () => {
    expect(decodeWriteFileAck(new Uint8Array([0x09, 5]))).to.deep.equal({ access: 'stream', start: 5 });
    expect(decodeWriteFileAck(new Uint8Array([0x19, 5]))).to.deep.equal({ access: 'record', start: 5 });
  });

  it('refuses a position that is no whole number', () => {
    expect(() => encodeWriteFileAck({ access: 'stream', start: Number.NaN })).to.throw(EncodeError);
  });
});
