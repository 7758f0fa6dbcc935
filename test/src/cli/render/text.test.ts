// Numbers, times and foreign text as people read them.

import { expect } from 'chai';
import {
  counted,
  duration,
  grouped,
  kilo,
  mac,
  moment,
  networkAndMac,
  octets,
  printable,
  rate,
} from '../../../../src/cli/render/text.js';

describe('text', () => {
  it('lets no control character of a device reach the terminal', () => {
    expect(printable('AHU\u001b[2J\r\n3')).to.equal('AHU\\x1b[2J\\x0d\\x0a3');
    expect(printable('a\u202eb\u009b')).to.equal('a\\x202eb\\x9b');
    expect(printable('Lüftung 3 ☃')).to.equal('Lüftung 3 ☃');
  });

  it('groups digits and counts things in the singular and the plural', () => {
    expect([0, 999, 1000, 1234567].map(grouped)).to.deep.equal(['0', '999', '1 000', '1 234 567']);
    expect([octets(1), octets(0), counted(2, 'directory', 'directories')]).to.deep.equal([
      '1 octet',
      '0 octets',
      '2 directories',
    ]);
  });

  it('gives rates in kB/s of 1000 octets and none before time has passed', () => {
    expect(rate(14_200, 1000)).to.equal('14.2 kB/s');
    expect(rate(6_853_000, 1000)).to.equal('6853 kB/s');
    expect(rate(100, 0)).to.equal(undefined);
    expect(kilo(1550)).to.equal('1.6');
  });

  it('gives times in the unit that a person would', () => {
    expect([0, 449, 9999, 10_000, 59_499, 59_500, 185_000, 7_800_000].map(duration)).to.deep.equal([
      '0.0 s',
      '0.4 s',
      '10.0 s',
      '10 s',
      '59 s',
      '1 min 00 s',
      '3 min 05 s',
      '2 h 10 min',
    ]);
  });

  it('keeps times in UTC and says so', () => {
    expect(moment('2026-11-23T19:03:22.118Z')).to.equal('2026-11-23 19:03:22 UTC');
    expect(moment('yesterday\u0007')).to.equal('yesterday\\x07');
  });

  it('writes a MAC as targets want it: one octet in decimal, longer ones in hex', () => {
    expect([mac('11'), mac('c0a80105bac0')]).to.deep.equal(['17', 'c0a80105bac0']);
    expect(networkAndMac({ network: 2001, mac: '11' })).to.equal('2001:17');
    expect(networkAndMac({})).to.equal('-');
  });
});
