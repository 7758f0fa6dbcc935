// Answers that are kept: given back as they were, or not at all, and never a reason to fail.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import type { StoreHandle } from '../../../src/ports.js';
import { initRepository, MemoryStore, type Memo } from '../../../src/repository/index.js';
import { all, clock, octets, random } from './samples.js';

describe('a memo', () => {
  let store: MemoryStore;
  let memo: Memo;
  beforeEach(async () => {
    store = new MemoryStore();
    ({ memo } = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' }));
  });

  const kept = async (): Promise<StoreHandle> => {
    const [name = ''] = await all(store.list('cache'));
    return { area: 'cache', name };
  };

  it('gives back what was kept, and nothing to other questions', async () => {
    await memo.keep('verdict 1 a b', 'equal');
    expect(await memo.recall('verdict 1 a b')).to.equal('equal');
    expect(await memo.recall('verdict 1 b a')).to.equal(undefined);
  });

  it('stands beside the folders of all sites, under a name that every platform takes', async () => {
    await memo.keep('question', 'answer');
    expect((await kept()).name).to.match(/^=memo\/[0-9a-f]{32}\.json$/);
  });

  it('keeps the first answer: it never changes', async () => {
    await memo.keep('question', 'one');
    await memo.keep('question', 'two');
    expect(await memo.recall('question')).to.equal('one');
  });

  it('does not know what was deleted, cut, or altered by a hand or a disk', async () => {
    for (const damage of ['', '{}', '{"question":"question","answer":"another","sha256":"00"}', '\xff']) {
      await memo.keep('question', 'answer');
      const handle = await kept();
      await store.remove(handle);
      expect(await memo.recall('question')).to.equal(undefined);
      await store.save(handle, octets(damage));
      expect(await memo.recall('question'), damage).to.equal(undefined);
      await store.remove(handle);
    }
  });

  it('fails nobody on a store that cannot be read or written', async () => {
    store.save = () => Promise.reject(new EngineError('store-io', 'read-only'));
    await memo.keep('question', 'answer');
    expect(await memo.recall('question')).to.equal(undefined);
  });
});
