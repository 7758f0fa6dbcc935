// Backups of other programs: read as their layouts are documented, never guessed. Covers plain, vts, codesys and
// import.

import { expect } from 'chai';
import type { ForeignWords, Layout, Repository } from '../../../../src/repository/index.js';
import { initRepository, MemoryStore } from '../../../../src/repository/index.js';
import { codesysBackup } from '../../../../src/repository/foreign/codesys.js';
import { plainBackup } from '../../../../src/repository/foreign/plain.js';
import { vtsBackup } from '../../../../src/repository/foreign/vts.js';
import { all, clock, collect, random, rejection, textOf } from '../samples.js';
import { folderOf } from './folder.js';

/** A text as CODESYS writes it: character set 0, two octets of code page, UTF-8. */
const hex = (text: string): string => `000000${Buffer.from(text, 'utf8').toString('hex')}`;

const XML = `<?xml version="1.0"?>
<backup-restore>
  <date>01-03-2026 02:15:07</date>
  <device>
    <instance>1201</instance><object-name>${hex('AHU-3 Süd')}</object-name>
    <vendor-name>${hex('Acme')}</vendor-name><vendor-id>555</vendor-id><model-name>${hex('AC-9')}</model-name>
    <firmware-revision>${hex('2.4')}</firmware-revision><database-revision>7</database-revision>
  </device>
  <file><instance>12</instance><file-name>file-1201-1-12.bin</file-name><access-method>1</access-method>
    <object-name>${hex('settings')}</object-name></file>
  <file><instance>3</instance><access-method>stream-access</access-method></file>
</backup-restore>`;
const CODESYS = { 'backup-restore-1201.xml': XML, 'file-1201-1-12.bin': 'alpha', 'file-1201-2-3.bin': '' };

const INDEX = `((DEVICE, 1170000)), 1024, {(Wednesday,December/31/1969), 18:00:00.00}
1, STREAM-ACCESS, 5, "config, file1", C:\\Documents and Settings\\me\\backup1.file1.backupdata
2, RECORD-ACCESS, 6, 3, "log", backup1.file2.backupdata
`;
const VTS = {
  'backup1.backupindex': INDEX,
  'backup1.file1.backupdata': 'alpha',
  'backup1.file2.backupdata.record0': 'rec',
  'backup1.file2.backupdata.record1': '',
  'backup1.file2.backupdata.record2': 'ord',
};

