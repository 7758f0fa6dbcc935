// The index: never more than a cache. Whatever is done to it, answers are those of the manifests.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { initRepository, MemoryStore, type Repository } from '../../../src/repository/index.js';
import { sha256Of } from '../../../src/repository/digest.js';
import { cachedImages, deviceNames } from '../../../src/repository/index-cache.js';
import { all, clock, collect, octets, random, saveImage, textOf } from './samples.js';

describe('the index', () => {
  let store: MemoryStore;
  let repository: Repository;
  let read: string[];
  beforeEach(async () => {
    store = new MemoryStore();
    read = [];
    const load = store.load.bind(store);
    store.load = (handle) => {
      if (handle.area === 'images') read.push(handle.name);
      return load(handle);
    };
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
    for (const day of [1, 2, 3])
      await saveImage(repository, `day ${day}`, {
        createdAt: `2026-03-0${day}T00:00:00Z`,
        device: { instance: 7, name: `name ${day}` },
      });
  });

  const asked = async (): Promise<string[]> => {
    read.length = 0;
    await all(repository.find({ name: 'nobody' }));
    return read;
  };
  const names = async (): Promise<string[]> => all(store.list('cache'));

  it('reads each manifest once, later only what is new, and keeps one small file a device', async () => {
    expect(await asked()).to.have.length(3);
    expect(await asked()).to.deep.equal([]);
    expect(await names()).to.have.length(1);
    await saveImage(repository, 'new', { createdAt: '2026-03-04T00:00:00Z', device: { instance: 7 } });
    expect(await asked()).to.have.length(1);
    expect(await names()).to.have.length(1);
  });

  it('is made again when it was deleted, cut off or changed, without a word', async () => {
    await asked();
    const [name] = await names();
    const handle = { area: 'cache', name: name! } as const;
    const whole = textOf(await collect(store.load(handle)));
    for (const damaged of [
      '',
      whole.slice(0, -3),
      whole.replace('name 2', 'name 9'),
      `${whole.slice(0, 64)}\n{}`,
    ]) {
      await store.remove(handle);
      await store.save(handle, octets(damaged));
      expect(await asked()).to.have.length(3);
      expect((await all(repository.find())).map(({ device }) => device.name)).to.deep.equal([
        'name 3',
        'name 2',
        'name 1',
      ]);
    }
  });

  it('does not hide what was damaged when it was made and has been put right since', async () => {
    const [image] = await repository.images();
    await repository.record(image!, { type: 'tag', tag: 'golden' });
    const files = await all(store.list('images'));
    const lost = files.filter((name) => name.startsWith('hq/7/2026-03-03'));
    expect(lost).to.have.length(2);
    const right = new Map<string, Uint8Array>();
    for (const name of lost) {
      right.set(name, await collect(store.load({ area: 'images', name })));
      await store.remove({ area: 'images', name });
      await store.save({ area: 'images', name }, octets('{}'));
    }
    for (let times = 0; times < 2; times += 1) expect(await all(repository.find())).to.have.length(2);
    expect(await names()).to.have.length(1);
    for (const [name, content] of right) {
      await store.remove({ area: 'images', name });
      await store.save({ area: 'images', name }, content);
    }
    expect(await all(repository.find({ tags: ['golden'] }))).to.have.length(1);
    expect(await all(repository.find())).to.have.length(3);
    // And now it is known.
    expect(await asked()).to.deep.equal([]);
  });

  it('of another version is not looked at', async () => {
    await asked();
    const [name] = await names();
    const handle = { area: 'cache', name: name! } as const;
    const body = textOf(await collect(store.load(handle))).split('\n')[1]!;
    const other = body.replace('"version":2', '"version":1').replaceAll('name 1', 'name 9');
    await store.remove(handle);
    await store.save(handle, octets(`${sha256Of(octets(other))}\n${other}`));
    expect(await all(repository.find({ name: 'name 9' }))).to.deep.equal([]);
    expect(await asked()).to.deep.equal([]);
  });

  it('never lets an image be found that is damaged by now, nor a fact that is', async () => {
    const [image] = await repository.images();
    await repository.record(image!, { type: 'tag', tag: 'golden' });
    expect(await all(repository.find({ tags: ['golden'] }))).to.have.length(1);
    const files = await all(store.list('images'));
    const fact = files.find((name) => /\.[0-9a-f]{8}\.json$/.test(name))!;
    await store.remove({ area: 'images', name: fact });
    await store.save({ area: 'images', name: fact }, octets('{}'));
    expect(await all(repository.find({ tags: ['golden'] }))).to.deep.equal([]);
    const manifest = files.find((name) => name.startsWith('hq/7/2026-03-02'))!;
    await store.remove({ area: 'images', name: manifest });
    await store.save({ area: 'images', name: manifest }, octets('{}'));
    expect((await all(repository.find())).map(({ device }) => device.name)).to.deep.equal([
      'name 3',
      'name 1',
    ]);
  });

  it('is not needed: a folder that takes no writing gives the same answers', async () => {
    const save = store.save.bind(store);
    store.save = (handle, content) =>
      handle.area === 'cache'
        ? Promise.reject(new EngineError('store-io', 'read-only'))
        : save(handle, content);
    expect(await all(repository.find({ name: 'name 1' }))).to.have.length(3);
    expect(await names()).to.deep.equal([]);
  });

  it('knows every device by the names of its files alone', async () => {
    await saveImage(repository, 'x', { site: 'West', device: { instance: 5 } });
    const devices = await all(deviceNames(store));
    expect(devices.map(({ site, instance, manifests }) => [site, instance, manifests.length])).to.deep.equal([
      ['West', 5, 1],
      ['hq', 7, 3],
    ]);
    expect(await all(deviceNames(store, { instance: 5 }))).to.have.length(1);
    expect(await cachedImages(store, devices[1]!)).to.have.length(3);
  });
});
