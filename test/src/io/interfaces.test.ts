// The IPv4 networks of a computer, from tables of its interfaces.

import { expect } from 'chai';

import { broadcastTargets, localNetworks, subnetBroadcast } from '../../../src/io/interfaces.js';

const entry = (address: string, netmask: string, internal = false) =>
  ({ address, netmask, internal, family: 'IPv4', mac: '', cidr: null }) as const;

const TABLE = {
  lo: [entry('127.0.0.1', '255.0.0.0', true)],
  eth0: [
    entry('192.168.1.10', '255.255.255.0'),
    {
      address: 'fe80::1',
      netmask: 'ffff::',
      internal: false,
      family: 'IPv6',
      mac: '',
      cidr: null,
      scopeid: 1,
    } as const,
  ],
  eth1: [entry('10.1.4.7', '255.255.252.0')],
  vpn: [entry('10.8.0.2', '255.255.255.255')],
  gone: undefined,
};

describe('local networks', () => {
  it('has the broadcast address with all host bits set', () => {
    expect(subnetBroadcast('192.168.1.10', '255.255.255.0')).to.equal('192.168.1.255');
    expect(subnetBroadcast('10.1.4.7', '255.255.252.0')).to.equal('10.1.7.255');
    expect(subnetBroadcast('10.1.4.7', '255.255.255.252')).to.equal('10.1.4.7');
    expect(subnetBroadcast('172.16.0.1', '255.240.0.0')).to.equal('172.31.255.255');
  });

  it('has no broadcast address where every address is a station', () => {
    expect(subnetBroadcast('10.8.0.2', '255.255.255.255')).to.equal(undefined);
    expect(subnetBroadcast('10.8.0.2', '255.255.255.254')).to.equal(undefined);
  });

  it('counts IPv4 addresses only', () => {
    expect(localNetworks(TABLE).map(({ address }) => address)).to.deep.equal([
      '127.0.0.1',
      '192.168.1.10',
      '10.1.4.7',
      '10.8.0.2',
    ]);
  });

  it('broadcasts from one chosen address to its own subnet only', () => {
    expect(broadcastTargets(localNetworks(TABLE), '10.1.4.7')).to.deep.equal(['10.1.7.255']);
    expect(broadcastTargets(localNetworks(TABLE), '127.0.0.1')).to.deep.equal(['127.255.255.255']);
    expect(broadcastTargets(localNetworks(TABLE), '10.8.0.2')).to.deep.equal([]);
  });

  it('broadcasts from all addresses to every subnet, to loopback only when there is nothing else', () => {
    expect(broadcastTargets(localNetworks(TABLE), undefined)).to.deep.equal(['192.168.1.255', '10.1.7.255']);
    expect(broadcastTargets(localNetworks({ lo: TABLE.lo }), undefined)).to.deep.equal(['127.255.255.255']);
  });

  it('sees the loopback network of this computer', () => {
    expect(localNetworks()).to.deep.include({
      address: '127.0.0.1',
      broadcast: '127.255.255.255',
      loopback: true,
    });
  });
});
