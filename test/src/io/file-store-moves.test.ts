// A FileStore that moves and removes beside other processes, which take files and folders away in that moment.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FileStore } from '../../../src/io/file-store.js';
import { nodeFileSystem } from '../../../src/io/file-system.js';
import { all, octets, rejection, temporaryFolder } from '../repository/samples.js';
import { faultyFiles } from './faulty-files.js';

const image = { area: 'images', name: 'hq/1201/one.json' } as const;

describe('a FileStore that moves', () => {
  let folder: string;
  let remove: () => void;
  beforeEach(() => ({ folder, remove } = temporaryFolder()));
  afterEach(() => remove());

  it('takes empty folders in trash/ away with their last file, and does not mind that another process did', async () => {
    const copy = { area: 'trash', name: '00112233445566aa/ab/abcd' } as const;
    const place = { area: 'objects', name: 'ab/abcd' } as const;
    const store = new FileStore(folder);
    const mark = join(folder, 'trash', '00112233445566aa');
    await store.save(copy, octets('one'));
    await store.save({ ...copy, name: '00112233445566aa/cd/cdef' }, octets('two'));
    await store.remove(copy, { lazily: true });
    expect(readdirSync(mark)).to.deep.equal(['cd']);
    await store.save(copy, octets('one'));
    for (const name of ['00112233445566aa/cd/cdef', copy.name]) await store.remove({ area: 'trash', name });
    expect(readdirSync(join(folder, 'trash'))).to.deep.equal([]);
    // A prune takes the folder away while a backup brings the object back.
    await store.save(copy, octets('one'));
    const racing = new FileStore(folder, {
      fileSystem: {
        ...nodeFileSystem,
        syncFolder: (path) => {
          if (path.includes('trash')) rmSync(path, { recursive: true });
          return nodeFileSystem.syncFolder(path);
        },
      },
    });
    await racing.move(copy, place);
    expect(await all(store.list('objects'))).to.deep.equal([place.name]);
    expect(await all(store.list('trash'))).to.deep.equal([]);
  });

  for (const lazily of [false, true])
    it(`says store-missing when what is moved ${lazily ? 'lazily' : 'durably'} is taken away in that moment`, async () => {
      await new FileStore(folder).save(image, octets('one'));
      const racing = faultyFiles(({ operation }) => {
        if (operation === 'link' || operation === 'rename')
          rmSync(join(folder, 'images/hq/1201/one.json'), { force: true });
        return undefined;
      });
      const store = new FileStore(folder, { fileSystem: racing });
      await rejection(store.move(image, { area: 'aside', name: 'one.json' }, { lazily }), 'store-missing');
    });
});
