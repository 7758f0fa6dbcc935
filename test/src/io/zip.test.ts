// ZIP files: whole or not there, never in place of another file, and honest about what is damaged.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createZip, openZip } from '../../../src/io/zip.js';
import { chunks, collect, noise, octets, rejection, temporaryFolder, textOf } from '../repository/samples.js';

const NOW = 1_772_331_240_000;

async function* failing(): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(octets('begun'));
  throw new Error('the content went away');
}

describe('a ZIP file', () => {
  let folder: string;
  let remove: () => void;
  let path: string;
  beforeEach(() => {
    ({ folder, remove } = temporaryFolder());
    path = join(folder, 'a.zip');
  });
  afterEach(() => remove());

  const written = async (): Promise<void> => {
    const writer = await createZip(path, NOW);
    await writer.add('a/one.txt', octets('one'));
    await writer.add('two.bin', chunks(noise(300_000), noise(5)));
    await writer.add('empty', chunks());
    await writer.finish();
    await writer.discard();
  };

  it('gives back what was put in, in any order', async () => {
    await written();
    expect(readdirSync(folder)).to.deep.equal(['a.zip']);
    const reader = await openZip(path);
    expect(reader.entries).to.deep.equal([
      { name: 'a/one.txt', octets: 3 },
      { name: 'two.bin', octets: 300_005 },
      { name: 'empty', octets: 0 },
    ]);
    const two = await collect(reader.read('two.bin'));
    expect(Buffer.compare(two, Buffer.concat([noise(300_000), noise(5)]))).to.equal(0);
    expect(textOf(await collect(reader.read('a/one.txt')))).to.equal('one');
    expect(await collect(reader.read('empty'))).to.have.length(0);
    await rejection(collect(reader.read('three')), 'archive-damaged');
    await reader.close();
  });

  it('has no name before it is whole, and leaves nothing when it is given up', async () => {
    const writer = await createZip(path, NOW);
    await writer.add('one', octets('one'));
    expect(existsSync(path)).to.equal(false);
    let thrown: unknown;
    await writer.add('two', failing()).catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.instanceOf(Error).with.property('message', 'the content went away');
    await writer.discard();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('never takes the place of a file, whenever that came', async () => {
    const writer = await createZip(path, NOW);
    writeFileSync(path, 'mine');
    await rejection(writer.finish(), 'usage');
    await writer.discard();
    await rejection(createZip(path, NOW), 'usage');
    expect(readFileSync(path, 'utf8')).to.equal('mine');
    expect(readdirSync(folder)).to.deep.equal(['a.zip']);
  });

  it('cannot be made where there is no folder, and says so', async () => {
    const error = await rejection(createZip(join(folder, 'none', 'a.zip'), NOW), 'store-io');
    expect(error.message).to.contain('none');
  });

  it('that is missing, none, or cut off is refused with its name', async () => {
    await rejection(openZip(path), 'usage');
    writeFileSync(path, 'hello');
    await rejection(openZip(path), 'archive-damaged');
    remove();
    ({ folder, remove } = temporaryFolder());
    path = join(folder, 'a.zip');
    await written();
    const whole = readFileSync(path);
    for (const length of [0, 10, whole.length >> 1, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      const error = await rejection(openZip(path), 'archive-damaged');
      expect(error.message).to.contain('a.zip');
    }
  });

  it('with a name that leads out of it is refused', async () => {
    const writer = await createZip(path, NOW);
    await writer.add('xx/evil', octets('x'));
    await writer.finish();
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf('xx/evil'); at >= 0; at = bytes.indexOf('xx/evil', at))
      bytes.write('../evil', at);
    writeFileSync(path, bytes);
    await rejection(openZip(path), 'archive-damaged');
  });
});