describe('a backup of another program', () => {
  let store: MemoryStore;
  let repository: Repository;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
  });

  const imported = (
    layout: Layout,
    files: Readonly<Record<string, string>>,
    words: Partial<ForeignWords> = {},
    name = 'there',
  ): ReturnType<Repository['importForeign']> =>
    repository.importForeign(folderOf(name, files), layout, { site: 'hq', files: new Map(), ...words });

  it('of CODESYS becomes an image with its identity, order and octets', async () => {
    const report = await imported('codesys', CODESYS);
    expect(report).to.deep.include({ layout: 'codesys', unknown: [] });
    const { manifest } = await repository.image(report.image);
    expect(manifest.device).to.deep.equal({
      instance: 1201,
      name: 'AHU-3 Süd',
      vendorName: 'Acme',
      vendorId: 555,
      modelName: 'AC-9',
      firmwareRevision: '2.4',
    });
    expect(manifest.imported).to.deep.equal({
      layout: 'codesys',
      madeAt: '01-03-2026 02:15:07, the clock of the controller',
      unknown: [],
    });
    expect(manifest.procedure.databaseRevision).to.equal(7);
    expect(
      manifest.files.map((file) => [file.instance, file.name, file.accessMethod, file.octets]),
    ).to.deep.equal([
      [12, 'settings', 'stream', 5],
      [3, undefined, 'stream', 0],
    ]);
    expect(textOf(await collect(repository.content(manifest.files[0]!)))).to.equal('alpha');
    expect((await repository.check()).findings).to.deep.equal([]);
  });

  it('of VTS becomes an image with records as they were, empty ones too', async () => {
    const { image, unknown } = await imported('vts', VTS);
    expect(unknown).to.deep.equal(['vendorId', 'modelName', 'firmwareRevision']);
    const { manifest } = await repository.image(image);
    expect(manifest.device).to.deep.equal({ instance: 1_170_000 });
    expect(manifest.reachedAt).to.include({ maxApdu: 1024, address: 'unknown' });
    const [stream, record] = manifest.files;
    expect(stream).to.include({ instance: 1, name: 'config, file1', accessMethod: 'stream', fileSize: 5 });
    expect(record).to.include({
      instance: 2,
      name: 'log',
      accessMethod: 'record',
      recordCount: 3,
      fileSize: 6,
    });
    expect((await all(repository.records(record!))).map(textOf)).to.deep.equal(['rec', '', 'ord']);
  });

  it('of Niagara has its name and time from its folder, and asks for the rest', async () => {
    const files = { 'station.dist': 'zip' };
    const error = await rejection(imported('niagara', files, {}, 'AHU320260301_0215'), 'usage');
    expect(error.message).to.contain('--file station.dist=INSTANCE');
    await rejection(
      imported('niagara', files, { files: new Map([['station.dist', { instance: 1 }]]) }),
      'usage',
    );
    const words = { instance: 1201, files: new Map([['station.dist', { instance: 1 }]]) };
    const { image, unknown } = await imported('niagara', files, words, 'AHU320260301_0215');
    expect(unknown).to.deep.equal(['vendorId', 'modelName', 'firmwareRevision', 'file,1 accessMethod']);
    const { manifest } = await repository.image(image);
    expect(manifest.device.name).to.equal('AHU3');
    expect(manifest.imported?.madeAt).to.equal('2026-03-01 02:15, the clock of the station');
  });

  it('of files alone is read in the order of their numbers, with what the names and the user say', async () => {
    const files = { 'file-10.bin': 'b', 'file-2.bin': 'a', 'last.bin': 'c' };
    const words = {
      instance: 5,
      files: new Map([['last.bin', { instance: 7, accessMethod: 'stream' as const }]]),
    };
    const { image, unknown } = await imported('bacnet4j', files, words);
    expect(unknown).to.include('file,2 accessMethod').and.not.include('file,7 accessMethod');
    const { manifest } = await repository.image(image);
    expect(manifest.files.map(({ instance }) => instance)).to.deep.equal([2, 10, 7]);
  });

  it('that lacks something is refused with all of it at once, and leaves nothing', async () => {
    const wrong: [Layout, Readonly<Record<string, string>>, Partial<ForeignWords>, RegExp][] = [
      ['codesys', { 'file-1-1-1.bin': '' }, {}, /must have one backup-restore-<device>.xml; it has none/],
      ['codesys', { ...CODESYS, 'backup-restore-7.xml': XML }, {}, /it has 2/],
      ['codesys', { 'backup-restore-1201.xml': XML }, {}, /the data of file 12 is not in the folder/],
      ['codesys', CODESYS, { instance: 7 }, /it is of device 1201, not 7/],
      ['vts', { ...VTS, 'backup1.file1.backupdata': 'alph' }, {}, /has 4 octets; File_Size was 5/],
      ['folder', {}, { instance: 1 }, /there are no files/],
      ['folder', { 'x.bin': '', 'y.bin': '' }, { instance: 1 }, /x\.bin=INSTANCE.*y\.bin=INSTANCE/],
      ['folder', { '1.bin': '', 'file-1.bin': '' }, { instance: 1 }, /two files have the same File instance/],
      [
        'folder',
        { '1.bin': '' },
        { instance: 1, files: new Map([['2.bin', { instance: 2 }]]) },
        /no file 2\.bin/,
      ],
      [
        'folder',
        { '1.bin': 'x' },
        { instance: 1, files: new Map([['1.bin', { instance: 1, accessMethod: 'record' }]]) },
        /cannot be a record file/,
      ],
      ['folder', { '1.bin': '' }, {}, /of which device/],
    ];
    for (const [layout, files, words, message] of wrong) {
      const error = await rejection(imported(layout, files, words), 'usage');
      expect(error.message).to.match(message);
    }
    expect(await all(store.list('images'))).to.deep.equal([]);
  });
});

describe('the layouts', () => {
  const names = Object.keys(VTS);

  it('of VTS are refused with the line that is wrong', () => {
    const cases: [string, RegExp][] = [
      ['', /line 1: it does not name the device/],
      [INDEX.replace('STREAM-ACCESS', 'OTHER'), /line 2: it is not a file/],
      [INDEX.replace('5, "config, file1", C:\\', '5'), /line 2: it is not a file|line 2: it does not end/],
      [
        INDEX.replace('backup1.file1', 'backup9.file1'),
        /line 2: its data file backup9.file1.backupdata is not/,
      ],
      [INDEX.replace('6, 3,', '6, 4,'), /line 3: it has 4 records, and 3 of/],
    ];
    for (const [text, message] of cases)
      expect(() => vtsBackup('b.backupindex', text, names), text).to.throw(message);
  });

  it('of CODESYS are refused when they are no XML, or tell of records without their boundaries', () => {
    const read = (text: string) => codesysBackup('x.xml', text, Object.keys(CODESYS));
    expect(() => read('hello')).to.throw(/x\.xml: it is no XML/);
    expect(() => read('')).to.throw(/x\.xml: it is/);
    expect(() => read('<a></a>')).to.throw(/it does not name a device/);
    expect(() => read('<a>'.repeat(20))).to.throw(/nested deeper/);
    expect(() => read(XML.replace('>1<', '>0<'))).to.throw(/file 12 is a record file/);
  });

  it('take a text that is not in hex as it is', () => {
    const { device } = codesysBackup('x.xml', XML.replace(hex('Acme'), 'Acme Ltd'), Object.keys(CODESYS));
    expect(device.vendorName).to.equal('Acme Ltd');
  });

  it('of plain folders guess no instance from a number that is not one', () => {
    const instances = plainBackup('folder', 'x', [
      'file-12.bin',
      '01-file-3.bin',
      'file,7',
      '9.bin',
      'v2.bin',
      'profile5.bin',
    ]).files.map(({ source, instance }) => [source, instance]);
    expect(Object.fromEntries(instances as [string, number | undefined][])).to.deep.equal({
      'file-12.bin': 12,
      '01-file-3.bin': 3,
      'file,7': 7,
      '9.bin': 9,
      'v2.bin': undefined,
      'profile5.bin': undefined,
    });
  });
});
