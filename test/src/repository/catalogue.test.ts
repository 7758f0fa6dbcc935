// Finding images: the right one or a clear refusal. A wrong one would be restored onto a controller.

import { expect } from 'chai';
import type { StoreHandle } from '../../../src/ports.js';
import { initRepository, MemoryStore, type Repository } from '../../../src/repository/index.js';
import { imageEntries, listImages, readImage } from '../../../src/repository/catalogue.js';
import { encodeManifest } from '../../../src/repository/manifest.js';
import { imageHandle } from '../../../src/repository/names.js';
import { all, clock, collect, manifest, octets, random, rejection, saveImage } from './samples.js';

describe('images', () => {
  let store: MemoryStore;
  let repository: Repository;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, {
      clock,
      random: random(),
      place: '/backups',
      defaultSite: 'hq',
    });
  });

  const save = async (site: string, instance: number, createdAt: string): Promise<string> =>
    (await saveImage(repository, 'content', { site, device: { instance }, createdAt })).id;
  const ids = async (...filter: Parameters<Repository['images']>): Promise<string[]> =>
    (await repository.images(...filter)).map((image) => image.id);
  const handleOf = async (id: string): Promise<StoreHandle> => {
    const image = (await repository.images()).find((one) => one.id === id)!;
    return imageHandle(image.manifest, id);
  };
  const damage = async (id: string): Promise<void> => {
    const handle = await handleOf(id);
    const content = await collect(store.load(handle));
    await store.remove(handle);
    await store.save(handle, content.subarray(0, 500));
  };

  it('are listed newest first, of all devices, one site, one device, or both', async () => {
    const old = await save('hq', 1201, '2026-03-01T00:00:00Z');
    const newer = await save('hq', 1201, '2026-03-01T00:00:00.5Z');
    const other = await save('hq', 1202, '2026-02-01T00:00:00Z');
    const away = await save('Lab', 1201, '2026-04-01T00:00:00Z');
    const sub = await save('hq', 120, '2025-01-01T00:00:00Z');
    expect(await ids()).to.deep.equal([away, newer, old, other, sub]);
    expect(await ids({ site: 'hq' })).to.deep.equal([newer, old, other, sub]);
    expect(await ids({ instance: 1201 })).to.deep.equal([away, newer, old]);
    expect(await ids({ site: 'hq', instance: 1201 })).to.deep.equal([newer, old]);
    expect(await ids({ site: 'HQ' })).to.deep.equal([]);
    await rejection(repository.images({ site: '' }), 'usage');
  });

  it('are listed without files that are damaged, misplaced, foreign, or gone', async () => {
    const whole = await save('hq', 1201, '2026-03-01T00:00:00Z');
    const damaged = await save('hq', 1201, '2026-03-02T00:00:00Z');
    await damage(damaged);
    const { octets: written, image } = encodeManifest(manifest([]));
    const misplaced = imageHandle({ ...image.manifest, device: { instance: 7 } }, image.id);
    await store.save(misplaced, written);
    await store.save({ area: 'images', name: 'hq/1201/notes.txt' }, octets('mine'));
    expect(await ids()).to.deep.equal([whole]);

    const kinds: string[] = [];
    for (const entry of await all(imageEntries(store))) kinds.push((await readImage(store, entry)).kind);
    expect(kinds).to.deep.equal(['image', 'manifest-damaged', 'manifest-misplaced']);
    const [entry] = await all(imageEntries(store));
    expect(await readImage(new MemoryStore(), entry!)).to.deep.equal({ kind: 'gone' });
    expect(await listImages(new MemoryStore())).to.deep.equal([]);
  });

  it('are not "none" when the repository has vanished', async () => {
    await store.remove({ area: 'repository', name: 'repository.json' });
    await rejection(repository.images(), 'repository-not-found');
    await rejection(repository.image('abcd'), 'repository-not-found');
    await rejection(repository.image('latest', { instance: 1 }), 'repository-not-found');
  });

  describe('by a prefix of the id', () => {
    it('are found with 4 to 64 digits, in small or capital letters', async () => {
      const id = await save('hq', 1201, '2026-03-01T00:00:00Z');
      for (const length of [4, 5, 8, 9, 63, 64]) {
        expect(await repository.image(id.slice(0, length))).to.have.property('id', id);
        expect(await repository.image(id.slice(0, length).toUpperCase())).to.have.property('id', id);
      }
      expect(await repository.image(id, { site: 'hq', instance: 1201 })).to.have.property('id', id);
      await rejection(repository.image(id, { instance: 1202 }), 'image-not-found');
      await rejection(repository.image(id, { site: 'Lab' }), 'image-not-found');
    });

    it('are refused when the prefix is too short, too long, or no hex', async () => {
      for (const bad of ['', 'abc', 'a'.repeat(65), 'wxyz', 'Latest', '../..', 'ab cd'])
        await rejection(repository.image(bad), 'usage');
    });

    it('are not found, and never by digits that only the file name shares', async () => {
      const id = await save('hq', 1201, '2026-03-01T00:00:00Z');
      const error = await rejection(
        repository.image(`${id.slice(0, 8)}${id[8] === '0' ? '1' : '0'}`),
        'image-not-found',
      );
      expect(error.exitCode).to.equal(10);
      const last = id.at(-1) === '0' ? '1' : '0';
      await rejection(repository.image(id.slice(0, 63) + last), 'image-not-found');
    });

    it('are refused when several fit, with all candidates named', async () => {
      const byPrefix = new Map<string, string[]>();
      let twins: string[] | undefined;
      for (let second = 0; !twins; second += 1) {
        const id = await save('hq', 1201, new Date(second * 1000).toISOString());
        const found = [...(byPrefix.get(id.slice(0, 4)) ?? []), id];
        byPrefix.set(id.slice(0, 4), found);
        if (found.length === 2) twins = found;
      }
      const error = await rejection(repository.image(twins[0]!.slice(0, 4)), 'image-ambiguous');
      for (const id of twins) expect(error.message).to.contain(id.slice(0, 12));
      expect(error.message).to.contain('device 1201').and.contain('1970-');
      expect(error.details).to.have.property('candidates').with.length(2);
      expect(await repository.image(twins[0]!.slice(0, 12))).to.have.property('id', twins[0]);
    }).timeout(20_000);

    it('are called damaged, not missing, when they are damaged', async () => {
      const id = await save('hq', 1201, '2026-03-01T00:00:00Z');
      await damage(id);
      const error = await rejection(repository.image(id.slice(0, 6)), 'repository-corrupt');
      expect(error.message).to.contain('images/hq/1201/2026-03-01T000000Z');
    });
  });

  it('are of devices, which can be listed without reading one of them', async () => {
    const devices = async (...filter: Parameters<Repository['devices']>): Promise<unknown[]> =>
      all(repository.devices(...filter));
    expect(await devices()).to.deep.equal([]);
    await save('Lab', 7, '2026-03-01T00:00:00Z');
    for (const hour of ['00', '01']) await save('hq', 1201, `2026-03-01T${hour}:00:00Z`);
    await damage(await save('hq', 1202, '2026-03-01T00:00:00Z'));
    const hq = [1201, 1202].map((instance) => ({ site: 'hq', instance }));
    expect(await devices()).to.have.deep.members([...hq, { site: 'Lab', instance: 7 }]);
    expect(await devices({ site: 'hq' })).to.deep.equal(hq);
    expect(await devices({ instance: 7 })).to.deep.equal([{ site: 'Lab', instance: 7 }]);
  });

  describe('as "latest"', () => {
    it('are the newest of that device, to the fraction of a second', async () => {
      await save('hq', 1201, '2026-03-01T00:00:00.100Z');
      const newest = await save('hq', 1201, '2026-03-01T00:00:00.900Z');
      await save('hq', 1201, '2026-03-01T00:00:00.500Z');
      await save('hq', 1202, '2027-01-01T00:00:00Z');
      expect(await repository.image('latest', { instance: 1201 })).to.have.property('id', newest);
      expect(await repository.image('latest', { instance: 1201, site: 'hq' })).to.have.property('id', newest);
    });

    it('are never one that another program made, as long as the device has one of its own', async () => {
      const imported = { layout: 'niagara', unknown: [] };
      const old = await saveImage(repository, 'old', { createdAt: '2026-03-03T00:00:00Z', imported });
      expect(await repository.image('latest', { instance: 1201 })).to.have.property('id', old.id);
      const own = await save('hq', 1201, '2026-03-01T00:00:00Z');
      await saveImage(repository, 'undo', { createdAt: '2026-03-02T00:00:00Z', tags: ['undo'] });
      expect(await repository.image('latest', { instance: 1201 })).to.have.property('id', own);
      const found = await all(repository.find());
      expect(found.map(({ origin }) => origin)).to.deep.equal(['imported', 'undo', undefined]);
      expect((await all(repository.find({ own: true }))).map(({ id }) => id)).to.deep.equal([own]);
      expect(await all(repository.find({ own: false }))).to.have.length(2);
      // From the index, too.
      expect(await all(repository.find())).to.deep.equal(found);
    });

    it('need an instance', async () => {
      await rejection(repository.image('latest'), 'usage');
      await rejection(repository.image('latest', { site: 'hq' }), 'usage');
    });

    it('are not found where there is none, and the message says of what', async () => {
      await save('hq', 1201, '2026-03-01T00:00:00Z');
      const error = await rejection(
        repository.image('latest', { instance: 1202, site: 'hq' }),
        'image-not-found',
      );
      expect(error.message).to.equal('there is no image of device 1202 in site "hq"');
    });

    it('are refused when two sites have the device and none was named', async () => {
      await save('hq', 1201, '2026-03-01T00:00:00Z');
      const away = await save('Lab', 1201, '2026-02-01T00:00:00Z');
      const error = await rejection(repository.image('latest', { instance: 1201 }), 'image-ambiguous');
      expect(error.message).to.contain('"Lab", "hq"');
      expect(await repository.image('latest', { instance: 1201, site: 'Lab' })).to.have.property('id', away);
    });

    it('are never quietly an older one because the newest is damaged', async () => {
      const old = await save('hq', 1201, '2026-03-01T00:00:00Z');
      await damage(await save('hq', 1201, '2026-03-02T00:00:00Z'));
      const error = await rejection(repository.image('latest', { instance: 1201 }), 'repository-corrupt');
      expect(error.message).to.contain('2026-03-02T000000Z');
      expect(await repository.image(old)).to.have.property('id', old);
    });
  });
});
