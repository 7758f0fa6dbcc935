// The cache does not grow for ever: what is about images that are gone goes with the next prune, the rest stays.

import { expect } from 'chai';
import { dropCache } from '../../../src/repository/cache.js';
import { Computers } from '../../support/computers.js';
import { all, octets, saveImage } from './samples.js';

describe('the cache', () => {
  const names = async (computers: Computers): Promise<readonly string[]> =>
    all(computers.store.list('cache'));

  it('loses with a prune what is about images and devices that are gone, and nothing else', async () => {
    const computers = await Computers.open();
    const repository = await computers.repository('here');
    const days = ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z'] as const;
    const [a, b, c] = await Promise.all(days.map((createdAt) => saveImage(repository, 'x', { createdAt })));
    const other = await saveImage(repository, 'y', { device: { instance: 77 } });
    await repository.memo.keep(`verdict ${a!.id} ${b!.id}`, 'same');
    await repository.memo.keep(`verdict ${b!.id} ${c!.id}`, 'changed');
    await repository.memo.keep('of no image', 'yes');
    await computers.store.save(
      { area: 'cache', name: '=memo/0123456789abcdef0123456789abcdef.json' },
      octets('{'),
    );
    await all(repository.find());
    expect(await names(computers)).to.have.length(6);
    await repository.forget({ ids: [a!.id, other.id] });
    await repository.prune();
    expect(await names(computers)).to.have.length(3);
    expect(await repository.memo.recall(`verdict ${a!.id} ${b!.id}`)).to.equal(undefined);
    expect(await repository.memo.recall(`verdict ${b!.id} ${c!.id}`)).to.equal('changed');
    expect(await repository.memo.recall('of no image')).to.equal('yes');
    expect((await all(repository.find())).map(({ id }) => id)).to.deep.equal([c!.id, b!.id]);
    expect(await names(computers)).to.have.length(3);
  });

  it('stays where it is in a dry run, and may be dropped at any time', async () => {
    const computers = await Computers.open();
    const repository = await computers.repository('here');
    await repository.memo.keep(`verdict ${'a'.repeat(64)}`, 'same');
    await repository.prune({ dryRun: true });
    expect(await names(computers)).to.have.length(1);
    await dropCache(computers.store);
    expect(await names(computers)).to.deep.equal([]);
  });
});
