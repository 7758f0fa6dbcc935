// The main job against a peer, in the two ways that users have it: with the command line, and with the
// library. Back up, damage the device behind our back, see the damage, restore, see that it is gone. What
// the device holds is read out of the peer itself, not over BACnet.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  backup,
  type BackupReport,
  initRepository,
  openClient,
  restore,
  type RestoreReport,
  verify,
  type VerifyReport,
} from '../../../src/index.js';
import { bacvault, bacvaultOk, PASSWORD } from './cli.js';
import { allHeld, asJson, damaged, type DumpedFile, heldIn, type Held, type TestFile } from './files.js';
import type { Peer } from './peer.js';

/** What a device peer says of itself; the counts only where the peer counts. */
export interface DeviceDump {
  readonly state: string | number;
  readonly reinitializations: readonly (string | number)[];
  readonly files: readonly DumpedFile[];
  readonly largestRequestApdu: number;
  readonly segmentedRequests: number;
  readonly segmentedAcks: number;
}

export interface Seen {
  readonly backup: BackupReport;
  readonly restore: RestoreReport;
  readonly dump: DeviceDump;
}

/** A temporary folder that is gone when the work is done. */
export async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bacvault-interop-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function dumpOf(peer: Peer): Promise<DeviceDump> {
  return peer.tell<DeviceDump>({ kind: 'dump' });
}

export async function heldBy(peer: Peer): Promise<Held[]> {
  return heldIn((await dumpOf(peer)).files);
}

export async function load(peer: Peer, files: readonly TestFile[]): Promise<void> {
  await peer.tell({ kind: 'load', files: files.map(asJson) });
}

/** The whole story with the program `bacvault`; `network` are its network options. */
export async function roundTripByCli(
  target: string,
  peer: Peer,
  files: readonly TestFile[],
  network: readonly string[] = ['--local', '127.0.0.1:0'],
): Promise<Seen> {
  return inScratch(async (folder) => {
    const instance = /^\d+/.exec(target)?.[0] ?? '';
    const place = ['--repo', join(folder, 'repository')];
    const options = [...place, '--password-env', 'BACVAULT_TEST_PASSWORD', '--quiet', ...network];
    await bacvaultOk('repository', 'init', ...place, '--site', 'Interop');
    const saved = await bacvaultOk<BackupReport>('backup-report', 'backup', target, ...options);
    expectImage(saved, files);
    expect(await heldBy(peer)).to.deep.equal(allHeld(files));
    await load(peer, damaged(files));
    const different = await bacvault('verify', 'latest', target, ...options);
    expect(different.status, different.stderr).to.equal(17);
    const restored = await bacvaultOk<RestoreReport>(
      'restore-report',
      ...['restore', 'latest', target, '--yes-device', instance, ...options],
    );
    const dump = await dumpOf(peer);
    expect(heldIn(dump.files)).to.deep.equal(allHeld(files));
    const same = await bacvaultOk<VerifyReport>('verify-report', 'verify', 'latest', target, ...options);
    expect(same.equal).to.equal(true);
    await bacvaultOk('check-report', 'check', ...place);
    return { backup: saved, restore: restored, dump };
  });
}

export type LibraryOptions = NonNullable<Parameters<typeof openClient>[0]>;

/** The whole story with the library, in this process. */
export async function roundTripByLibrary(
  target: string,
  peer: Peer,
  files: readonly TestFile[],
  options: LibraryOptions = {},
): Promise<Seen> {
  return inScratch(async (folder) => {
    const client = await openClient({ local: { address: '127.0.0.1', port: 0 }, ...options });
    const repository = await initRepository(join(folder, 'repository'), { defaultSite: 'Interop' });
    try {
      const device = await client.device(target);
      const password = PASSWORD;
      const saved = await backup(device, repository, { password });
      expectImage(saved, files);
      await load(peer, damaged(files));
      const different = await verify(device, repository, saved.imageId, { password });
      expect(different.equal).to.equal(false);
      const restored = await restore(device, repository, saved.imageId, {
        password,
        expect: { instance: device.instance },
        quietMs: 0, // loopback has no late duplicates to wait for
        undo: 'once', // the command line reads it twice
      });
      const dump = await dumpOf(peer);
      expect(heldIn(dump.files)).to.deep.equal(allHeld(files));
      const same = await verify(device, repository, saved.imageId, { password });
      expect(same.equal).to.equal(true);
      return { backup: saved, restore: restored, dump };
    } finally {
      await repository.close();
      await client.close();
    }
  });
}

/** The image lists the files in the device's order, each with its digest and, for records, their number. */
function expectImage({ manifest, release }: BackupReport, files: readonly TestFile[]): void {
  expect(release).to.equal('released');
  const listed = manifest.files.map(({ objectIdentifier, octets, sha256 }) => ({
    objectIdentifier,
    octets,
    sha256,
  }));
  const wanted = files.map((file) => {
    const [{ octets, sha256 }] = allHeld([file]) as [Held];
    return { objectIdentifier: `file,${file.instance}`, octets, sha256 };
  });
  expect(listed).to.deep.equal(wanted);
}
