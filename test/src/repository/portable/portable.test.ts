// Export and import: what comes out is whole and checkable, what goes in is the same image or nothing at all.
// Covers export, import and layout.

import { expect } from 'chai';
import { EngineError } from '../../../../src/errors.js';
import { sha256Of } from '../../../../src/repository/digest.js';
import { objectHandle } from '../../../../src/repository/names.js';
import {
  initRepository,
  MemoryStore,
  openRepository,
  type ImageSummary,
  type Repository,
} from '../../../../src/repository/index.js';
import { parseSums, sumLine } from '../../../../src/repository/portable/layout.js';
import {
  all,
  changedStore,
  chunks,
  clock,
  collect,
  imageFile,
  manifest,
  octets,
  random,
  rejection,
  saveImage,
  textOf,
} from '../samples.js';
import { MemoryArchive } from './archive.js';

interface Place {
  readonly store: MemoryStore;
  readonly repository: Repository;
}

async function place(): Promise<Place> {
  const store = new MemoryStore();
  const options = { clock, random: random(), place: 'memory', defaultSite: 'hq' };
  return { store, repository: await initRepository(store, options) };
}

async function contentOf(repository: Repository, image: ImageSummary): Promise<unknown[]> {
  const contents: unknown[] = [];
  for (const file of image.manifest.files)
    contents.push(
      file.accessMethod === 'stream'
        ? textOf(await collect(repository.content(file)))
        : (await all(repository.records(file))).map(textOf),
    );
  return contents;
}

describe('an export from where nothing can be written', () => {
  for (const code of ['store-io', 'store-no-space'] as const)
    it(`gives the same archive, without a lock (${code})`, async () => {
      const { store, repository } = await place();
      const image = await saveImage(repository, 'alpha', {}, ['rec', '', 'ord']);
      const usual = new MemoryArchive();
      await repository.export([image], usual);
      const refused = (): Promise<never> => Promise.reject(new EngineError(code, 'nothing can be written'));
      const readOnly = changedStore(store, {
        ...{ save: refused, saveNamed: refused, append: refused, remove: refused },
        ...{ move: refused, touch: refused, age: refused },
      });
      const still = await openRepository(readOnly, { clock, random: random(), place: 'memory' });
      const archive = new MemoryArchive();
      await still.export([await still.image(image.id)], archive);
      expect(archive.files).to.deep.equal(usual.files);
    });
});

