// NPDUs and network messages, both ways, and addresses that cannot be.

import { expect } from 'chai';
import { decodeNpdu, encodeNpdu, EncodeError } from '../../protocol/index.js';
import type { Npdu } from '../../protocol/index.js';
import { npdu } from '../support/arbitraries.js';
import { roundTrips, survives } from '../support/properties.js';

const LOCAL: Npdu = {
  priority: 0,
  expectingReply: true,
  content: { kind: 'apdu', apdu: new Uint8Array([0x10, 0x08]) },
};

describe('NPDU', () => {
  it('comes back as it was: local, routed either way, and every network message', () => {
    roundTrips(npdu, encodeNpdu, decodeNpdu);
  });

  it('made of arbitrary octets is an NPDU or a DecodeError', () => {
    survives(decodeNpdu);
    survives((octets) => decodeNpdu(new Uint8Array([1, ...octets])));
  });

  it('starts with 255 hops when it is not said otherwise', () => {
    const routed = encodeNpdu({ ...LOCAL, destination: { network: 2001, mac: '0A' } });
    expect(Buffer.from(routed).toString('hex')).to.equal('012407d1010aff1008');
    expect(decodeNpdu(routed).hopCount).to.equal(255);
  });

  it('refuses to encode addresses that cannot be', () => {
    const wrong: Partial<Npdu>[] = [
      { destination: { network: 0, mac: '' } },
      { destination: { network: 65536, mac: '' } },
      { destination: { network: 5, mac: '0102030405060708' } },
      { destination: { network: 5, mac: 'xyz' } },
      { destination: { network: 5, mac: '123' } },
      { source: { network: 5, mac: '' } },
      { source: { network: 65535, mac: '01' } },
      { hopCount: 255 },
      { destination: { network: 5, mac: '' }, hopCount: 256 },
      { priority: 4 },
    ];
    for (const part of wrong) {
      expect(() => encodeNpdu({ ...LOCAL, ...part }), JSON.stringify(part)).to.throw(EncodeError);
    }
  });

  it('gives a vendor id to proprietary network messages, and to no others', () => {
    const message = (type: number, vendorId?: number): Npdu => ({
      ...LOCAL,
      content: {
        kind: 'network-message',
        message: {
          kind: 'other',
          type,
          ...(vendorId !== undefined && { vendorId }),
          octets: new Uint8Array(1),
        },
      },
    });
    expect(() => encodeNpdu(message(128))).to.throw(EncodeError, 'vendor id');
    expect(() => encodeNpdu(message(127, 5))).to.throw(EncodeError, 'vendor id');
    expect(encodeNpdu(message(128, 5))).to.have.length(6);
  });
});
