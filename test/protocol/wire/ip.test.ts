// B/IP addresses as octets.

import { expect } from 'chai';
import fc from 'fast-check';
import { EncodeError } from '../../../protocol/index.js';
import { readIp, readIpPort, writeIp, writeIpPort } from '../../../protocol/wire/ip.js';
import { decodeAll } from '../../../protocol/wire/reader.js';
import { encodeWith } from '../../../protocol/wire/writer.js';
import { roundTrips } from '../../support/properties.js';

const address = fc
  .tuple(fc.ipV4(), fc.integer({ min: 0, max: 65535 }))
  .map(([host, port]) => `${host}:${port}`);

describe('B/IP addresses', () => {
  it('are six octets, and come back as the same text', () => {
    roundTrips(
      address,
      (text) => encodeWith((writer) => writeIpPort(writer, text, 'address')),
      (octets) => decodeAll(octets, 'test', (reader) => readIpPort(reader, 'address')),
    );
    expect(
      Array.from(encodeWith((writer) => writeIpPort(writer, '10.0.0.1:47808', 'address'))),
    ).to.deep.equal([10, 0, 0, 1, 0xba, 0xc0]);
  });

  it('are four octets without port', () => {
    const octets = encodeWith((writer) => writeIp(writer, '255.255.255.0', 'mask'));
    expect(decodeAll(octets, 'test', (reader) => readIp(reader, 'mask'))).to.equal('255.255.255.0');
  });

  it('are refused when they are none', () => {
    for (const wrong of [
      '10.0.0.1',
      '10.0.0.1:',
      ':47808',
      'host:47808',
      '10.0.0.999:1',
      '10.0.0.1:99999',
      '0x0a.0.0.1:1',
    ]) {
      expect(() => encodeWith((writer) => writeIpPort(writer, wrong, 'address')), wrong).to.throw(
        EncodeError,
        'address',
      );
    }
  });
});
