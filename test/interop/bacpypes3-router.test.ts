// BACpypes3 as the router between us and the device: DNET and SNET both ways, one-octet MACs on a LAN
// behind it, six-octet MACs of a second IP network, Who-Is through it, and networks that it does not know.

import { expect } from 'chai';
import { openClient } from '../../src/index.js';
import { bacvault } from './support/cli.js';
import { INSTANCE, startBacpypes3 } from './support/devices.js';
import { record, stream } from './support/files.js';
import { Peer, stopPeers } from './support/peer.js';
import { bacpypes3 } from './support/places.js';
import { freePorts } from './support/ports.js';
import { inScratch, roundTripByCli, roundTripByLibrary } from './support/round-trip.js';

const LAN = { routerInstance: 9, linkNetwork: 1000, network: 2001, routerMac: 1, mac: 17 };
const files = [stream(1, 3000), stream(2, 0), record(3, 0, 10, 300, 700)];

/** A router's network may be fast; the default pace is for MS/TP and would only make the test long. */
const UNPACED = { pace: { routed: { framesPerSecond: 2000, burst: 1000 } } };

describe('a device behind a BACpypes3 router and our client', () => {
  afterEach(stopPeers);

  it('is backed up and restored at NET:MAC@ROUTER, by the command line, 480 octets, segmented both ways', async () => {
    const { peer, address, port } = await startBacpypes3({ files, maxApdu: 480, behind: LAN });
    const target = `${INSTANCE}@2001:17@${address}:${port}`;
    const { backup, restore, dump } = await roundTripByCli(target, peer, files);
    expect(backup.manifest.reachedAt).to.include({ address: `${address}:${port}`, network: 2001, mac: '11' });
    expect(restore.unproven).to.deep.equal([]);
    expect(dump.state).to.equal('idle');
    expect(dump.largestRequestApdu).to.be.at.most(480);
  });

  it('is backed up and restored without segmentation', async () => {
    const plain = [stream(1, 2000), record(3, 0, 10, 300)];
    const { peer, address, port } = await startBacpypes3({
      files: plain,
      maxApdu: 480,
      segmentation: 'no-segmentation',
      behind: LAN,
    });
    const target = `${INSTANCE}@2001:17@${address}:${port}`;
    const { dump } = await roundTripByLibrary(target, peer, plain, UNPACED);
    expect(dump).to.include({ segmentedRequests: 0, segmentedAcks: 0 });
  });

  it('is found by Who-Is through the router, with its network and MAC, then backed up and restored', async () => {
    const { peer, address, port } = await startBacpypes3({ files, maxApdu: 480, behind: LAN });
    const broadcast = `127.255.255.255:${port}`;
    const client = await openClient({ local: { address: '127.0.0.1', port: 0 }, broadcast });
    try {
      const found = [];
      for await (const announcement of client.discover({ waitMs: 500, repeats: 0 })) found.push(announcement);
      const device = found.find(({ instance }) => instance === INSTANCE);
      expect(device?.address).to.deep.equal({ link: `${address}:${port}`, network: 2001, mac: '11' });
      expect(device?.maxApdu).to.equal(480);
    } finally {
      await client.close();
    }
    await roundTripByLibrary(String(INSTANCE), peer, files, { broadcast, ...UNPACED });
  });

  it('is backed up and restored on a second IP network, with its six-octet MAC', async () => {
    const [near, far, own] = (await freePorts(3)) as [number, number, number];
    await Peer.start('BACpypes3 router', bacpypes3('router.py'), {
      instance: 9,
      ports: [
        { address: '127.0.0.2', port: near, network: 1000 },
        { address: '127.0.0.2', port: far, network: 3000 },
      ],
    });
    const { peer } = await startBacpypes3({ files, address: '127.0.0.3', port: own });
    const mac = `7f000003${own.toString(16).padStart(4, '0')}`;
    const target = `${INSTANCE}@3000:${mac}@127.0.0.2:${near}`;
    const { backup } = await roundTripByLibrary(target, peer, files, UNPACED);
    expect(backup.manifest.reachedAt).to.include({ network: 3000, mac });
  });

  it('is given up on a network that no router knows: status 14, and the message names it', async () => {
    await inScratch(async (folder) => {
      const { address, port } = await startBacpypes3({ files: [stream(1, 1)], behind: LAN });
      await bacvault('init', '--repo', folder, '--site', 'Interop');
      const target = `${INSTANCE}@2999:17@${address}:${port}`;
      const hurry = ['--apdu-timeout', '500', '--retries', '1'];
      const network = ['--local', '127.0.0.1:0', ...hurry];
      const { status, stderr } = await bacvault('backup', target, '--repo', folder, ...network);
      expect(status, stderr).to.equal(14);
      expect(stderr).to.match(/2999/);
    });
  });
});
