// What routers say of networks that cannot be reached for now (clause 6.6.3), and for how long it counts.

import { expect } from 'chai';
import { BusyRouters, concerns } from '../../../protocol/transaction/busy-routers.js';

const ROUTER = '10.0.0.1:47808';
const peerOn = (network: number) => ({ link: ROUTER, network, mac: '05' });

describe('busy-routers', () => {
  it('holds a network for 30 s, of this router only', () => {
    const routers = new BusyRouters();
    expect(routers.busy(ROUTER, [7, 8], 1000)).to.equal(31_000);
    expect(routers.until(peerOn(7), 1000)).to.equal(31_000);
    expect(routers.until(peerOn(9), 1000)).to.equal(undefined);
    expect(routers.until({ link: '10.0.0.2:47808', network: 7, mac: '05' }, 1000)).to.equal(undefined);
    expect(routers.until({ link: ROUTER }, 1000)).to.equal(undefined);
    expect(routers.until(peerOn(7), 31_000)).to.equal(undefined);
  });

  it('takes a message without networks for all of them', () => {
    const routers = new BusyRouters();
    routers.busy(ROUTER, [], 0);
    expect(routers.until(peerOn(7), 0)).to.equal(30_000);
    routers.available(ROUTER, []);
    expect(routers.until(peerOn(7), 0)).to.equal(undefined);
  });

  it('releases what is available again', () => {
    const routers = new BusyRouters();
    routers.busy(ROUTER, [7, 8], 0);
    routers.available(ROUTER, [7]);
    expect([routers.until(peerOn(7), 0), routers.until(peerOn(8), 0)]).to.deep.equal([undefined, 30_000]);
    routers.available(ROUTER, []);
    expect(routers.until(peerOn(8), 0)).to.equal(undefined);
  });

  it('is bounded, and has room again when time has passed', () => {
    const routers = new BusyRouters();
    const networks = Array.from({ length: 1000 }, (_, i) => i + 1);
    routers.busy(ROUTER, networks, 0);
    expect(networks.filter((network) => routers.until(peerOn(network), 0) !== undefined)).to.have.length(256);
    routers.busy(ROUTER, [2000], 30_000);
    expect(routers.until(peerOn(2000), 30_000)).to.equal(60_000);
  });

  it('knows whom a message concerns: peers behind that router on those networks', () => {
    expect(concerns(ROUTER, [7], peerOn(7))).to.equal(true);
    expect(concerns(ROUTER, [8], peerOn(7))).to.equal(false);
    expect(concerns(ROUTER, [], peerOn(7))).to.equal(true);
    expect(concerns(ROUTER, [], { link: ROUTER })).to.equal(false);
    expect(concerns('10.0.0.2:47808', [7], peerOn(7))).to.equal(false);
  });
});
