// Addresses of peers: the key that tells them apart.

import { expect } from 'chai';
import { addressKey, BROADCAST, isBroadcast } from '../../protocol/index.js';

describe('addresses', () => {
  it('have one text per peer, so that two peers behind one router are two', () => {
    const link = '192.168.1.1:47808';
    const keys = [
      addressKey({ link }),
      addressKey({ link, network: 2001, mac: '0a' }),
      addressKey({ link, network: 2001, mac: '0b' }),
      addressKey({ link, network: 2002, mac: '0a' }),
      addressKey({ link: '192.168.1.1:47809', network: 2001, mac: '0a' }),
    ];
    expect(keys[0]).to.equal(link);
    expect(keys[1]).to.equal('2001:0a@192.168.1.1:47808');
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('tell a broadcast from a peer', () => {
    expect(isBroadcast({ broadcast: 'global' })).to.equal(true);
    expect(isBroadcast({ broadcast: 2001, via: '192.168.1.1:47808' })).to.equal(true);
    expect(isBroadcast({ link: BROADCAST })).to.equal(false);
  });
});
