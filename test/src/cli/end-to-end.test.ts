// The whole of bacvault from the command line to devices on real UDP: what an integrator does, and every
// way in which it is known to go wrong.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { BackupState, ReinitializeState } from '../../../protocol/index.js';
import { type DeviceConfigInput, Router } from '../../../simulator/index.js';
import { openClient } from '../../../src/index.js';
import { type Hosted, UdpStage } from './udp-stage.js';

const stream = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
const records = [10, 0, 254, 3].map((length, number) =>
  Uint8Array.from({ length }, (_, index) => number * 16 + (index & 15)),
);

const controller: DeviceConfigInput = {
  instance: 1201,
  name: 'AHU-3',
  files: [
    { instance: 12, access: 'stream', content: stream, name: 'program' },
    { instance: 13, access: 'record', records, name: 'points' },
    { instance: 14, access: 'stream', content: new Uint8Array(), name: 'empty' },
  ],
};

describe('the command line, end to end', () => {
  let stage: UdpStage;

  beforeEach(() => {
    stage = new UdpStage();
  });

  afterEach(() => stage.close());

  async function prepared(config: DeviceConfigInput = controller): Promise<{ ahu: Hosted; target: string }> {
    const ahu = await stage.device(config);
    expect((await stage.run(['init', '--site', 'Hospital North'])).status).to.equal(0);
    return { ahu, target: `1201@${ahu.place}` };
  }

  async function backedUp(config?: DeviceConfigInput): Promise<{ ahu: Hosted; target: string; id: string }> {
    const { ahu, target } = await prepared(config);
    const backup = await stage.run(['backup', target, '--json']);
    expect(backup.status, backup.err).to.equal(0);
    return { ahu, target, id: backup.lines()[0]?.['imageId'] as string };
  }

  /** The one object of the repository that holds exactly these octets. */
  function objectOf(content: Uint8Array): string {
    const folder = join(stage.repo, 'objects');
    const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const found = all
      .map((entry) => join(entry.parentPath, entry.name))
      .find((path) => readFileSync(path).equals(content));
    return found ?? expect.fail('no such object');
  }

  it('backs up, shows, extracts, verifies, restores and checks a controller', async () => {
    const { ahu, target } = await prepared();
    const { view } = ahu;

    const found = await stage.run(['discover', '--broadcast', ahu.place, '--wait', '5000']);
    expect(found.status, found.err).to.equal(0);
    expect(found.out).to.match(/^ +1201 +127\.0\.0\.1:/m);

    const probed = await stage.run(['probe', target]);
    expect(probed.out).to.contain('Backup and restore: yes').and.to.contain('AHU-3');

    const backup = await stage.run(['backup', target]);
    expect(backup.status, backup.err).to.equal(0);
    expect(backup.out).to.match(/^Device 1201 AHU-3: image [0-9a-f]{8}, 3 files, 20 267 octets, /);
    expect(view.backupState).to.equal(BackupState.idle);

    const images = await stage.run(['images', '1201', '--json']);
    const [image] = images.lines();
    expect(image).to.include({
      kind: 'image',
      site: 'Hospital North',
      instance: 1201,
      files: 3,
      octets: 20_267,
    });
    const id = (image?.['id'] as string).slice(0, 8);

    const shown = await stage.run(['show', id]);
    expect(shown.out)
      .to.match(/file,12 +program +stream +20 000/)
      .and.to.match(/file,13 +points +record +267 +4/);

    const to = join(stage.folder, 'out');
    const extracted = await stage.run(['extract', 'latest', '--device', '1201', '--to', to]);
    expect(extracted.status, extracted.err).to.equal(0);
    expect(readFileSync(join(to, 'file-12.bin')).equals(stream)).to.equal(true);
    expect(readFileSync(join(to, 'file-13.bin')).equals(Buffer.concat(records))).to.equal(true);
    expect(readFileSync(join(to, 'file-13.lengths.txt'), 'utf8')).to.equal('10\n0\n254\n3\n');
    expect(readFileSync(join(to, 'file-14.bin'))).to.have.length(0);
    expect((await stage.run(['extract', id, '--to', to])).status).to.equal(2);

    const damaged = stream.slice();
    damaged.fill(0, 5000, 5100);
    view.setFile(12, damaged, ahu.now());
    view.setFile(13, records.slice(0, 2), ahu.now());
    const different = await stage.run(['verify', 'latest', target]);
    expect(different.status).to.equal(17);
    expect(different.out)
      .to.contain('file,12: DIFFERENT')
      .and.to.contain('the image has 4 records, the device 2 records');

    const restored = await stage.run(['restore', id, target, '--yes-device', '1201']);
    expect(restored.status, restored.err).to.equal(0);
    expect(restored.out).to.contain('read back before the end: equal to the image');
    expect(view.fileOctets(12)).to.deep.equal(stream);
    expect(view.fileRecords(13)).to.deep.equal(records);
    expect(view.backupState).to.equal(BackupState.idle);

    expect((await stage.run(['verify', id, target])).status).to.equal(0);
    const check = await stage.run(['check', '--read-data']);
    expect(check.status, check.out).to.equal(0);
    expect(check.out, 'the image, and the one to undo its restore')
      .to.contain('Checked 2 images, ')
      .and.to.contain(' read, ')
      .and.to.contain(': 0 errors, 0 warnings.');
  }).timeout(60_000);

  it('restores after the device instance was typed, and writes nothing after a wrong one', async () => {
    const { ahu, target, id } = await backedUp({
      ...controller,
      files: [{ instance: 12, access: 'stream', content: stream.slice(0, 300) }],
    });
    ahu.view.setFile(12, Uint8Array.of(1), ahu.now());
    const wrong = await stage.run(['restore', id, target], { terminal: true, typed: ['1202'] });
    expect(wrong.status).to.equal(2);
    expect(ahu.view.fileOctets(12)).to.deep.equal(Uint8Array.of(1));
    const right = await stage.run(['restore', id, target], { terminal: true, typed: ['1201'] });
    expect(right.status, right.err).to.equal(0);
    expect(ahu.view.fileOctets(12)).to.deep.equal(stream.slice(0, 300));
  }).timeout(60_000);

  it('says that a password is missing or wrong, and takes the right one', async () => {
    const { ahu, target } = await prepared({ ...controller, password: 'geheim' });
    for (const args of [[], ['--password-env', 'WRONG']]) {
      const result = await stage.run(['backup', target, ...args], { env: { WRONG: 'falsch' } });
      expect(result.status).to.equal(12);
      expect(result.err).to.contain('PASSWORD_FAILURE').and.to.contain('nothing was started on the device');
      expect(result.err).to.not.contain('falsch');
    }
    expect(ahu.view.backupState).to.equal(BackupState.idle);
    expect((await stage.run(['images'])).out).to.equal('');
    const right = await stage.run(['backup', target, '--password-file', 'p', '--log-level', 'debug'], {
      files: { p: 'geheim\n' },
    });
    expect(right.status, right.err).to.equal(0);
    expect(right.out + right.err).to.not.contain('geheim');
  });

  it('says that a device is unknown, silent, another one, or behind no known network', async () => {
    const { ahu } = await prepared();
    const unknown = await stage.run(['backup', '4711', '--broadcast', ahu.place]);
    expect(unknown.status).to.equal(14);
    expect(unknown.err).to.contain('4711').and.to.contain('What to do: No I-Am came back.');

    const silent = await stage.run([
      'backup',
      `7@${await stage.silence()}`,
      '--apdu-timeout',
      '200',
      '--retries',
      '1',
    ]);
    expect(silent.status).to.equal(14);
    expect(silent.err).to.contain('Device:       7');

    const another = await stage.run(['backup', `7@${ahu.place}`]);
    expect(another.status).to.equal(16);

    const router = await stage.host(new Router({ lanes: [{ network: 5 }] }));
    const lost = await stage.run(['backup', `7@2001:17@${router}`]);
    expect(lost.status).to.equal(14);
    expect(lost.err).to.contain('2001').and.to.contain('What to do: No router knows that network number.');
  }).timeout(60_000);

  it('says that a device is busy, and does not end the backup of somebody else', async () => {
    const { ahu, target } = await prepared();
    const other = await openClient({ local: { address: '127.0.0.1', port: 0 } });
    try {
      const device = await other.device(target);
      expect((await device.reinitialize(ReinitializeState.startBackup, undefined)).ok).to.equal(true);
      const result = await stage.run(['backup', target]);
      expect(result.status).to.equal(13);
      expect(result.err)
        .to.contain('performing-a-backup')
        .and.to.contain('nothing was started on the device');
      expect(ahu.view.backupState).to.equal(BackupState.performingABackup);
    } finally {
      await other.close();
    }
  });

  it('ends with 3 when one of two devices fails, and keeps the image of the other', async () => {
    const { target } = await prepared();
    const silent = `7@${await stage.silence()}`;
    const result = await stage.run([
      'backup',
      silent,
      target,
      '--apdu-timeout',
      '10000',
      '--retries',
      '0',
      '--json',
    ]);
    expect(result.status).to.equal(3);
    expect(result.lines().map((line) => line['kind'])).to.deep.equal(['error', 'backup-report', 'error']);
    expect((await stage.run(['images', '--json'])).lines()).to.have.length(1);
  });

  it('releases the device on Ctrl-C, keeps no image, and exits with 130', async () => {
    const { ahu, target } = await prepared({ ...controller, limits: { maxApdu: 50, segmentation: 'none' } });
    const io = stage.io();
    let copying = 0;
    const write = io.stderr._write.bind(io.stderr);
    io.stderr._write = (chunk, encoding, done): void => {
      if (String(chunk).includes('file,12')) {
        copying = ahu.view.backupState;
        io.interrupt();
        io.interrupt();
      }
      write(chunk, encoding, done);
    };
    const result = await stage.runWith(io, ['backup', target]);
    expect(copying).to.equal(BackupState.performingABackup);
    expect(result.status, result.err).to.equal(130);
    expect(result.err).to.contain('Ending the procedure on device 1201, please wait...');
    expect(result.err).to.contain('Still waiting for device 1201');
    expect(result.err).to.contain('the device has left the procedure');
    expect(ahu.view.backupState).to.equal(BackupState.idle);
    expect((await stage.run(['images'])).out).to.equal('');
  });

  it('says that a folder is no repository, is of a newer format, or is one already', async () => {
    const none = await stage.run(['images']);
    expect(none.status).to.equal(10);
    expect(none.err).to.contain('bacvault init');
    await prepared();
    expect((await stage.run(['init'])).status).to.equal(2);
    const path = join(stage.repo, 'repository.json');
    const newer = readFileSync(path, 'utf8').replace('"format": 1', '"format": 2');
    writeFileSync(path, newer);
    const result = await stage.run(['backup', '1201@127.0.0.1']);
    expect(result.status, result.err).to.equal(19);
    expect(readFileSync(path, 'utf8')).to.equal(newer);
  });

  it('finds a damaged object, and never extracts or restores it', async () => {
    const { ahu, target, id } = await backedUp();
    const object = objectOf(stream);
    const octets = readFileSync(object);
    octets[7777]! ^= 1;
    writeFileSync(object, octets);
    const check = await stage.run(['check', '--read-data', '--json']);
    expect(check.status).to.equal(20);
    expect(check.lines()[0]).to.include({ kind: 'finding', code: 'object-damaged' });
    const restore = await stage.run(['restore', id, target, '--yes-device', '1201']);
    expect(restore.status).to.equal(20);
    expect(restore.err).to.contain('nothing was started on the device');
    expect(ahu.view.backupState).to.equal(BackupState.idle);
    const to = join(stage.folder, 'out');
    expect((await stage.run(['extract', id, '--to', to])).status).to.equal(20);
    expect(existsSync(join(to, 'file-12.bin'))).to.equal(false);
    expect(existsSync(join(to, 'SHA256SUMS'))).to.equal(false);
  });

  it('says that an image is unknown, and that a target does not parse', async () => {
    const { target } = await prepared();
    expect((await stage.run(['show', 'abcd'])).status).to.equal(10);
    expect((await stage.run(['verify', 'latest', target])).status).to.equal(10);
    const result = await stage.run(['backup', '1201@nowhere.example']);
    expect(result.status).to.equal(2);
    expect(result.err).to.contain('nowhere.example');
  });

  it('says that the port is in use, and which other to take', async () => {
    const { target } = await prepared();
    const taken = await stage.silence();
    const result = await stage.run(['backup', target, '--local', taken]);
    expect(result.status).to.equal(2);
    expect(result.err).to.contain('is in use by another program').and.to.contain('--local ADDRESS:0');
  });
});
