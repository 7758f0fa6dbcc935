// The promises of a Store (src/ports.ts), as one suite that every store passes: in memory, in a folder, in
// a folder without hard links, on a disk with faults, and whatever comes later.

import { expect } from 'chai';
import { type Store, STORE_AREAS, type StoreHandle } from '../../../src/ports.js';
import { all, chunks, collect, noise, octets, rejection, textOf } from './samples.js';

/** What a failing content throws: not ours, and it must come through as it is. */
class DeviceWentAway extends Error {}

const image: StoreHandle = { area: 'images', name: 'hq/1201/one.json' };
const text = async (store: Store, handle: StoreHandle): Promise<string> =>
  textOf(await collect(store.load(handle)));

async function* failing(after: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(after);
  throw new DeviceWentAway('no answer after 3 attempts');
}

/**
 * @param open makes an empty store; called for each test.
 * @param elapse lets time pass for the files that are in the store that was opened last.
 */
export function storeConformance(open: () => Promise<Store>, elapse: (ms: number) => void): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });

  const expectNothing = async (): Promise<void> => {
    for (const area of STORE_AREAS) expect(await all(store.list(area)), area).to.deep.equal([]);
    expect(await all(store.leftovers())).to.deep.equal([]);
  };

  for (const size of [0, 1, 1000, 262_143, 262_144, 262_145, 1_000_000]) {
    it(`gives back the ${size} octets that it was given, and their number`, async () => {
      const content = noise(size);
      expect(await store.save(image, chunks(content))).to.equal(size);
      expect(await store.size(image)).to.equal(size);
      expect(await store.exists(image)).to.equal(true);
      expect(Buffer.compare(await collect(store.load(image)), content)).to.equal(0);
    });
  }

  it('appends octets to a file, which it makes first, and keeps what was there', async () => {
    const log: StoreHandle = { area: 'runs', name: 'night.ndjson' };
    await store.append(log, octets('one\n'));
    await store.append(log, octets(''));
    await store.append(log, octets('two\n'));
    expect(await text(store, log)).to.equal('one\ntwo\n');
    expect(await store.size(log)).to.equal(8);
    expect(await all(store.list('runs'))).to.deep.equal(['night.ndjson']);
    expect(await all(store.leftovers())).to.deep.equal([]);
  });

  it('joins chunks of any size, empty ones and one octet ones too', async () => {
    const parts = [noise(3), noise(0), noise(300_000, 2), noise(1, 3), noise(262_144, 4), noise(70_000, 5)];
    await store.save(image, chunks(...parts));
    expect(Buffer.compare(await collect(store.load(image)), Buffer.concat(parts))).to.equal(0);
  });

  it('takes octets at once as well as in chunks', async () => {
    const whole = octets('whole');
    expect(await store.save(image, whole)).to.equal(5);
    whole[0] = 0;
    expect(await text(store, image)).to.equal('whole');
  });

  it('copies what it is given, so that a producer may use its buffer again', async () => {
    const buffer = Buffer.alloc(4);
    async function* reusing(): AsyncIterable<Uint8Array> {
      for (const part of ['abcd', 'efgh', 'ijkl']) {
        buffer.write(part);
        yield await Promise.resolve(buffer);
      }
    }
    await store.save(image, reusing());
    await store.saveNamed('objects', reusing(), () => 'ab/abc');
    expect(await text(store, image)).to.equal('abcdefghijkl');
    expect(await text(store, { area: 'objects', name: 'ab/abc' })).to.equal('abcdefghijkl');
  });

  it('gives out copies, so that a consumer cannot change what is stored', async () => {
    await store.save(image, octets('safe'));
    for await (const chunk of store.load(image)) chunk.fill(0);
    expect(await text(store, image)).to.equal('safe');
  });

  it('gives the same octets to those who keep none of them', async () => {
    await store.save(image, chunks(noise(700_000)));
    const content: Buffer[] = [];
    for await (const chunk of store.load(image, { passing: true })) content.push(Buffer.from(chunk));
    expect(Buffer.compare(Buffer.concat(content), noise(700_000))).to.equal(0);
  });

  it('gives content in chunks of 1 MiB or less, and lets the reader stop early', async () => {
    await store.save(image, chunks(noise(3_000_000)));
    let count = 0;
    for await (const chunk of store.load(image)) {
      expect(chunk.length).to.be.within(1, 1024 * 1024);
      count += 1;
      if (count === 2) break;
    }
    expect(count).to.equal(2);
    await store.remove(image);
    expect(await store.exists(image)).to.equal(false);
  });

  it('never replaces: a second save is refused, without asking for its content', async () => {
    await store.save(image, octets('first'));
    let asked = false;
    async function* second(): AsyncIterable<Uint8Array> {
      asked = true;
      yield await Promise.resolve(octets('second'));
    }
    await rejection(store.save(image, second()), 'store-exists');
    expect(asked).to.equal(false);
    expect(await text(store, image)).to.equal('first');
    expect(await all(store.leftovers())).to.deep.equal([]);
  });

  it('lets exactly one of several saves at once win, whole', async () => {
    const contents = Array.from({ length: 8 }, (_, seed) => noise(300_000, seed + 1));
    const saves = contents.map((content) => store.save(image, chunks(content)));
    const outcomes = await Promise.allSettled(saves);
    const won = outcomes.flatMap((outcome, at) => (outcome.status === 'fulfilled' ? [at] : []));
    expect(won).to.have.length(1);
    for (const save of saves.filter((_, at) => at !== won[0])) await rejection(save, 'store-exists');
    expect(Buffer.compare(await collect(store.load(image)), contents[won[0]!]!)).to.equal(0);
    expect(await all(store.leftovers())).to.deep.equal([]);
  });

  it('asks for the name of content once, after its last octet', async () => {
    let given = 0;
    let asked = 0;
    async function* counting(): AsyncIterable<Uint8Array> {
      for (const part of ['a', 'b', 'c']) {
        yield await Promise.resolve(octets(part));
        given += 1;
      }
    }
    const name = await store.saveNamed('objects', counting(), () => {
      expect(given).to.equal(3);
      asked += 1;
      return 'ab/abc';
    });
    expect(name).to.equal('ab/abc');
    expect(asked).to.equal(1);
    expect(await text(store, { area: 'objects', name })).to.equal('abc');
  });

  it('keeps the named content that is there, and drops the new copy', async () => {
    const handle: StoreHandle = { area: 'objects', name: 'ab/abc' };
    await store.save(handle, octets('first'));
    expect(await store.saveNamed('objects', chunks('second'), () => 'ab/abc')).to.equal('ab/abc');
    expect(await text(store, handle)).to.equal('first');
    expect(await all(store.leftovers())).to.deep.equal([]);
  });

  it('takes the new copy when naming it has removed the old one', async () => {
    const handle: StoreHandle = { area: 'objects', name: 'ab/abc' };
    await store.save(handle, octets('damaged'));
    await store.saveNamed('objects', chunks('right'), async () => {
      await store.remove(handle);
      return handle.name;
    });
    expect(await text(store, handle)).to.equal('right');
  });

  it('resolves every one of several saves of the same named content', async () => {
    const content = noise(300_000);
    const save = (): Promise<string> => store.saveNamed('objects', chunks(content), () => 'ab/abc');
    expect(await Promise.all([save(), save(), save(), save()])).to.deep.equal(Array(4).fill('ab/abc'));
    expect(await all(store.list('objects'))).to.deep.equal(['ab/abc']);
    expect(await all(store.leftovers())).to.deep.equal([]);
  });

  it('leaves nothing of a content that fails half-way, and passes its error on as it is', async () => {
    for (const size of [10, 600_000]) {
      const saved = store.save(image, failing(noise(size)));
      expect(await saved.catch((error: unknown) => error)).to.be.instanceOf(DeviceWentAway);
      const named = store.saveNamed('objects', failing(noise(size)), () => 'ab/abc');
      expect(await named.catch((error: unknown) => error)).to.be.instanceOf(DeviceWentAway);
    }
    await expectNothing();
    await store.save(image, octets('now'));
    expect(await text(store, image)).to.equal('now');
  });

  it('leaves nothing of a content whose name cannot be told', async () => {
    const named = store.saveNamed('objects', chunks('abc'), () => Promise.reject(new DeviceWentAway()));
    expect(await named.catch((error: unknown) => error)).to.be.instanceOf(DeviceWentAway);
    await expectNothing();
  });

  it('says store-missing for what is not there', async () => {
    await rejection(collect(store.load(image)), 'store-missing');
    await rejection(store.size(image), 'store-missing');
    expect(await store.exists(image)).to.equal(false);
    await store.save({ area: 'images', name: 'hq/1202/one.json' }, octets('other'));
    await rejection(collect(store.load(image)), 'store-missing');
    // A name below a file is not there either.
    const below: StoreHandle = { area: 'images', name: 'hq/1202/one.json/two' };
    await rejection(collect(store.load(below)), 'store-missing');
    expect(await store.exists(below)).to.equal(false);
  });

  it('lists the names of an area in the order of their code units, below a folder or all', async () => {
    const names = ['b/2', 'b/10', 'b-c/1', 'b.d', 'a/z/1', 'bb/1', 'Z', '_=20/x', '0'];
    for (const name of names) await store.save({ area: 'images', name }, octets(name));
    await store.save({ area: 'objects', name: 'b/3' }, octets('elsewhere'));
    await store.save({ area: 'repository', name: 'repository.json' }, octets('{}'));
    expect(await all(store.list('images'))).to.deep.equal([...names].sort());
    expect(await all(store.list('images', 'b'))).to.deep.equal(['b/10', 'b/2']);
    expect(await all(store.list('images', 'a/z'))).to.deep.equal(['a/z/1']);
    expect(await all(store.list('images', 'nowhere'))).to.deep.equal([]);
    expect(await all(store.list('runs'))).to.deep.equal([]);
    expect(await all(store.list('repository'))).to.deep.equal(['repository.json']);
  });

  it('removes, and does not mind when there is nothing to remove', async () => {
    await store.save(image, octets('first'));
    await store.remove(image);
    await store.remove(image);
    expect(await store.exists(image)).to.equal(false);
    await store.save(image, octets('second'));
    expect(await text(store, image)).to.equal('second');
  });

  const other: StoreHandle = { area: 'aside', name: '1f2e/images/hq/1201/one.json' };
  for (const lazily of [false, true]) {
    it(`moves a file between areas ${lazily ? 'lazily' : 'durably'}, and removes so`, async () => {
      await store.save(image, noise(300_000));
      await store.move(image, other, { lazily });
      expect(await store.exists(image)).to.equal(false);
      expect(Buffer.compare(await collect(store.load(other)), noise(300_000))).to.equal(0);
      expect(await all(store.list('aside'))).to.deep.equal([other.name]);
      await store.save(image, octets('new'));
      await rejection(store.move(other, image, { lazily }), 'store-exists');
      expect(await text(store, image)).to.equal('new');
      expect(await store.size(other)).to.equal(300_000);
      await store.remove(image, { lazily });
      await store.remove(image, { lazily });
      await store.move(other, image, { lazily });
      expect(await store.size(image)).to.equal(300_000);
      expect(await all(store.list('aside'))).to.deep.equal([]);
      expect(await all(store.leftovers())).to.deep.equal([]);
    });
  }

  it('says store-missing when there is nothing to move, and makes nothing', async () => {
    await rejection(store.move(image, other), 'store-missing');
    await rejection(store.move({ area: 'images', name: 'hq' }, other, { lazily: true }), 'store-missing');
    await expectNothing();
  });

  it('tells how long ago a file was written, until it is touched; its octets stay', async () => {
    await store.save(image, octets('lock'));
    await store.save(other, octets(''));
    expect(await store.age(image)).to.be.lessThan(60_000);
    elapse(3_600_000);
    expect(await store.age(image)).to.be.within(3_599_990, 3_660_000);
    await store.touch(image);
    expect(await store.age(image)).to.be.lessThan(60_000);
    expect(await store.age(other)).to.be.within(3_599_990, 3_660_000);
    await store.touch(other);
    // On a full disk a lock is an empty file, and its holder lives as well.
    expect(await store.age(other)).to.be.lessThan(60_000);
    expect(await text(store, image)).to.equal('lock');
    expect(await store.size(other)).to.equal(0);
    expect(await all(store.leftovers())).to.deep.equal([]);
  });

  it('does not make what is touched and is not there', async () => {
    await rejection(store.touch(image), 'store-missing');
    await rejection(store.age(image), 'store-missing');
    await expectNothing();
  });

  for (const name of [
    ...[
      '',
      '.',
      '..',
      '../escape',
      'a/../../escape',
      '/etc/passwd',
      'a//b',
      'a/',
      './a',
      'C:',
      'c:/x',
      'a:b',
    ],
    ...[
      'a\\b',
      '..\\a',
      'a.',
      'a./b',
      'a ',
      ' a',
      'con',
      'a/NUL',
      'com1.txt',
      'Lpt9',
      'a\0b',
      'ä',
      'x'.repeat(201),
    ],
  ]) {
    it(`refuses the name ${JSON.stringify(name.slice(0, 20))} in every method`, async () => {
      const handle: StoreHandle = { area: 'objects', name };
      await rejection(store.save(handle, octets('x')), 'internal');
      await rejection(
        store.saveNamed('objects', chunks('x'), () => name),
        'internal',
      );
      await rejection(collect(store.load(handle)), 'internal');
      await rejection(store.exists(handle), 'internal');
      await rejection(store.size(handle), 'internal');
      await rejection(store.remove(handle), 'internal');
      await rejection(store.move(handle, image), 'internal');
      await rejection(store.move(image, handle), 'internal');
      await rejection(store.touch(handle), 'internal');
      await rejection(store.age(handle), 'internal');
      await rejection(all(store.list('objects', name)), 'internal');
      await expectNothing();
    });
  }
}
