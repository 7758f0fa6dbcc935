// rusty-bacnet as the device: its stack, File objects, file services and password check; the procedure's
// states in its ReinitializeDevice handler are the test's own. What it cannot do stands in the titles.

import { expect } from 'chai';
import { bacvault, PASSWORD } from './support/cli.js';
import { INSTANCE, startRusty } from './support/devices.js';
import { allHeld, record, stream } from './support/files.js';
import { stopPeers } from './support/peer.js';
import { dumpOf, heldBy, inScratch, roundTripByCli, roundTripByLibrary } from './support/round-trip.js';

const [START_RESTORE, ABORT_RESTORE] = [4, 6];
const IDLE = 0;

describe('a rusty-bacnet device and our client', () => {
  afterEach(stopPeers);

  it('gives all octets and records and takes them back, by the command line, segmented both ways', async () => {
    const files = [stream(1, 100_000), stream(2, 0), record(3, 0, 1, 300, 2000, 17, 0), record(4)];
    const { peer, target } = await startRusty({ files });
    const { backup, restore, dump } = await roundTripByCli(target, peer, files);
    expect(backup.manifest.device.vendorName).to.equal('Rusty BACnet');
    expect(restore.readBack).to.equal('equal');
    expect(restore.unproven).to.deep.equal([]);
    expect(dump.state).to.equal(IDLE);
  });

  for (const maxApdu of [50, 128, 206, 480, 1024, 1476]) {
    for (const segmentation of ['no-segmentation', 'segmented-both'] as const) {
      it(`keeps every octet with max APDU ${maxApdu} and ${segmentation}`, async () => {
        const files = [stream(1, 3 * maxApdu + 1), stream(2, maxApdu), record(3, 0, 20, 1, 25, 25)];
        const { peer, target } = await startRusty({ files, maxApdu, segmentation });
        await roundTripByLibrary(target, peer, files);
      });
    }
  }

  it('cannot make a missing File object: the restore is aborted, and the device released', async () => {
    await inScratch(async (folder) => {
      const { peer, target } = await startRusty({ files: [stream(1, 700), stream(2, 70)] });
      const options = [
        '--repo',
        folder,
        '--local',
        '127.0.0.1:0',
        '--password-env',
        'BACVAULT_TEST_PASSWORD',
      ];
      await bacvault('init', '--repo', folder, '--site', 'Interop');
      await bacvault('backup', target, ...options);
      await peer.tell({ kind: 'remove', instance: 1 });
      const { status, stderr } = await bacvault(
        'restore',
        'latest',
        target,
        '--yes-device',
        String(INSTANCE),
        // It goes on listing the file that it lacks, so it cannot be backed up before.
        '--no-undo',
        ...options,
      );
      expect(status, stderr).to.be.above(0);
      expect(stderr).to.match(/file,1|file 1/i);
      const { state, reinitializations } = await dumpOf(peer);
      expect(state).to.equal(IDLE);
      expect(reinitializations.slice(-2)).to.deep.equal([START_RESTORE, ABORT_RESTORE]);
      expect(await heldBy(peer)).to.deep.equal(allHeld([stream(2, 70)]));
    });
  });

  it('refuses a wrong password: status 12, its own words, its handler never asked', async () => {
    await inScratch(async (folder) => {
      const { peer, target } = await startRusty({ files: [stream(1, 10)] });
      await bacvault('init', '--repo', folder, '--site', 'Interop');
      process.env['BACVAULT_WRONG'] = `${PASSWORD}!`;
      const network = ['--local', '127.0.0.1:0', '--password-env', 'BACVAULT_WRONG'];
      const { status, stderr } = await bacvault('backup', target, '--repo', folder, ...network);
      expect(status, stderr).to.equal(12);
      expect(stderr).to.include('SECURITY: PASSWORD_FAILURE');
      expect((await dumpOf(peer)).reinitializations).to.deep.equal([]);
    });
  });
});
