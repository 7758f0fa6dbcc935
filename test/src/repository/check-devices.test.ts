// check-devices: whether a fresh backup is what is needed, and what it can bring back.

import { expect } from 'chai';
import { imageHandle, objectHandle } from '../../../src/repository/names.js';
import { initRepository, MemoryStore, type Repository } from '../../../src/repository/index.js';
import { clock, octets, random, saveImage } from './samples.js';

const at = (day: number): { readonly createdAt: string } => ({ createdAt: `2026-03-0${day}T00:00:00Z` });
const other = { device: { instance: 7 } };

describe('the devices that a damage concerns', () => {
  let store: MemoryStore;
  let repository: Repository;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
  });

  it('are told apart by whether their newest image is hurt', async () => {
    const old = await saveImage(repository, 'old', at(1));
    await saveImage(repository, 'new', at(2));
    const shared = await saveImage(repository, 'old', { ...at(3), ...other });
    await store.remove(objectHandle(old.manifest.files[0]!.sha256));
    const { findings, backUp } = await repository.check();
    expect(findings).to.have.length(1);
    expect(findings[0]!.images).to.have.members([old.id, shared.id]);
    expect(findings[0]!.devices).to.have.deep.members([
      { site: 'hq', instance: 1201 },
      { site: 'hq', instance: 7 },
    ]);
    expect(findings[0]!.cure).to.match(/^A fresh backup of the device stores it again/);
    expect(backUp).to.deep.equal([{ site: 'hq', instance: 7 }]);
  });

  it('need no fresh backup when only older images are hurt, and that is said', async () => {
    const old = await saveImage(repository, 'old', at(1));
    await saveImage(repository, 'new', at(2));
    await store.remove(objectHandle(old.manifest.files[0]!.sha256));
    const { findings, backUp } = await repository.check();
    expect(findings[0]!.cure).to.match(/^Only older images need it/);
    expect(backUp).to.deep.equal([]);
  });

  it('need one when the newest manifest is damaged, or the only one', async () => {
    const damage = async (image: Awaited<ReturnType<typeof saveImage>>): Promise<void> => {
      const handle = imageHandle(image.manifest, image.id);
      await store.remove(handle);
      await store.save(handle, octets('{'));
    };
    await damage(await saveImage(repository, 'older', at(1)));
    await saveImage(repository, 'old', at(2));
    await damage(await saveImage(repository, 'only', { ...at(2), ...other }));
    expect((await repository.check()).backUp).to.deep.equal([{ site: 'hq', instance: 7 }]);
    await damage(await saveImage(repository, 'new', at(3)));
    expect((await repository.check()).backUp).to.have.deep.members([
      { site: 'hq', instance: 7 },
      { site: 'hq', instance: 1201 },
    ]);
  });
});
