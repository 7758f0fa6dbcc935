// The two errors of the codecs.

import { expect } from 'chai';
import { DecodeError, EncodeError } from '../../protocol/index.js';

describe('codec errors', () => {
  it('tell a DecodeError where it stopped', () => {
    const error = new DecodeError('APDU: nothing', 3);
    expect(error.offset).to.equal(3);
    expect(error.message).to.equal('APDU: nothing (at octet 3)');
    expect(error.name).to.equal('DecodeError');
  });

  it("keep the peer's fault and ours apart", () => {
    expect(new EncodeError('ours')).to.not.be.instanceOf(DecodeError);
    expect(new EncodeError('ours').name).to.equal('EncodeError');
  });
});
