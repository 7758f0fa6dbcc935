// An image while it is made: whole and proven, or not there at all.

import { expect } from 'chai';
import type { Log, Store } from '../../../src/ports.js';
import { initRepository, MemoryStore, type Repository } from '../../../src/repository/index.js';
import { objectHandle } from '../../../src/repository/names.js';
import {
  all,
  changedStore,
  chunks,
  clock,
  collect,
  imageFile,
  manifest,
  noise,
  octets,
  random,
  rejection,
  saveImage,
  textOf,
} from './samples.js';

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('a draft', () => {
  let store: MemoryStore;
  let repository: Repository;
  const logged: string[] = [];
  const log: Log = { log: (level, message) => void logged.push(`${level}: ${message}`) };
  const over = (other: Store): Promise<Repository> =>
    initRepository(other, { clock, random: random(), place: 'memory', defaultSite: 'hq', log });
  beforeEach(async () => {
    logged.length = 0;
    store = new MemoryStore();
    repository = await over(store);
  });

  it('names objects by the SHA-256 of their plain octets', async () => {
    const added = await (await repository.begin()).addStream(chunks('a', 'bc'));
    expect(added).to.deep.equal({ octets: 3, sha256: ABC, objects: [{ sha256: ABC, octets: 3 }] });
    expect(textOf(await collect(store.load({ area: 'objects', name: `ba/${ABC}` })))).to.equal('abc');
  });

  it('keeps equal content once, within an image and across images', async () => {
    await saveImage(repository, 'same', {}, ['sa', 'me']);
    await saveImage(repository, 'same', { createdAt: '2026-03-02T00:00:00Z' }, ['sam', 'e']);
    // The content, and two lists of record lengths.
    expect(await all(store.list('objects'))).to.have.length(3);
    expect((await repository.check()).findings).to.deep.equal([]);
  });

  it('keeps records with their exact boundaries, empty ones and none at all', async () => {
    const many = Array.from({ length: 20_000 }, (_, at) => 'x'.repeat(at % 7));
    for (const records of [['alpha', '', 'be'], [], [''], ['', '', ''], ['x'], many]) {
      const added = await (await repository.begin()).addRecords(chunks(...records));
      const back = await all(repository.records(imageFile(1, added)));
      expect(back.map(textOf)).to.deep.equal(records);
      expect(added.octets).to.equal(records.join('').length);
    }
  });

  it('shows no image before it is published, and none at all when it is dropped', async () => {
    const draft = await repository.begin();
    const added = await draft.addStream(chunks('content'));
    expect(await repository.images()).to.deep.equal([]);
    const { findings } = await repository.check();
    expect(findings.map((f) => `${f.severity} ${f.code} ${f.place}`)).to.deep.equal([
      `warning leftover objects/${objectHandle(added.sha256).name}`,
    ]);
    await draft.publish(manifest([imageFile(1, added)]));
    expect(await repository.images()).to.have.length(1);
  });

  it('saves the manifest last, after everything that it names was read back', async () => {
    const order: string[] = [];
    const watched = changedStore(store, {
      saveNamed: (area, content, name) => {
        order.push(`save ${area}`);
        return store.saveNamed(area, content, name);
      },
      save: (handle, content) => {
        order.push(`save ${handle.area}`);
        return store.save(handle, content);
      },
      load: (handle) => {
        order.push(`load ${handle.area}`);
        return store.load(handle);
      },
    });
    await store.remove({ area: 'repository', name: 'repository.json' });
    const watchedRepository = await over(watched);
    order.length = 0;
    await saveImage(watchedRepository, 'content');
    expect(order).to.deep.equal([
      'save locks',
      'save objects',
      'load repository',
      'load objects',
      'save images',
    ]);
  });

  it('is refused when an object that it names is missing, damaged, or of another size, and leaves no image', async () => {
    const draft = await repository.begin();
    const right = await draft.addStream(chunks('content'));
    const handle = objectHandle(right.sha256);
    for (const damage of [undefined, 'Content', 'conten']) {
      await store.remove(handle);
      if (damage !== undefined) await store.save(handle, octets(damage));
      const error = await rejection(draft.publish(manifest([imageFile(1, right)])), 'repository-corrupt');
      expect(error.message).to.contain('was not saved').and.contain(right.sha256);
    }
    const lie = { octets: 8, sha256: right.sha256, objects: [{ sha256: right.sha256, octets: 8 }] };
    await store.remove(handle);
    await store.save(handle, octets('content'));
    await rejection(draft.publish(manifest([imageFile(1, lie)])), 'repository-corrupt');
    expect(await all(store.list('images'))).to.deep.equal([]);
    await draft.publish(manifest([imageFile(1, right)]));
    expect(await repository.images()).to.have.length(1);
  });

  it('is refused when its record boundaries do not fit its content', async () => {
    const draft = await repository.begin();
    const added = await draft.addRecords(chunks('alpha', 'be'));
    const other = await draft.addRecords(chunks('alpha'));
    const mixed = { ...added, recordLengths: other.recordLengths! };
    await rejection(draft.publish(manifest([imageFile(1, mixed)])), 'repository-corrupt');
  });

  it('is refused when the manifest does not fit the format, or its site is no site name', async () => {
    const draft = await repository.begin();
    await rejection(draft.publish(manifest([], { createdAt: 'now' })), 'internal');
    await rejection(draft.publish(manifest([], { site: '' })), 'usage');
    expect(await all(store.list('images'))).to.deep.equal([]);
  });

  it('is published once', async () => {
    const draft = await repository.begin();
    await draft.publish(manifest([]));
    await rejection(draft.publish(manifest([], { tool: 'other' })), 'internal');
  });

  it('keeps two images of one device within one second', async () => {
    const one = await saveImage(repository, 'one');
    const two = await saveImage(repository, 'two');
    const three = await saveImage(repository, 'two', { createdAt: '2026-03-01T02:15:07.043Z' });
    expect(new Set([one.id, two.id, three.id]).size).to.equal(3);
    expect(await repository.images({ instance: 1201 })).to.have.length(3);
  });

  it('takes the very same manifest twice for the same image', async () => {
    const [one, two] = await Promise.all([saveImage(repository, 'one'), saveImage(repository, 'one')]);
    expect(one.id).to.equal(two.id);
    expect(await repository.images()).to.have.length(1);
  });

  it('never replaces another file of its name', async () => {
    const elsewhere = await over(new MemoryStore());
    const { id } = await saveImage(elsewhere, 'one');
    const handle = { area: 'images', name: `hq/1201/2026-03-01T021507Z-${id.slice(0, 8)}.json` } as const;
    await store.save(handle, octets('something else'));
    await rejection(saveImage(repository, 'one'), 'store-exists');
    expect(textOf(await collect(store.load(handle)))).to.equal('something else');
  });

  it('passes an error of the device on as it is, and leaves nothing', async () => {
    class DeviceWentAway extends Error {}
    async function* failing(): AsyncIterable<Uint8Array> {
      yield await Promise.resolve(noise(100));
      throw new DeviceWentAway();
    }
    const draft = await repository.begin();
    expect(await draft.addStream(failing()).catch((error: unknown) => error)).to.be.instanceOf(
      DeviceWentAway,
    );
    expect(await draft.addRecords(failing()).catch((error: unknown) => error)).to.be.instanceOf(
      DeviceWentAway,
    );
    expect(await all(store.list('objects'))).to.deep.equal([]);
  });

  it('puts fresh octets in the place of a damaged object, says so in the log, and so repairs the older image', async () => {
    const before = await saveImage(repository, 'content');
    const handle = objectHandle(before.manifest.files[0]!.sha256);
    for (const damage of ['Content', 'conten', '']) {
      await store.remove(handle);
      await store.save(handle, octets(damage));
      logged.length = 0;
      await (await repository.begin()).addStream(chunks('content'));
      expect(logged).to.deep.equal(['warn: a damaged object was replaced by a fresh copy']);
      await repository.verifyImage(before);
    }
  });

  it('leaves an object alone that cannot be read just now', async () => {
    await saveImage(repository, 'content');
    const blind = changedStore(store, {
      // eslint-disable-next-line require-yield
      async *load(handle) {
        await Promise.resolve();
        throw Object.assign(await rejection(collect(new MemoryStore().load(handle))), { code: 'store-io' });
      },
      remove: () => Promise.reject(new Error('must not be removed')),
    });
    const { Draft } = await import('../../../src/repository/draft.js');
    const done = (): Promise<void> => Promise.resolve();
    const hold = { confirm: done, release: done };
    const draft = new Draft({ store: blind, log: undefined, stillThere: done, hold });
    await rejection(draft.addStream(chunks('content')), 'store-io');
  });

  it('is refused when its repository is gone or another one is in its place', async () => {
    const draft = await repository.begin();
    await store.remove({ area: 'repository', name: 'repository.json' });
    await rejection(draft.publish(manifest([])), 'repository-not-found');
    await initRepository(store, {
      clock,
      random: { uint32: () => 5 },
      place: 'memory',
      defaultSite: 'hq',
    });
    const error = await rejection(draft.publish(manifest([])), 'repository-not-found');
    expect(error.message).to.contain('another repository');
    expect(await all(store.list('images'))).to.deep.equal([]);
  });
});
