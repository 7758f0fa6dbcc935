// BVLL messages of every function, both ways, and what must not be taken for one.

import { expect } from 'chai';
import { BvllResult, decodeBvll, DecodeError, encodeBvll, EncodeError } from '../../protocol/index.js';
import { bvll } from '../support/arbitraries.js';
import { roundTrips, survives } from '../support/properties.js';

describe('BVLL', () => {
  it('comes back as it was, of every function', () => {
    roundTrips(bvll, encodeBvll, decodeBvll);
  });

  it('made of arbitrary octets is a message or a DecodeError', () => {
    survives(decodeBvll);
    survives((octets) => decodeBvll(new Uint8Array([0x81, octets[0] ?? 0, 0, octets.length + 4, ...octets])));
  });

  it('refuses a datagram that is longer or shorter than it says, so that nothing cut is believed', () => {
    const whole = encodeBvll({ kind: 'original-unicast', npdu: new Uint8Array([1, 0, 0x10, 8]) });
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => decodeBvll(whole.subarray(0, length))).to.throw(DecodeError);
    }
    expect(() => decodeBvll(new Uint8Array([...whole, 0]))).to.throw(DecodeError, 'length');
  });

  it('refuses to encode addresses that are none', () => {
    for (const address of [
      '',
      'localhost:47808',
      '10.0.0.1',
      '10.0.0.256:1',
      '10.0.0.1:65536',
      '10.0.0:1',
      ' 10.0.0.1:1',
      '10.0.0.1:1x',
      '1.2.3.4.5:1',
      '::1:5',
    ]) {
      expect(() => encodeBvll({ kind: 'delete-fdt-entry', address }), address).to.throw(EncodeError);
    }
    expect(() =>
      encodeBvll({ kind: 'write-bdt', entries: [{ address: '10.0.0.1:1', mask: '255.255.0' }] }),
    ).to.throw(EncodeError, 'broadcast mask');
  });

  it('refuses to encode a datagram longer than its length can tell', () => {
    const npdu = new Uint8Array(65532);
    expect(() => encodeBvll({ kind: 'original-unicast', npdu })).to.throw(
      EncodeError,
      'datagram length 65536',
    );
    expect(encodeBvll({ kind: 'original-unicast', npdu: npdu.subarray(1) })).to.have.length(65535);
  });

  it('has one result code for each request that can be refused', () => {
    expect(Object.values(BvllResult)).to.deep.equal([0, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60]);
  });
});
