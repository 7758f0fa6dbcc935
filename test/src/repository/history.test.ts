// The history of many devices: newest first over all, each image beside the one before it, with no more in memory
// than names and a manifest of each device.

import { expect } from 'chai';
import {
  type ImageSummary,
  initRepository,
  MemoryStore,
  type Repository,
} from '../../../src/repository/index.js';
import { imageHistory } from '../../../src/repository/history.js';
import { all, changedStore, clock, manifest, octets, random, rejection } from './samples.js';

describe('the history of images', () => {
  let store: MemoryStore;
  let repository: Repository;

  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
  });

  async function save(instance: number, createdAt: string, site = 'hq'): Promise<ImageSummary> {
    return (await repository.begin()).publish(manifest([], { site, createdAt, device: { instance } }));
  }

  /** "instance time < time of the one before it", of all images. */
  async function told(filter?: Parameters<Repository['history']>[0]): Promise<string[]> {
    const history = await all(repository.history(filter));
    return history.map(({ image: { manifest }, before }) => {
      const of = `${manifest.site} ${manifest.device.instance} ${manifest.createdAt.slice(8, -1)}`;
      return before === undefined ? of : `${of} < ${before.manifest.createdAt.slice(8, -1)}`;
    });
  }

  it('is newest first over all devices, each image with the one before it of its device', async () => {
    for (const [instance, day] of [
      [7, 1],
      [8, 2],
      [7, 3],
      [8, 5],
      [7, 4],
    ] as const)
      await save(instance, `2026-03-0${day}T00:00:00Z`);
    await save(7, '2026-03-02T12:00:00Z', 'North');
    expect(await told()).to.deep.equal([
      'hq 8 05T00:00:00 < 02T00:00:00',
      'hq 7 04T00:00:00 < 03T00:00:00',
      'hq 7 03T00:00:00 < 01T00:00:00',
      'North 7 02T12:00:00',
      'hq 8 02T00:00:00',
      'hq 7 01T00:00:00',
    ]);
    expect(await told({ site: 'North' })).to.deep.equal(['North 7 02T12:00:00']);
    expect(await told({ instance: 8 })).to.have.length(2);
    expect(
      (await all(repository.history({ instance: 7, site: 'hq' }))).map(({ image }) => image),
    ).to.deep.equal(await repository.images({ instance: 7, site: 'hq' }));
  });

  it('tells images of one second apart as the list of a device does', async () => {
    for (const part of ['.25', '', '.5']) await save(7, `2026-03-01T00:00:00${part}Z`);
    await save(7, '2026-02-28T00:00:00Z');
    await save(6, '2026-03-01T00:00:00.3Z');
    expect(await told()).to.deep.equal([
      'hq 6 01T00:00:00.3',
      'hq 7 01T00:00:00.5 < 01T00:00:00.25',
      'hq 7 01T00:00:00.25 < 01T00:00:00',
      'hq 7 01T00:00:00 < 28T00:00:00',
      'hq 7 28T00:00:00',
    ]);
  });

  it('leaves damaged manifests out, and compares with the whole one before them', async () => {
    for (const day of [1, 2, 3, 4]) await save(7, `2026-03-0${day}T00:00:00Z`);
    for await (const name of store.list('images')) {
      if (!/0[23]T/.test(name)) continue;
      await store.remove({ area: 'images', name });
      await store.save({ area: 'images', name }, octets('{}'));
    }
    expect(await told()).to.deep.equal(['hq 7 04T00:00:00 < 01T00:00:00', 'hq 7 01T00:00:00']);
  });

  it('reads each manifest once, and only when its turn comes or that of the one after it', async () => {
    for (const day of [1, 2, 3, 4]) await save(7, `2026-03-0${day}T00:00:00Z`);
    let read = 0;
    const counting = changedStore(store, {
      load: (asked) => {
        read += 1;
        return store.load(asked);
      },
    });
    const after: number[] = [];
    for await (const dated of imageHistory(counting)) after.push(dated.before === undefined ? -read : read);
    expect(after).to.deep.equal([2, 3, 4, -4]);
  });

  it('is not empty when the repository has vanished', async () => {
    expect(await told()).to.deep.equal([]);
    await store.remove({ area: 'repository', name: 'repository.json' });
    await rejection(all(repository.history()), 'repository-not-found');
  });
});
