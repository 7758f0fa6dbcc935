// A disk that is full, from any operation on: whoever saves fails with a clear error and nothing is lost; whoever
// makes room gets through.

import { expect } from 'chai';
import { systemError } from '../io/faulty-files.js';
import { EngineError, isEngineError } from '../../../src/errors.js';
import type { FileSystem, OpenFile } from '../../../src/io/file-system.js';
import type { ImageSummary, Repository } from '../../../src/repository/index.js';
import { DyingDisk } from '../../support/dying.js';
import { all, chunks, imageFile, manifest, saveImage } from './samples.js';

/** A disk whose room ends after so many operations that need some. An empty file needs none, as on most disks. */
class Room {
  left = Infinity;
  /** There is no room for a lock's words, though there is for folders: as on a disk with spare inodes. */
  isFullForLocks = false;

  take(): void {
    if (this.left <= 0) throw systemError('ENOSPC', 'no space left on device');
    this.left -= 1;
  }

  readonly files = (inner: FileSystem): FileSystem => ({
    ...inner,
    open: async (path, flags) => {
      const file: OpenFile = await inner.open(path, flags);
      const write = async (octets: Uint8Array): Promise<number> => {
        this.take();
        if (this.isFullForLocks && new TextDecoder().decode(octets).includes('bacvault-lock'))
          throw systemError('ENOSPC', 'no space left on device');
        return file.write(octets);
      };
      return { ...file, write };
    },
    mkdir: async (path) => {
      const isThere = await inner.facts(path).catch(() => undefined);
      if (!isThere) this.take();
      return inner.mkdir(path);
    },
    unlink: async (path) => {
      const { size } = await inner.facts(path);
      await inner.unlink(path);
      if (size > 0) this.left += 1;
    },
  });
}

async function prepared(): Promise<{
  readonly room: Room;
  readonly disk: DyingDisk;
  readonly images: readonly ImageSummary[];
}> {
  const room = new Room();
  const disk = new DyingDisk('full', undefined, room.files);
  const repository = await disk.init();
  const images: ImageSummary[] = [];
  for (let day = 1; day <= 6; day += 1)
    images.push(await saveImage(repository, `content ${day}`, { createdAt: `2026-02-0${day}T00:00:00Z` }));
  await all(repository.find());
  await repository.close();
  return { room, disk, images };
}

async function backup(repository: Repository): Promise<void> {
  const draft = await repository.begin();
  try {
    const files = [
      imageFile(1, await draft.addStream(chunks('new'))),
      imageFile(2, await draft.addRecords(chunks('a'))),
    ];
    await draft.publish(manifest(files, { createdAt: '2026-02-20T00:00:00Z' }));
  } finally {
    await draft.close();
  }
}

describe('on a full disk', () => {
  for (const [name, work] of [
    ['a backup', backup],
    [
      'a tag',
      async (repository: Repository) => {
        await repository.record((await repository.images())[0]!, { type: 'tag', tag: 'golden' });
      },
    ],
    ['a run log', async (repository: Repository) => (await repository.beginRun('run')).end('done')],
  ] as const) {
    it(`${name} fails as such wherever the room ends, nothing is lost, and it works when there is room again`, async () => {
      let failed = 0;
      for (let left = 0; ; left += 1) {
        const { room, disk, images } = await prepared();
        room.left = left;
        const ending = await disk.run(work);
        if (ending === 'done') break;
        failed += 1;
        const { failed: error } = ending as { readonly failed: unknown };
        expect(error).to.be.instanceOf(EngineError).with.property('code', 'store-no-space');
        expect(error).to.have.property('exitCode', 21);
        room.left = Infinity;
        const next = await disk.open();
        const { findings } = await next.check({ readData: true });
        expect(findings.filter(({ code }) => code !== 'leftover')).to.deep.equal([]);
        const ids = (await next.images()).map(({ id }) => id);
        expect(ids).to.have.members(images.map(({ id }) => id));
        expect(await disk.run(work)).to.equal('done');
      }
      expect(failed).to.be.greaterThan(0);
    });
  }

  it('forget and prune make room, though there is none for a lock, a log or a folder', async () => {
    const { room, disk, images } = await prepared();
    room.left = 0;
    const forgot = await disk.run((repository) => repository.forget({ policy: { last: 1 } }));
    expect(forgot, JSON.stringify(forgot)).to.equal('done');
    // The manifests have left a little: too little for the folders of all that is set aside at once.
    expect(room.left).to.be.within(1, 6);
    let freed = 0;
    const ending = await disk.run(async (repository) => {
      freed = (await repository.prune()).freed.objects;
    });
    expect(ending).to.equal('done');
    expect(freed).to.equal(5);
    room.left = Infinity;
    const repository = await disk.open();
    expect((await repository.check({ readData: true })).findings).to.deep.equal([]);
    expect((await repository.images()).map(({ id }) => id)).to.deep.equal([images.at(-1)!.id]);
  });

  it('prune frees at once what it can, also when there is no room for the words of its own lock', async () => {
    const { room, disk, images } = await prepared();
    await (await disk.open()).forget({ policy: { last: 1 } });
    let freed = { objects: 0, waiting: 0 };
    const ending = await disk.run(async (repository) => {
      // The folders of the trash are made, and then the disk is full.
      room.left = Infinity;
      room.isFullForLocks = true;
      const report = await repository.prune();
      freed = { objects: report.freed.objects, waiting: report.waiting.objects };
    });
    expect(ending).to.equal('done');
    expect(freed).to.deep.equal({ objects: 5, waiting: 0 });
    room.isFullForLocks = false;
    const repository = await disk.open();
    expect((await repository.check({ readData: true })).findings).to.deep.equal([]);
    expect((await repository.images()).map(({ id }) => id)).to.deep.equal([images.at(-1)!.id]);
  });

  it('prune says so when there is no room even for the first step, and has lost nothing', async () => {
    const { room, disk, images } = await prepared();
    await (await disk.open()).forget({ ids: [images[0]!.id] });
    room.left = Number.NEGATIVE_INFINITY;
    const ending = await disk.run((repository) => repository.prune());
    const isFull = typeof ending !== 'string' && isEngineError(ending.failed, 'store-no-space');
    expect(isFull).to.equal(true);
    room.left = Infinity;
    expect(await disk.run((repository) => repository.prune())).to.equal('done');
    expect((await (await disk.open()).check({ readData: true })).findings).to.deep.equal([]);
  });
});
