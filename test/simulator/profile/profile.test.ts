// Device profiles: every one in fixtures/devices is a device that can be asked and backed up, and what is
// wrong in a profile is named.

import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PropertyId as P } from '../../../protocol/index.js';
import { deviceFromProfile, ProfileError, quirkOf } from '../../../simulator/profile/index.js';
import { projectRoot } from '../../support/sources.js';
import { bench, device, octets } from '../support.js';

const folder = join(projectRoot, 'fixtures', 'devices');
const profiles = readdirSync(folder).filter((name) => name.endsWith('.json'));
const load = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

describe('device profiles', () => {
  it('are there', () => {
    expect(profiles.length).to.be.at.least(4);
  });

  for (const name of profiles) {
    it(`${name} is a device that prepares a backup, lists its files, and ends it`, async () => {
      const profile = deviceFromProfile(load(name));
      expect(profile.summary).to.match(/^A .{20,}\.$/);
      const { client, world } = bench(profile);
      expect(await client.value(device(), P.vendorName)).to.equal(profile.vendorName);
      expect(await client.reinitialize('startBackup', profile.password)).to.equal('ack');
      await world.advance(profile.procedure?.backupPreparationMs ?? 0);
      const count = await client.value(device(), P.configurationFiles, 0);
      expect(count).to.equal(profile.files!.filter((file) => file.configuration ?? true).length);
      expect(await client.reinitialize('endBackup', profile.password)).to.equal('ack');
    });

    it(`${name} has the same content every time`, () => {
      expect(deviceFromProfile(load(name)).files).to.deep.equal(deviceFromProfile(load(name)).files);
    });
  }

  const minimal = {
    summary: 'A test.',
    device: {
      vendorId: 1,
      vendorName: 'V',
      modelName: 'M',
      firmwareRevision: '1',
      applicationSoftwareVersion: '1',
      protocolRevision: 14,
    },
    limits: { maxApdu: 480, segmentation: 'none' },
    files: [],
  };

  it('give content by size, text or hex', () => {
    const files = [
      { instance: 1, access: 'stream', content: { text: 'hi ü' } },
      { instance: 2, access: 'stream', content: { hex: '00ff' } },
      { instance: 3, access: 'stream', content: { octets: 5, seed: 1 } },
      { instance: 4, access: 'record', records: { texts: ['a', ''] } },
      { instance: 5, access: 'record', records: { hex: ['01', ''] } },
      { instance: 6, access: 'record', records: { count: 3, octets: 2 } },
    ];
    const made = deviceFromProfile({ ...minimal, files }).files!;
    const contents = made.map((file) => (file.access === 'stream' ? file.content : file.records));
    expect(contents[0]).to.deep.equal(octets(0x68, 0x69, 0x20, 0xc3, 0xbc));
    expect(contents[1]).to.deep.equal(octets(0, 255));
    expect(contents[2]).to.have.length(5);
    expect(contents[3]).to.deep.equal([octets(0x61), octets()]);
    expect(contents[4]).to.deep.equal([octets(1), octets()]);
    expect((contents[5] as Uint8Array[]).map((r) => r.length)).to.deep.equal([2, 2, 2]);
  });

  const wrong: [string, unknown, string][] = [
    ['no object at all', 7, 'expected object'],
    ['an entry that is not known', { ...minimal, colour: 'red' }, 'colour'],
    ['a missing entry', { ...minimal, limits: undefined }, 'limits'],
    [
      'a number out of range',
      { ...minimal, limits: { maxApdu: 5000, segmentation: 'none' } },
      'limits.maxApdu',
    ],
    [
      'a word that is none of its words',
      { ...minimal, limits: { maxApdu: 50, segmentation: 'some' } },
      'limits.segmentation',
    ],
    [
      'hex that is none',
      { ...minimal, files: [{ instance: 1, access: 'stream', content: { hex: '0' } }] },
      'files.0.content',
    ],
    [
      'an access method that is none',
      { ...minimal, files: [{ instance: 1, access: 'tape', content: {} }] },
      'files.0.access',
    ],
    [
      'a quirk that does not exist',
      { ...minimal, quirks: ['haunted'] },
      'quirks: there is no quirk "haunted"',
    ],
    ['a misspelt entry of the procedure', { ...minimal, procedure: { backupPreparation: 5 } }, 'procedure'],
  ];
  for (const [what, json, message] of wrong) {
    it(`refuse ${what}, and name it`, () => {
      expect(() => deviceFromProfile(json)).to.throw(ProfileError, message);
    });
  }

  it('write quirks as "name" or "name=value", the value with "=" in it too', () => {
    expect(quirkOf('eof-never').name).to.equal('eof-never');
    expect(quirkOf('short-reads=5').name).to.equal('short-reads');
    expect(() => quirkOf('short-reads=5=6')).to.throw('"5=6"');
  });
});
