// BACpypes3 as the device: its BVLL, NPDU, APDU, segmentation and property services; file and
// reinitialize handlers of the test's own. We are the client.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { bacvault, bacvaultOk, PASSWORD } from './support/cli.js';
import { type DeviceOptions, INSTANCE, type SegmentationName, startBacpypes3 } from './support/devices.js';
import { allHeld, record, stream } from './support/files.js';
import { stopPeers } from './support/peer.js';
import { ours } from './support/places.js';
import { dumpOf, heldBy, inScratch, load, roundTripByCli, roundTripByLibrary } from './support/round-trip.js';

const LOCAL = ['--local', '127.0.0.1:0'];
const PASSWORD_OPTION = ['--password-env', 'BACVAULT_TEST_PASSWORD'];

/** Names of the segmentations as BACpypes3 writes them. */
const SEGMENTATIONS = [
  'no-segmentation',
  'segmented-transmit',
  'segmented-receive',
  'segmented-both',
] as const;

describe('a BACpypes3 device and our client', () => {
  afterEach(stopPeers);

  it('gives all octets and records and takes them back, by the command line, segmented both ways', async () => {
    const files = [
      stream(1, 100_000),
      stream(2, 0),
      stream(3, 1),
      record(4, 0, 1, 300, 2000, 17, 0),
      record(5),
    ];
    const { peer, target } = await startBacpypes3({ files });
    const { backup, restore, dump } = await roundTripByCli(target, peer, files);
    expect(backup.manifest.device).to.include({ instance: INSTANCE, vendorName: 'BACpypes3' });
    expect(backup.manifest.procedure.statesSeen).to.include('performing-a-backup');
    expect(restore.readBack).to.equal('equal');
    expect(restore.unproven).to.deep.equal([]);
    expect(restore.release).to.equal('released');
    expect(restore.after.databaseRevision).to.deep.equal({ before: 1, after: 2 });
    expect(dump.state).to.equal('idle');
    expect(dump.segmentedRequests).to.be.above(0);
    expect(dump.segmentedAcks).to.be.above(0);
  });

  for (const maxApdu of [50, 128, 206, 480, 1024, 1476]) {
    for (const segmentation of SEGMENTATIONS) {
      it(`keeps every octet with max APDU ${maxApdu} and ${segmentation}`, async () => {
        const files = [stream(1, 3 * maxApdu + 2000), stream(2, maxApdu), record(3, 0, 20, 1, 25, 25)];
        const { peer, target } = await startBacpypes3({ files, maxApdu, segmentation, window: 4 });
        const { dump } = await roundTripByLibrary(target, peer, files);
        expect(dump.largestRequestApdu).to.be.at.most(maxApdu);
        expectSegments(dump, segmentation, maxApdu);
      });
    }
  }

  it('keeps a record that no single APDU can hold', async () => {
    const files = [record(1, 5, 1500, 0, 900)];
    const { peer, target } = await startBacpypes3({ files, maxApdu: 206 });
    await roundTripByLibrary(target, peer, files);
  });

  it('is waited for while it prepares, and while it restarts in silence', async () => {
    const files = [stream(1, 5000)];
    const slow: Partial<DeviceOptions> = {
      preparationMs: 1500,
      preparationTimeS: 2,
      completionMs: 2500,
      completionTimeS: 3,
    };
    const { peer, target } = await startBacpypes3({ files, ...slow });
    const { backup, restore } = await roundTripByLibrary(target, peer, files);
    expect(backup.manifest.procedure.statesSeen).to.include('preparing-for-backup');
    expect(restore.after.state).to.equal('idle');
  });

  it('gets a missing File object made again by CreateObject', async () => {
    await inScratch(async (folder) => {
      const files = [stream(1, 700), record(2, 1, 2, 3)];
      const { peer, target } = await startBacpypes3({ files });
      const repo = ['--repo', join(folder, 'repository')];
      await bacvaultOk('repository', 'init', ...repo, '--site', 'Interop');
      await bacvaultOk('backup-report', 'backup', target, ...repo, ...LOCAL, ...PASSWORD_OPTION);
      await peer.tell({ kind: 'remove', instance: 1 });
      // It goes on listing the file that it lacks, so it cannot be backed up before.
      const consent = ['--yes-device', String(INSTANCE), '--no-undo'];
      await bacvaultOk(
        'restore-report',
        'restore',
        'latest',
        target,
        ...consent,
        ...repo,
        ...LOCAL,
        ...PASSWORD_OPTION,
      );
      expect(await heldBy(peer)).to.deep.equal(allHeld(files));
    });
  });

  it('refuses a wrong password: status 12, its own words, nothing started', async () => {
    await inScratch(async (folder) => {
      const { peer, target } = await startBacpypes3({ files: [stream(1, 10)] });
      const repo = ['--repo', join(folder, 'repository')];
      await bacvaultOk('repository', 'init', ...repo, '--site', 'Interop');
      process.env['BACVAULT_WRONG'] = `${PASSWORD}!`;
      const { status, stderr } = await bacvault(
        'backup',
        target,
        ...repo,
        ...LOCAL,
        '--password-env',
        'BACVAULT_WRONG',
      );
      expect(status, stderr).to.equal(12);
      expect(stderr).to.include('SECURITY: PASSWORD_FAILURE');
      const dump = await dumpOf(peer);
      expect(dump.reinitializations).to.deep.equal(['startBackup']);
      expect(dump.state).to.equal('idle');
    });
  });

  it('is released when Ctrl-C comes in the middle of a backup and of a restore: status 130', async () => {
    await inScratch(async (folder) => {
      const files = [stream(1, 400_000)];
      const { peer, target } = await startBacpypes3({ files, maxApdu: 206, segmentation: 'no-segmentation' });
      const repo = ['--repo', join(folder, 'repository')];
      await bacvaultOk('repository', 'init', ...repo, '--site', 'Interop');
      const options = [...repo, ...LOCAL, ...PASSWORD_OPTION];
      expect(await interrupted(peer, 'performingABackup', 'backup', target, ...options)).to.equal(130);
      expect(await dumpOf(peer)).to.deep.include({
        state: 'idle',
        reinitializations: ['startBackup', 'endBackup'],
      });

      await load(peer, [stream(1, 4000)]);
      await bacvaultOk('backup-report', 'backup', target, ...options);
      await load(peer, files);
      const consent = ['--yes-device', String(INSTANCE), '--no-undo'];
      const restore = ['restore', 'latest', target, ...consent, ...options];
      expect(await interrupted(peer, 'performingARestore', ...restore)).to.be.oneOf([130, 0]);
      const { state, reinitializations } = await dumpOf(peer);
      expect(state).to.equal('idle');
      expect(reinitializations.at(-1)).to.be.oneOf(['abortRestore', 'endRestore']);
    });
  });
});

