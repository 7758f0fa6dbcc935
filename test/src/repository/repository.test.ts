// A repository as the users of the library hold it: made, opened, written, read, verified.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FileStore } from '../../../src/io/file-store.js';
import {
  initRepository,
  MemoryStore,
  openRepository,
  type Repository,
} from '../../../src/repository/index.js';
import { objectHandle } from '../../../src/repository/names.js';
import {
  all,
  chunks,
  clock,
  collect,
  filesIn,
  fixture,
  imageFile,
  manifest,
  noise,
  octets,
  random,
  rejection,
  saveImage,
  temporaryFolder,
  textOf,
} from './samples.js';

const init = (store: MemoryStore | FileStore, place = 'memory'): Promise<Repository> =>
  initRepository(store, { clock, random: random(), place, defaultSite: 'Main Building' });

describe('initRepository and openRepository', () => {
  it('make a repository, and open the same one', async () => {
    const store = new MemoryStore();
    const made = await init(store);
    const opened = await openRepository(store, { clock, random: random(), place: 'memory' });
    expect(opened.id)
      .to.equal(made.id)
      .and.match(/^[0-9a-f]{32}$/);
    expect(opened.options).to.deep.equal({ defaultSite: 'Main Building' });
    expect(opened.place).to.equal('memory');
    await opened.close();
  });

  it('keep the journal of procedures elsewhere when they are told where', async () => {
    const { journal } = await init(new MemoryStore());
    const options = { clock, random: random(), place: 'scratch', defaultSite: 'hq', journal };
    expect((await initRepository(new MemoryStore(), options)).journal).to.equal(journal);
  });

  it('never make a second one in the same place, also when two try at once', async () => {
    const store = new MemoryStore();
    const outcomes = await Promise.allSettled([init(store), init(store)]);
    expect(outcomes.map((o) => o.status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    const before = textOf(await collect(store.load({ area: 'repository', name: 'repository.json' })));
    const error = await rejection(init(store), 'repository-exists');
    expect(error.message).to.contain('memory');
    expect(textOf(await collect(store.load({ area: 'repository', name: 'repository.json' })))).to.equal(
      before,
    );
  });

  it('open every fixture that is whole enough, and refuse the others with the folder and the reason', async () => {
    for (const name of [
      'v1-example',
      'v1-newer-fields',
      'v1-damaged-object',
      'v1-truncated-manifest',
      'v1-leftovers',
    ])
      await openRepository(new FileStore(fixture(name)), { clock, random: random(), place: name });
    for (const [name, code] of [
      ['not-a-repository', 'repository-not-found'],
      ['no-such-folder', 'repository-not-found'],
      ['newer-format', 'repository-format'],
      ['v1-damaged-repository-json', 'repository-corrupt'],
    ] as const) {
      const error = await rejection(
        openRepository(new FileStore(fixture(name)), { clock, random: random(), place: fixture(name) }),
        code,
      );
      expect(error.message).to.contain(fixture(name));
    }
    const { folder, remove } = temporaryFolder();
    await rejection(
      openRepository(new FileStore(folder), { clock, random: random(), place: folder }),
      'repository-not-found',
    );
    expect(filesIn(folder).size).to.equal(0);
    remove();
  });

  it('refuse a default site that is no site name, and make nothing', async () => {
    const { folder, remove } = temporaryFolder();
    const bad = initRepository(new FileStore(join(folder, 'new')), {
      clock,
      random: random(),
      place: folder,
      defaultSite: '',
    });
    await rejection(bad, 'usage');
    expect(filesIn(folder).size).to.equal(0);
    remove();
  });
});

describe('a repository', () => {
  let folder: string;
  let remove: () => void;
  beforeEach(() => ({ folder, remove } = temporaryFolder()));
  afterEach(() => remove());

  it('gives back every octet and every record boundary, after it was opened again', async () => {
    const draft = await (await init(new FileStore(folder), folder)).begin();
    const contents = [noise(0), noise(1), noise(262_144), noise(1_000_001)];
    const records = [noise(0), noise(1470), noise(1), noise(0), noise(300_000), noise(0)];
    const files = [];
    for (const [at, content] of contents.entries())
      files.push(imageFile(at, await draft.addStream(chunks(content))));
    files.push(imageFile(9, await draft.addRecords(chunks(...records))));
    const published = await draft.publish(manifest(files));

    const repository = await openRepository(new FileStore(folder), {
      clock,
      random: random(),
      place: folder,
    });
    const image = await repository.image(published.id.slice(0, 6));
    expect(image).to.deep.equal(published);
    await repository.verifyImage(image);
    for (const [at, content] of contents.entries())
      expect(Buffer.compare(await collect(repository.content(image.manifest.files[at]!)), content)).to.equal(
        0,
      );
    const back = await all(repository.records(image.manifest.files[4]!));
    expect(back.map((record) => record.length)).to.deep.equal(records.map((record) => record.length));
    expect(Buffer.compare(Buffer.concat(back), Buffer.concat(records))).to.equal(0);
    expect((await repository.check()).findings).to.deep.equal([]);
  });

  it('reads an image of a later writer, with fields that it does not know', async () => {
    const repository = await openRepository(new FileStore(fixture('v1-newer-fields')), {
      clock,
      random: random(),
      place: 'x',
    });
    const image = await repository.image('latest', { instance: 1201 });
    expect(image.manifest).to.have.property('tool', 'bacvault 1.9.0');
    await repository.verifyImage(image);
    expect((await all(repository.records(image.manifest.files[1]!))).map(textOf)).to.deep.equal([
      'alpha',
      '',
      'be',
    ]);
  });

  it('verifies an image before anything of it is used: content, boundaries and manifest', async () => {
    const store = new FileStore(folder);
    const repository = await init(store, folder);
    const image = await saveImage(repository, 'content', {}, ['alpha', '', 'be']);
    await repository.verifyImage(image);
    for (const piece of image.manifest.files.flatMap((f) => [
      ...f.objects,
      ...(f.recordLengths ? [f.recordLengths] : []),
    ])) {
      const handle = objectHandle(piece.sha256);
      const right = await collect(store.load(handle));
      await store.remove(handle);
      const missing = await rejection(repository.verifyImage(image), 'repository-corrupt');
      expect(missing.message).to.contain(image.id.slice(0, 12)).and.contain(piece.sha256);
      await store.save(handle, octets('damaged'));
      await rejection(repository.verifyImage(image), 'repository-corrupt');
      await store.remove(handle);
      await store.save(handle, right);
    }
    await repository.verifyImage(image);

    await rejection(repository.verifyImage({ ...image, manifest: manifest([]) }), 'repository-corrupt');
    const [name = ''] = await all(store.list('images'));
    const written = await collect(store.load({ area: 'images', name }));
    await store.remove({ area: 'images', name });
    await rejection(repository.verifyImage(image), 'repository-corrupt');
    written[200]! ^= 1;
    await store.save({ area: 'images', name }, written);
    await rejection(repository.verifyImage(image), 'repository-corrupt');
  });

  it('rejects the content of the damaged fixtures at its end, and their images when they are verified', async () => {
    for (const [name, at] of [
      ['v1-damaged-object', 0],
      ['v1-short-object', 0],
      ['v1-missing-object', 1],
    ] as const) {
      const repository = await openRepository(new FileStore(fixture(name)), {
        clock,
        random: random(),
        place: name,
      });
      const image = await repository.image('4270fcb6');
      const file = image.manifest.files[at]!;
      const read = at === 0 ? collect(repository.content(file)) : all(repository.records(file));
      await rejection(read, 'repository-corrupt');
      await rejection(repository.verifyImage(image), 'repository-corrupt');
    }
    for (const name of ['v1-truncated-manifest', 'v1-edited-manifest', 'v1-misplaced-manifest']) {
      const repository = await openRepository(new FileStore(fixture(name)), {
        clock,
        random: random(),
        place: name,
      });
      expect(await repository.images()).to.deep.equal([]);
      await rejection(repository.image('4270fcb6'), 'repository-corrupt');
    }
  });

  it('is repaired by a new backup of the same content', async () => {
    cpSync(fixture('v1-damaged-object'), folder, { recursive: true });
    const repository = await openRepository(new FileStore(folder), {
      clock,
      random: random(),
      place: folder,
    });
    await (await repository.begin()).addStream(chunks('setpoint=21.5\nfan=auto\n'));
    expect((await repository.check()).findings).to.deep.equal([]);
    await repository.verifyImage(await repository.image('4270fcb6'));
  });

  it('lets several backups of one process work side by side', async () => {
    const repository = await init(new FileStore(folder), folder);
    const saves = Array.from({ length: 12 }, (_, instance) =>
      saveImage(repository, instance % 2 === 0 ? 'even' : `odd ${instance}`, { device: { instance } }, [
        'r',
        `${instance}`,
      ]),
    );
    expect(new Set((await Promise.all(saves)).map((image) => image.id)).size).to.equal(12);
    expect(await repository.images()).to.have.length(12);
    expect((await repository.check()).findings).to.deep.equal([]);
  });
});
