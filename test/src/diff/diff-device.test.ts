// A device against an image: which image, and what is said when the comparison itself fails.
// The procedure and its ways out are in test/scenario/diff.test.ts.

import { expect } from 'chai';
import { diffDevice } from '../../../src/diff/index.js';
import { MemoryStore, type Repository } from '../../../src/repository/index.js';
import { failure, Stage, streamFile } from '../../support/world.js';

describe('diffDevice', () => {
  const open = (): Promise<Stage> => Stage.open({ device: { files: [streamFile(1, 300)] } });

  async function compare(stage: Stage, repository: Repository, image = 'latest', site?: string) {
    const device = await stage.bind();
    const scratch = { store: new MemoryStore(), random: stage.world.random('scratch') };
    return stage.run(diffDevice(device, repository, image, scratch, site === undefined ? {} : { site }));
  }

  it('takes "latest" for this device, and of a site where one is named', async () => {
    const stage = await open();
    await stage.backup({ site: 'North' });
    const south = await stage.backup({ site: 'South' });
    expect((await failure(compare(stage, stage.repository))).code).to.equal('image-ambiguous');
    const { a, b, verdict } = await compare(stage, stage.repository, 'latest', 'South');
    expect(a.imageId).to.equal(south.imageId);
    expect(b.site).to.equal('South');
    expect(verdict).to.equal('equal');
  });

  it('says that the device is free when the comparison fails after all', async () => {
    const stage = await open();
    const { manifest } = await stage.backup();
    stage.view.setFile(1, Uint8Array.of(1), stage.now);
    const sha256 = manifest.files[0]?.sha256 ?? '';
    const name = `${sha256.slice(0, 2)}/${sha256}`;
    const vanishing = watched(stage.repository, async () => {
      await stage.store.remove({ area: 'objects', name });
    });
    const error = await failure(compare(stage, vanishing));
    expect(error.code).to.equal('repository-corrupt');
    expect(error.details).to.include({ device: stage.view.instance, release: 'released' });
  });
});

/** The same repository, and something that happens once an image was found whole. */
function watched(repository: Repository, whole: () => Promise<void>): Repository {
  return new Proxy(repository, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const bound = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
      if (name !== 'verifyImage') return bound;
      return async (...args: unknown[]) => {
        await bound(...args);
        await whole();
      };
    },
  });
}
