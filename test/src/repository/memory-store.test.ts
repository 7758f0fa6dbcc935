// The store of the simulated world: the promises of every store, and no turn of the event loop.

import { expect } from 'chai';
import { initRepository, MemoryStore } from '../../../src/repository/index.js';
import { clock, collect, random, saveImage } from './samples.js';
import { storeConformance } from './store-conformance.js';

describe('MemoryStore', () => {
  let now = 0;
  storeConformance(
    () => Promise.resolve(new MemoryStore(() => now)),
    (ms) => (now += ms),
  );

  it('takes nothing but microtasks, also under a whole repository: a simulated world stays the same', async () => {
    let turned = false;
    const turn = setImmediate(() => (turned = true));
    const repository = await initRepository(new MemoryStore(), {
      clock,
      random: random(),
      place: 'x',
      defaultSite: 'hq',
    });
    const image = await saveImage(repository, 'content', {}, ['one', '', 'three']);
    await repository.verifyImage(image);
    for (const file of image.manifest.files) await collect(repository.content(file));
    expect((await repository.check()).findings).to.deep.equal([]);
    expect(await repository.images()).to.have.length(1);
    expect(turned).to.equal(false);
    clearImmediate(turn);
  });
});
