// Places of devices, as keys and as words.

import { expect } from 'chai';

import { placeKey, placeWords } from '../../../src/client/announcements.js';

const LINK = '10.0.0.1:47808';

describe('the place of a device', () => {
  it('is one place behind whichever router', () => {
    const behind = (link: string) => ({ link, network: 2001, mac: '11' });
    expect(placeKey(behind(LINK))).to.equal(placeKey(behind('10.0.0.2:47808')));
    expect(placeKey(behind(LINK))).not.to.equal(placeKey({ link: LINK }));
    expect(placeKey(behind(LINK))).not.to.equal(placeKey({ ...behind(LINK), mac: '12' }));
    expect(placeKey({ link: LINK })).not.to.equal(placeKey({ link: '10.0.0.2:47808' }));
  });

  it('is told as people write it: one octet of MAC in decimal, more in hex', () => {
    expect(placeWords({ link: LINK })).to.equal(LINK);
    expect(placeWords({ link: LINK, network: 2001, mac: '11' })).to.equal(
      `MAC 17 of network 2001 behind router ${LINK}`,
    );
    expect(placeWords({ link: LINK, network: 5, mac: 'c0a80105bac0' })).to.include('MAC c0a80105bac0');
  });
});
