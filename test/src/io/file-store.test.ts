// A store in a folder: the promises of every store, plain files, clear errors, and nothing lost beside
// another process. Covers its parts too: file-system, store-errors, temporary-file. (Stopping between two
// operations: file-store-crash.test.ts. What every store promises: file-store-conformance.test.ts.)

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FileStore } from '../../../src/io/file-store.js';
import type { FileSystem } from '../../../src/io/file-system.js';
import type { StoreHandle } from '../../../src/ports.js';
import {
  all,
  chunks,
  collect,
  filesIn,
  noise,
  octets,
  rejection,
  temporaryFolder,
  textOf,
} from '../repository/samples.js';
import { faultyFiles, systemError, withoutHardLinks, type Step } from './faulty-files.js';

const image: StoreHandle = { area: 'images', name: 'hq/1201/one.json' };

describe('FileStore', () => {
  const made: (() => void)[] = [];
  const newFolder = (): string => {
    const { folder, remove } = temporaryFolder();
    made.push(remove);
    return folder;
  };
  afterEach(() => {
    for (const remove of made.splice(0)) remove();
  });

  it('finds out that there are no hard links, whatever the platform calls that', async () => {
    for (const code of ['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EINVAL', 'EMLINK']) {
      const store = new FileStore(newFolder(), { fileSystem: withoutHardLinks(code) });
      expect(await store.save(image, octets('m'))).to.equal(1);
      await rejection(store.save(image, octets('n')), 'store-exists');
      expect(await all(store.leftovers())).to.deep.equal([]);
    }
  });

  it('makes plain files at the places of the format, and leaves nothing else', async () => {
    const folder = newFolder();
    const store = new FileStore(folder);
    await store.save({ area: 'repository', name: 'repository.json' }, octets('{}'));
    await store.saveNamed('objects', chunks('abc'), () => 'ba/ba78');
    await store.save(image, octets('m'));
    expect([...filesIn(folder)].map(([name, content]) => [name, content.toString()])).to.deep.equal([
      ['images/hq/1201/one.json', 'm'],
      ['objects/ba/ba78', 'abc'],
      ['repository.json', '{}'],
    ]);
  });

  it('makes the folder for repository.json, with those above it, and for nothing else', async () => {
    const folder = join(newFolder(), 'a', 'b');
    const store = new FileStore(folder);
    await rejection(store.save(image, octets('m')), 'store-io');
    expect(existsSync(folder)).to.equal(false);
    await store.save({ area: 'repository', name: 'repository.json' }, octets('{}'));
    expect(readFileSync(join(folder, 'repository.json'), 'utf8')).to.equal('{}');
  });

  it('does not make a vanished folder again, and works on when it is back', async () => {
    const folder = join(newFolder(), 'share');
    const store = new FileStore(folder);
    await store.save({ area: 'repository', name: 'repository.json' }, octets('{}'));
    await store.save(image, octets('m'));
    renameSync(folder, `${folder}-gone`);
    const other: StoreHandle = { area: 'images', name: 'hq/1201/two.json' };
    expect((await rejection(store.save(other, octets('n')), 'store-io')).message).to.contain(folder);
    await rejection(all(store.list('images')), 'store-missing');
    expect(existsSync(folder)).to.equal(false);
    renameSync(`${folder}-gone`, folder);
    await store.save(other, octets('n'));
    expect(await all(store.list('images'))).to.have.length(2);
  });

  it('makes folders again that somebody took away in the meantime', async () => {
    const folder = newFolder();
    const store = new FileStore(folder);
    await store.save(image, octets('m'));
    renameSync(join(folder, 'images'), join(folder, 'elsewhere'));
    await rejection(store.save({ area: 'images', name: 'hq/1201/two.json' }, octets('n')), 'store-io');
    await store.save({ area: 'images', name: 'hq/1201/two.json' }, octets('n'));
    expect(await all(store.list('images'))).to.deep.equal(['hq/1201/two.json']);
  });

  it('says that a folder which is a file holds nothing', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, 'x');
    await rejection(
      collect(new FileStore(file).load({ area: 'repository', name: 'repository.json' })),
      'store-missing',
    );
    await rejection(
      new FileStore(file).save({ area: 'repository', name: 'repository.json' }, octets('{}')),
      'store-io',
    );
    expect(readFileSync(file, 'utf8')).to.equal('x');
  });

  describe('errors of the file system', () => {
    const failing = (operation: Step['operation'], code: string, below = ''): FileSystem =>
      faultyFiles((step) =>
        step.operation === operation && step.path.includes(below)
          ? systemError(code, 'in its own words')
          : undefined,
      );

    for (const code of ['ENOSPC', 'EDQUOT']) {
      it(`says store-no-space for ${code}, names the file, and leaves nothing`, async () => {
        const folder = newFolder();
        const store = new FileStore(folder, { fileSystem: failing('write', code) });
        const error = await rejection(store.save(image, octets('content')), 'store-no-space');
        expect(error.message)
          .to.match(/could not write .*tmp.*: \w+: in its own words$/)
          .and.contain(folder);
        expect(error.exitCode).to.equal(21);
        expect(error.cause).to.have.property('code', code);
        expect(filesIn(folder).size).to.equal(0);
      });
    }

    for (const [operation, code] of [
      ...(['open', 'write', 'sync', 'close', 'facts'] as const).map((op) => [op, 'EIO'] as const),
      ...(['open', 'mkdir', 'syncFolder'] as const).map((op) => [op, 'EACCES'] as const),
      ['link', 'EROFS'] as const,
      ['link', 'ENOENT'] as const,
    ]) {
      it(`says store-io for ${code} of ${operation}, names the path, and leaves nothing`, async () => {
        const folder = newFolder();
        const store = new FileStore(folder, { fileSystem: failing(operation, code) });
        for (const attempt of [
          () => store.save(image, octets('content')),
          () => store.saveNamed('objects', chunks('content'), () => 'ab/abc'),
        ]) {
          const error = await rejection(attempt(), 'store-io');
          expect(error.message).to.contain(folder).and.contain(code);
          expect(error.details).to.have.property('systemCode', code);
        }
        expect(await all(new FileStore(folder).list('images'))).to.deep.equal([]);
        expect(await all(new FileStore(folder).leftovers())).to.deep.equal([]);
      });
    }

    it('takes the name back when it could not be made durable', async () => {
      const folder = newFolder();
      const store = new FileStore(folder, { fileSystem: failing('syncFolder', 'EIO', join('hq', '1201')) });
      await rejection(store.save(image, octets('content')), 'store-io');
      expect(filesIn(folder).size).to.equal(0);
      expect(await new FileStore(folder).save(image, octets('content'))).to.equal(7);
    });

    it('says so when fewer octets are in the file than were written', async () => {
      const lying = faultyFiles(() => undefined);
      const store = new FileStore(newFolder(), {
        fileSystem: {
          ...lying,
          async open(path, flags) {
            const file = await lying.open(path, flags);
            return {
              ...file,
              write: async (part) => file.write(part.subarray(0, part.length - 1)).then(() => part.length),
            };
          },
        },
      });
      const error = await rejection(store.save(image, octets('content')), 'store-io');
      expect(error.message).to.contain('6 octets are there, 7 were written');
      expect(await store.exists(image)).to.equal(false);
    });

    it('writes on when the system takes only a part', async () => {
      const slow = faultyFiles(() => undefined);
      const fileSystem: FileSystem = {
        ...slow,
        async open(path, flags) {
          const file = await slow.open(path, flags);
          return { ...file, write: (part) => file.write(part.subarray(0, 1000)) };
        },
      };
      const store = new FileStore(newFolder(), { fileSystem });
      await store.save(image, chunks(noise(10_500)));
      expect(Buffer.compare(await collect(store.load(image)), noise(10_500))).to.equal(0);
    });

    it('reads what is only compared through one buffer, and what is kept through many', async () => {
      const store = new FileStore(newFolder());
      await store.save(image, chunks(noise(700_000)));
      const buffers = async (passing: boolean): Promise<number> => {
        const seen = new Set<ArrayBufferLike>();
        for await (const { buffer } of store.load(image, { passing })) seen.add(buffer);
        return seen.size;
      };
      expect([await buffers(true), await buffers(false)]).to.deep.equal([1, 3]);
    });

    it('says store-io when a file cannot be read, and store-missing only when it is not there', async () => {
      const folder = newFolder();
      await new FileStore(folder).save(image, octets('content'));
      for (const [operation, code] of [
        ['open', 'EACCES'],
        ['read', 'EIO'],
      ] as const) {
        const store = new FileStore(folder, { fileSystem: failing(operation, code) });
        await rejection(collect(store.load(image)), 'store-io');
      }
      const unseen = new FileStore(folder, { fileSystem: failing('facts', 'EACCES') });
      await rejection(unseen.exists(image), 'store-io');
      await rejection(unseen.size(image), 'store-io');
      const unlisted = new FileStore(folder, { fileSystem: failing('entries', 'EACCES') });
      await rejection(all(unlisted.list('images')), 'store-io');
      const kept = new FileStore(folder, { fileSystem: failing('unlink', 'EACCES') });
      await rejection(kept.remove(image), 'store-io');
    });
  });

  describe('what interrupted saves left', () => {
    const hoursAgo = (path: string, hours: number): void => {
      const then = Date.now() / 1000 - hours * 3600;
      utimesSync(path, then, then);
    };

    it('is listed as leftovers, and taken away by a save when it is a day old, not before', async () => {
      const folder = newFolder();
      mkdirSync(join(folder, 'tmp'));
      for (const [name, hours] of [
        ['old.tmp', 25],
        ['young.tmp', 23],
        ['old.claim', 25],
      ] as const) {
        writeFileSync(join(folder, 'tmp', name), 'half');
        hoursAgo(join(folder, 'tmp', name), hours);
      }
      const store = new FileStore(folder);
      const names = async (): Promise<string[]> =>
        (await all(store.leftovers())).map((l) => `${l.place} ${l.octets}`).sort();
      expect(await names()).to.deep.equal(['tmp/old.claim 4', 'tmp/old.tmp 4', 'tmp/young.tmp 4']);
      expect(await all(store.list('repository'))).to.deep.equal([]);
      await store.save(image, octets('m'));
      expect(await names()).to.deep.equal(['tmp/young.tmp 4']);
    });

    it('does not fail a save when it cannot be taken away', async () => {
      const folder = newFolder();
      mkdirSync(join(folder, 'tmp'));
      writeFileSync(join(folder, 'tmp', 'old.tmp'), 'half');
      hoursAgo(join(folder, 'tmp', 'old.tmp'), 48);
      const fileSystem = faultyFiles(({ operation, path }) =>
        operation === 'unlink' && path.endsWith('old.tmp') ? systemError('EBUSY') : undefined,
      );
      const store = new FileStore(folder, { fileSystem });
      expect(await store.save(image, octets('m'))).to.equal(1);
      expect(await all(store.leftovers())).to.have.length(1);
    });

    it('leaves nothing visible when the temporary file of a save under way was taken away', async () => {
      const folder = newFolder();
      const store = new FileStore(folder);
      async function* robbed(): AsyncIterable<Uint8Array> {
        yield await Promise.resolve(octets('half'));
        for (const name of readdirSync(join(folder, 'tmp')))
          renameSync(join(folder, 'tmp', name), join(folder, 'stolen'));
        yield octets('whole');
      }
      await rejection(store.save(image, robbed()), 'store-io');
      expect(await store.exists(image)).to.equal(false);
    });
  });

  describe('claims, where there are no hard links', () => {
    /** The claim of `image`, found by looking: the first file that is made and is no temporary one. */
    const claimOf = async (): Promise<string> => {
      let claim = '';
      const fileSystem = faultyFiles(({ operation, path }) => {
        if (operation === 'open' && path.endsWith('.claim')) claim = path;
        return operation === 'link' ? systemError('EPERM') : undefined;
      });
      const folder = newFolder();
      await new FileStore(folder, { fileSystem }).save(image, octets('m'));
      expect(existsSync(claim)).to.equal(false);
      return claim.slice(folder.length + 1);
    };

    it('waits for the holder of a young claim, and gives up with a clear error', async () => {
      const folder = newFolder();
      const claim = join(folder, await claimOf());
      mkdirSync(join(folder, 'tmp'));
      writeFileSync(claim, '');
      const waits: number[] = [];
      const store = new FileStore(folder, {
        fileSystem: withoutHardLinks(),
        wait: (ms) => Promise.resolve(void waits.push(ms)),
      });
      const error = await rejection(store.save(image, octets('m')), 'store-io');
      expect(error.message).to.contain('another process').and.contain(claim);
      expect(waits.length).to.be.greaterThan(10);
      expect(existsSync(claim)).to.equal(true);
      expect(await store.exists(image)).to.equal(false);
    });

    it('goes on when the holder lets go, and sees what the holder has saved', async () => {
      const folder = newFolder();
      const claim = join(folder, await claimOf());
      mkdirSync(join(folder, 'tmp'));
      writeFileSync(claim, '');
      const store = new FileStore(folder, {
        fileSystem: withoutHardLinks(),
        wait: async () => {
          await new FileStore(folder).save(image, octets('theirs'));
          renameSync(claim, join(folder, 'released'));
        },
      });
      await rejection(store.save(image, octets('ours')), 'store-exists');
      expect(textOf(await collect(store.load(image)))).to.equal('theirs');
    });

    it('breaks the claim of a writer that crashed', async () => {
      const folder = newFolder();
      const claim = join(folder, await claimOf());
      mkdirSync(join(folder, 'tmp'));
      writeFileSync(claim, '');
      utimesSync(claim, Date.now() / 1000 - 120, Date.now() / 1000 - 120);
      const store = new FileStore(folder, {
        fileSystem: withoutHardLinks(),
        wait: () => Promise.reject(new Error('nobody to wait for')),
      });
      expect(await store.save(image, octets('m'))).to.equal(1);
      expect(existsSync(claim)).to.equal(false);
    });
  });

  it('moves 100 MiB in bounded memory', async function () {
    this.timeout(60_000);
    const store = new FileStore(newFolder());
    const part = noise(64 * 1024);
    let most = 0;
    const start = process.memoryUsage().arrayBuffers;
    const watch = (): void => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - start);
    };
    async function* large(): AsyncIterable<Uint8Array> {
      for (let at = 0; at < 1600; at += 1) {
        watch();
        yield await Promise.resolve(part);
      }
    }
    expect(await store.save(image, large())).to.equal(100 * 1024 * 1024);
    let read = 0;
    for await (const chunk of store.load(image)) {
      read += chunk.length;
      watch();
    }
    expect(read).to.equal(100 * 1024 * 1024);
    expect(most).to.be.lessThan(64 * 1024 * 1024);
  });
});
