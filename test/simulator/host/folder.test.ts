// Files of a device as a folder: what is dumped is what was there, and what is read is what was dumped.

import { expect } from 'chai';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevice, deviceConfig } from '../../../simulator/index.js';
import { dumpToFolder, filesFromFolder, FolderError } from '../../../simulator/host/folder.js';
import { octets, ramp, record, stream } from '../support.js';

describe('folder of files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bacvault-sim-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function failure(promise: Promise<unknown>): Promise<Error> {
    return promise.then(
      () => new Error('it did not fail'),
      (error: unknown) => error as Error,
    );
  }

  it('becomes files and comes back, octets, records and names', async () => {
    const records = [ramp(3), octets(), ...Array.from({ length: 12 }, (_, i) => octets(i))];
    const files = [
      stream(1, ramp(5000), { name: 'a.bin' }),
      stream(2, octets(), { name: 'b' }),
      record(3, records, { name: 'c' }),
    ];
    const names = await dumpToFolder(createDevice(deviceConfig({ files })), join(folder, 'deep', 'er'));
    expect(names).to.deep.equal(['a.bin', 'b', 'c.records']);
    const read = await filesFromFolder(join(folder, 'deep', 'er'));
    expect(read).to.deep.equal(files);
  });

  it('takes files in the order of their names, and records by number', async () => {
    await writeFile(join(folder, 'b'), 'b');
    await writeFile(join(folder, 'B'), 'B');
    await writeFile(join(folder, '.hidden'), 'x');
    await mkdir(join(folder, 'a.records'));
    for (const n of [10, 9, 1]) await writeFile(join(folder, 'a.records', String(n)), String(n));
    const read = await filesFromFolder(folder);
    expect(read.map((f) => [f.instance, f.name])).to.deep.equal([
      [1, 'B'],
      [2, 'a'],
      [3, 'b'],
    ]);
    const [, table] = read;
    expect(table?.access === 'record' && table.records).to.deep.equal([
      octets(0x31),
      octets(0x39),
      octets(0x31, 0x30),
    ]);
  });

  it('gets names that every system takes, each its own', async () => {
    const names = ['../x', 'a:b', '', '...', 'a:b'];
    const files = names.map((name, i) => stream(i + 1, octets(i), { name }));
    await dumpToFolder(createDevice(deviceConfig({ files })), folder);
    const written = await readdir(folder);
    expect(written).to.have.length(5);
    for (const name of written) expect(name).to.match(/^[A-Za-z0-9_-][A-Za-z0-9._ -]*$/);
    expect(await readFile(join(folder, '5 a_b'))).to.deep.equal(Buffer.from([4]));
  });

  it('refuses what it cannot be, naming the place', async () => {
    expect(await failure(filesFromFolder(join(folder, 'nowhere'))))
      .to.be.instanceOf(FolderError)
      .with.property('message')
      .that.contains('nowhere');
    await mkdir(join(folder, 'plain'));
    expect(await failure(filesFromFolder(folder)))
      .to.be.instanceOf(FolderError)
      .with.property('message')
      .that.contains('plain');
    await rm(join(folder, 'plain'), { recursive: true });
    await mkdir(join(folder, 'x.records', 'deeper'), { recursive: true });
    expect(await failure(filesFromFolder(folder)))
      .to.be.instanceOf(FolderError)
      .with.property('message')
      .that.contains('deeper');
  });

  it('says when it cannot be written', async () => {
    await writeFile(join(folder, 'taken'), '');
    const device = createDevice(deviceConfig({ files: [stream(1, octets())] }));
    expect(await failure(dumpToFolder(device, join(folder, 'taken')))).to.be.instanceOf(FolderError);
  });
});
