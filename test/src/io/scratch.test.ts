// A store for the time of some work: in a folder of its own, gone afterwards however the work ends.

import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { withScratch } from '../../../src/io/scratch.js';
import { all, chunks, octets, rejection, temporaryFolder } from '../repository/samples.js';

describe('a scratch store', () => {
  let folder: string;
  let remove: () => void;
  beforeEach(() => ({ folder, remove } = temporaryFolder()));
  afterEach(() => remove());

  it('is a store, and is gone when the work is done', async () => {
    const result = await withScratch(
      async (store) => {
        await store.save({ area: 'repository', name: 'repository.json' }, octets('x'));
        await store.saveNamed('objects', chunks('abc'), () => 'ab/abc');
        expect(await all(store.list('objects'))).to.deep.equal(['ab/abc']);
        expect(readdirSync(folder)).to.have.length(1);
        return 'done';
      },
      { folder },
    );
    expect(result).to.equal('done');
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('is gone when the work fails', async () => {
    const failed = await withScratch(() => Promise.reject(new Error('no')), { folder }).catch(String);
    expect(failed).to.equal('Error: no');
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('is for its owner alone', async function () {
    if (process.platform === 'win32') this.skip();
    await withScratch(
      () => {
        const [name = ''] = readdirSync(folder);
        expect(statSync(join(folder, name)).mode & 0o077).to.equal(0);
        return Promise.resolve();
      },
      { folder },
    );
  });

  it('takes away what a crash left a week ago, and nothing else', async () => {
    const old = new Date(Date.now() - 8 * 24 * 3_600_000);
    for (const name of ['bacvault-scratch-old', 'bacvault-scratch-new', 'other-old']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'file'), 'x');
      if (name.endsWith('old')) utimesSync(join(folder, name), old, old);
    }
    await withScratch(() => Promise.resolve(), { folder });
    expect(readdirSync(folder).sort()).to.deep.equal(['bacvault-scratch-new', 'other-old']);
  });

  it('says when there is no place for it', async () => {
    const error = await rejection(
      withScratch(() => Promise.resolve(), { folder: join(folder, 'missing') }),
      'store-io',
    );
    expect(error.message).to.include('missing');
  });
});
