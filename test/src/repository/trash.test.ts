// Objects that a prune has set aside: they are read where they are, brought back once, and never lost between
// two places.

import { expect } from 'chai';
import { objectHandle, trashHandle } from '../../../src/repository/names.js';
import { MemoryStore } from '../../../src/repository/index.js';
import { sha256Of } from '../../../src/repository/digest.js';
import { loadObject, recall, setAside } from '../../../src/repository/trash.js';
import { all, changedStore, collect, noise, octets, rejection, textOf } from './samples.js';

const content = octets('setpoint=21.5');
const sha256 = sha256Of(content);
const place = objectHandle(sha256);
const elsewhere = objectHandle('0'.repeat(64));
const aside = trashHandle('00112233445566aa', sha256);

describe('an object that was set aside', () => {
  let store: MemoryStore;
  beforeEach(async () => {
    store = new MemoryStore();
    await store.save({ area: 'trash', name: `00112233445566aa/ab/${'ab'.repeat(32)}` }, octets('another'));
    await store.save({ area: 'trash', name: 'note.txt' }, octets('foreign'));
  });

  it('is found, read and brought back', async () => {
    await store.save(aside, content);
    expect(await setAside(store, sha256)).to.deep.equal(aside);
    expect(textOf(await collect(loadObject(store, sha256)))).to.equal('setpoint=21.5');
    expect(await recall(store, sha256)).to.equal(true);
    expect(textOf(await collect(store.load(place)))).to.equal('setpoint=21.5');
    expect(await setAside(store, sha256)).to.equal(undefined);
    expect(await all(store.list('trash'))).to.have.length(2);
  });

  it('is missing when it is nowhere', async () => {
    await rejection(collect(loadObject(store, sha256)), 'store-missing');
    expect(await recall(store, sha256)).to.equal(false);
  });

  it('is read in its own place when it has both', async () => {
    await store.save(place, content);
    await store.save(aside, octets('not looked at'));
    expect(textOf(await collect(loadObject(store, sha256)))).to.equal('setpoint=21.5');
    expect(await recall(store, sha256)).to.equal(true);
    expect(await store.exists(aside)).to.equal(true);
  });

  it('is read also when it comes back between two looks', async () => {
    await store.save(aside, content);
    const racing = changedStore(store, {
      async *load(handle) {
        if (handle.area === 'trash') await store.move(aside, place);
        yield* store.load(handle);
      },
    });
    expect(textOf(await collect(loadObject(racing, sha256)))).to.equal('setpoint=21.5');
  });

  it('is brought back once by two at the same time, or saved anew meanwhile', async () => {
    await store.save(aside, content);
    expect(await Promise.all([recall(store, sha256), recall(store, sha256)])).to.deep.equal([true, true]);
    await store.move(place, aside);
    const racing = changedStore(store, {
      move: async (from, to) => {
        await store.save(place, content);
        return store.move(from, to);
      },
    });
    expect(await recall(racing, sha256)).to.equal(true);
  });

  it('does not begin anew in the middle of an object that goes away while it is read', async () => {
    await store.save(place, noise(300_000));
    await store.save(aside, noise(300_000));
    const vanishing = changedStore(store, {
      async *load(handle) {
        for await (const chunk of store.load(handle)) {
          yield chunk;
          throw await rejection(store.size(elsewhere), 'store-missing');
        }
      },
    });
    let chunks = 0;
    const reading = (async () => {
      for await (const chunk of loadObject(vanishing, sha256)) chunks += chunk.length > 0 ? 1 : 0;
    })();
    await rejection(reading, 'store-missing');
    expect(chunks).to.equal(1);
  });
});