/**
 * Segments were used where both sides can. BACpypes3 fills an answer up to what we take, whatever its own
 * limit: 16 segments of 50 octets, the most that we ask for then, still fit one APDU of 1476.
 */
function expectSegments(
  dump: { readonly segmentedRequests: number; readonly segmentedAcks: number },
  segmentation: SegmentationName,
  maxApdu: number,
): void {
  const receives = segmentation === 'segmented-receive' || segmentation === 'segmented-both';
  const transmits = segmentation === 'segmented-transmit' || segmentation === 'segmented-both';
  expect(dump.segmentedRequests > 0, 'segmented requests').to.equal(receives);
  expect(dump.segmentedAcks > 0, 'segmented answers').to.equal(transmits && maxApdu > 50);
}

/** Runs `bacvault` and sends it SIGINT when the device has come to the state. Returns the exit status. */
async function interrupted(
  peer: Parameters<typeof dumpOf>[0],
  state: string,
  ...args: readonly string[]
): Promise<number | null> {
  const [program, ...first] = ours('src/cli/main.ts');
  const child = spawn(program, [...first, ...args], {
    stdio: 'ignore',
    env: { ...process.env, BACVAULT_TEST_PASSWORD: PASSWORD },
  });
  const ended = once(child, 'close');
  while (child.exitCode === null && (await dumpOf(peer)).state !== state) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGINT');
  await ended;
  return child.exitCode;
}
