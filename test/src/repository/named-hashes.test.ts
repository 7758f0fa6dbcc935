// named-hashes: nothing that a damaged or misplaced manifest speaks of is taken for needless.

import { expect } from 'chai';
import { MemoryStore } from '../../../src/repository/index.js';
import { hashesIn, manifestsAside } from '../../../src/repository/named-hashes.js';
import { all, octets } from './samples.js';

const [A, B] = ['a'.repeat(64), '0123'.repeat(16)];

describe('what a file names that is no image where it stands', () => {
  it('is every hash in it, be it JSON or the half of one, and octets that are no text', async () => {
    const store = new MemoryStore();
    const handle = { area: 'images', name: 'x/1/broken.json' } as const;
    const broken = [...octets(`{"sha256":"${A}","n":[{"sha256":"${B}"}, "${A.slice(1)}`), 0xff, 0xfe];
    await store.save(handle, Uint8Array.from(broken));
    expect([...(await hashesIn(store, handle))]).to.deep.equal([A, B]);
  });

  it('is looked for in manifests that were moved aside, and in nothing else there', async () => {
    const store = new MemoryStore();
    const image = '1f2e3d4c/images/x/1/broken.json';
    for (const name of [image, '1f2e3d4c/objects/ab/abcd'])
      await store.save({ area: 'aside', name }, octets('x'));
    expect(await all(manifestsAside(store))).to.deep.equal([
      { handle: { area: 'aside', name: image }, manifest: 'x/1/broken.json' },
    ]);
  });
});