describe('export and import', () => {
  let from: Place;
  let to: Place;
  let one: ImageSummary;
  let two: ImageSummary;
  beforeEach(async () => {
    [from, to] = [await place(), await place()];
    one = await saveImage(from.repository, 'alpha', { tags: ['as-built'] }, ['rec', '', 'ord']);
    two = await saveImage(from.repository, '', { site: 'Süd 1', createdAt: '2026-03-02T00:00:00Z' });
    await from.repository.record(one, { type: 'verified', how: 'second-reading' });
    await from.repository.record(one, { type: 'note', text: 'before the works' });
  });

  const exported = async (...images: readonly ImageSummary[]): Promise<MemoryArchive> => {
    const archive = new MemoryArchive();
    await from.repository.export(images, archive);
    return archive;
  };

  it('write every file whole, under its manifest, with a sum for each and a page that names the images', async () => {
    const archive = await exported(one, two);
    expect(archive.finished).to.equal(true);
    const sums = parseSums(textOf(archive.files.get('SHA256SUMS')!)) as ReadonlyMap<string, string>;
    for (const [name, content] of archive.files)
      if (name !== 'SHA256SUMS') expect(sums.get(name), name).to.equal(sha256Of(content));
    expect(sums.size).to.equal(archive.files.size - 1);
    const stem = `files/hq/1201/2026-03-01T021507Z-${one.id.slice(0, 8)}`;
    expect(textOf(archive.files.get(`${stem}/01-file-1.bin`)!)).to.equal('alpha');
    expect(textOf(archive.files.get(`${stem}/02-file-2.bin`)!)).to.equal('record');
    expect(textOf(archive.files.get(`${stem}/02-file-2.record-lengths.txt`)!)).to.equal('3\n0\n3\n');
    const page = textOf(archive.files.get('README.txt')!);
    for (const image of [one, two]) expect(page).to.contain(image.id.slice(0, 8));
  });

  it('bring the same images into another repository: ids, contents, records, tags, proofs and notes', async () => {
    const report = await to.repository.import(await exported(one, two));
    expect(report).to.deep.equal({
      kind: 'import-report',
      place: 'memory.zip',
      imported: [one.id, two.id],
      present: [],
      facts: 2,
    });
    for (const image of [one, two]) {
      const arrived = await to.repository.image(image.id);
      expect(arrived).to.deep.equal(image);
      expect(await contentOf(to.repository, arrived)).to.deep.equal(await contentOf(from.repository, image));
      expect(await to.repository.facts(arrived)).to.deep.equal(await from.repository.facts(image));
    }
    expect((await to.repository.check()).findings).to.deep.equal([]);
  });

  it('merge: what is there stays, what is new comes, twice is once', async () => {
    await to.repository.import(await exported(one));
    await from.repository.record(one, { type: 'tag', tag: 'golden' });
    const archive = await exported(one, two);
    expect(await to.repository.import(archive)).to.deep.include({
      imported: [two.id],
      present: [one.id],
      facts: 1,
    });
    const before = await all(to.store.list('images'));
    expect(await to.repository.import(archive)).to.deep.include({ imported: [], facts: 0 });
    expect(await all(to.store.list('images'))).to.deep.equal(before);
  });

  it('bring back the content that an image has lost, or that is damaged', async () => {
    const archive = await exported(one, two);
    await to.repository.import(archive);
    const [first, second] = one.manifest.files;
    const handles = [first!.sha256, second!.recordLengths!.sha256].map((sha256) => objectHandle(sha256));
    await to.store.remove(handles[0]!);
    await to.store.remove(handles[1]!);
    await to.store.save(handles[1]!, octets('1\n'));
    expect((await to.repository.check({ readData: true })).findings).to.have.length(2);
    const report = await to.repository.import(archive);
    expect([report.imported, report.present]).to.deep.equal([[one.id], [two.id]]);
    expect((await to.repository.check({ readData: true })).findings).to.deep.equal([]);
    expect(await contentOf(to.repository, one)).to.deep.equal(['alpha', ['rec', '', 'ord']]);
  });

  it('keep the manifest of a later writer octet for octet, and content in several objects', async () => {
    const draft = await from.repository.begin();
    const [a, b] = [await draft.addStream(chunks('abc')), await draft.addStream(chunks('defg'))];
    const file = imageFile(1, {
      octets: 7,
      sha256: sha256Of(octets('abcdefg')),
      objects: [...a.objects, ...b.objects],
    });
    const text = JSON.stringify({ later: true, ...manifest([file]) });
    const image = await draft.publishOctets(octets(text));
    await draft.close();
    expect(image.id).to.equal(sha256Of(octets(text)));
    await to.repository.import(await exported(image));
    const arrived = await to.repository.image(image.id);
    expect(await contentOf(to.repository, arrived)).to.deep.equal(['abcdefg']);
    expect(await all(to.store.list('objects'))).to.have.length(2);
  });

  it('finish no archive with an octet that is not the image', async () => {
    const [object] = await all(from.store.list('objects'));
    await from.store.remove({ area: 'objects', name: object! });
    await from.store.save({ area: 'objects', name: object! }, octets('other'));
    const archive = new MemoryArchive();
    await rejection(from.repository.export([one, two], archive), 'repository-corrupt');
    expect(archive).to.include({ finished: false, discarded: true });
    await rejection(from.repository.export([], new MemoryArchive()), 'usage');
    await rejection(from.repository.export([two, two], new MemoryArchive()), 'usage');
  });

  it('take in nothing of an archive in which one octet of one file is another', async () => {
    const whole = await exported(one, two);
    for (const [name, content] of whole.files) {
      if (name === 'README.txt' || content.length === 0) continue;
      for (const at of new Set([0, content.length >> 1, content.length - 1])) {
        const archive = new MemoryArchive();
        for (const [other, octetsOf] of whole.files) archive.files.set(other, octetsOf.slice());
        archive.files.get(name)![at]! ^= 0x01;
        await rejection(to.repository.import(archive), 'archive-damaged');
      }
    }
    expect(await all(to.store.list('images'))).to.deep.equal([]);
    expect(await all(to.store.list('objects'))).to.deep.equal([]);
  });

  it('take in nothing of an archive that lacks a file, has one more, or whose sums were made to fit', async () => {
    const whole = await exported(one);
    const names = [...whole.files.keys()];
    const resummed = (archive: MemoryArchive): MemoryArchive => {
      const lines = [...archive.files]
        .filter(([name]) => name !== 'SHA256SUMS')
        .map(([name, content]) => sumLine(sha256Of(content), name));
      archive.files.set('SHA256SUMS', octets(lines.join('')));
      return archive;
    };
    const changed = (change: (files: Map<string, Uint8Array>) => void): MemoryArchive => {
      const archive = new MemoryArchive();
      for (const [name, content] of whole.files) archive.files.set(name, content);
      change(archive.files);
      return archive;
    };
    const image = names.find((name) => name.startsWith('images/') && !/\.[0-9a-f]{8}\.json$/.test(name))!;
    const lengths = names.find((name) => name.endsWith('.record-lengths.txt'))!;
    const cases = [
      ...names.filter((name) => name !== 'README.txt').map((name) => changed((files) => files.delete(name))),
      changed((files) => files.set('files/more.bin', octets('x'))),
      resummed(changed((files) => files.set('images/x.json', octets('{}')))),
      resummed(changed((files) => files.set(image, octets('{}')))),
      resummed(changed((files) => files.set(lengths, octets('2\n1\n3\n')))),
      resummed(changed((files) => files.delete(image))),
      resummed(changed((files) => files.clear())),
    ];
    for (const archive of cases) await rejection(to.repository.import(archive), 'archive-damaged');
    expect(await all(to.store.list('images'))).to.deep.equal([]);
  });

  it('that stop half-way leave whole images and no parts, and can be done again', async () => {
    const archive = await exported(one, two);
    const save = to.store.save.bind(to.store);
    let saves = 0;
    to.store.save = (handle, content) => {
      saves += handle.area === 'images' ? 1 : 0;
      return saves === 2 && handle.area === 'images'
        ? Promise.reject(new EngineError('store-no-space', 'full'))
        : save(handle, content);
    };
    await rejection(to.repository.import(archive), 'store-no-space');
    to.store.save = save;
    expect((await to.repository.images()).map(({ id }) => id)).to.deep.equal([one.id]);
    expect((await to.repository.import(archive)).imported).to.deep.equal([two.id]);
  });
});

describe('the list of sums', () => {
  it('is read as sha256sum reads it, and refused when it is not one', () => {
    const sum = 'a'.repeat(64);
    expect(parseSums(`${sum}  a b.bin\n${sum} *c\n`)).to.deep.equal(
      new Map([
        ['a b.bin', sum],
        ['c', sum],
      ]),
    );
    for (const text of [`${sum}  a`, `${sum} a\n`, `${sum}  a\n${sum}  a\n`, 'x\n', `${sum}  \n`, '\n'])
      expect(parseSums(text), JSON.stringify(text)).to.be.a('string');
  });
});
