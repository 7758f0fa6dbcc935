// check-objects: what is read and counted, by part; objects that a prune has set aside; and nothing called wrong
// that another process is just changing.

import { expect } from 'chai';
import { objectHandle, trashHandle } from '../../../src/repository/names.js';
import { sha256Of } from '../../../src/repository/digest.js';
import {
  initRepository,
  MemoryStore,
  type CheckReport,
  type Repository,
} from '../../../src/repository/index.js';
import { checkRepository } from '../../../src/repository/check.js';
import { changedStore, clock, octets, random, saveImage } from './samples.js';

const MARK = '00112233445566aa';
const codes = ({ findings }: CheckReport): string[] =>
  findings.map(({ severity, code, place }) => `${severity} ${code} ${place.split('/')[0] ?? ''}`);

describe('check of the objects', () => {
  let store: MemoryStore;
  let repository: Repository;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
  });
  const handle = (content: string): ReturnType<typeof objectHandle> =>
    objectHandle(sha256Of(octets(content)));
  const damage = async (content: string): Promise<void> => {
    await store.remove(handle(content));
    await store.save(handle(content), octets(content.toUpperCase()));
  };

  it('reads one part after the other, and all parts together find what all at once does', async () => {
    const contents = Array.from({ length: 40 }, (_, at) => `content ${at}`);
    for (const [at, content] of contents.entries())
      await saveImage(repository, content, { createdAt: `2026-03-01T00:00:${String(at).padStart(2, '0')}Z` });
    for (const content of contents.slice(0, 5)) await damage(content);
    const whole = await repository.check({ readData: true });
    expect(whole.read).to.deep.equal({ objects: 40, octets: whole.octets });
    expect(whole).to.not.have.property('part');
    const found: string[] = [];
    let objects = 0;
    for (let part = 1; part <= 8; part += 1) {
      const report = await repository.check({ readData: { part, of: 8 } });
      expect(report.part).to.deep.equal({ first: part, last: part, of: 8 });
      expect(report.objects).to.equal(40);
      objects += report.read.objects;
      found.push(...report.findings.map(({ place }) => place));
    }
    expect(objects).to.equal(40);
    expect(found.sort()).to.deep.equal(whole.findings.map(({ place }) => place).sort());
    expect(found).to.have.length(5);
    expect((await repository.check()).findings).to.deep.equal([]);
  });

  it('warns of objects that a prune has set aside, and tells those that an image needs', async () => {
    const image = await saveImage(repository, 'needed');
    await store.move(handle('needed'), trashHandle(MARK, sha256Of(octets('needed'))));
    await store.save(trashHandle(MARK, sha256Of(octets('not'))), octets('not'));
    await store.save({ area: 'trash', name: 'notes.txt' }, octets('x'));
    const report = await repository.check({ readData: true });
    expect(codes(report)).to.have.members([
      'warning unknown-file trash',
      'warning leftover trash',
      'warning leftover trash',
    ]);
    const needed = report.findings.find(({ images }) => images.length > 0);
    expect(needed).to.deep.include({ images: [image.id], devices: [{ site: 'hq', instance: 1201 }] });
    expect(needed!.message).to.contain('puts it back');
    expect(report.read.objects).to.equal(1);
  });

  it('finds damage in what was set aside, too, when an image needs it', async () => {
    await saveImage(repository, 'needed');
    await store.remove(handle('needed'));
    await store.save(trashHandle(MARK, sha256Of(octets('needed'))), octets('NEEDED'));
    const report = await repository.check({ readData: true });
    expect(codes(report)).to.include('error object-damaged objects');
  });

  it('does not call missing what was forgotten and pruned while it looked', async () => {
    const gone = await saveImage(repository, 'gone');
    await saveImage(repository, 'kept', { createdAt: '2026-03-02T00:00:00Z' });
    let once = true;
    const racing = changedStore(store, {
      async *list(area, prefix) {
        if (area === 'objects' && once) {
          once = false;
          await repository.forget({ ids: [gone.id] });
          await repository.prune();
        }
        yield* store.list(area, prefix);
      },
    });
    const report = await checkRepository({ store: racing, clock, place: 'x' }, { readData: true });
    expect(report.findings).to.deep.equal([]);
  });

  it('says of damaged content that no image needs that it may go', async () => {
    await saveImage(repository, 'needed');
    const draft = await repository.begin();
    await draft.addStream(
      (async function* () {
        yield await Promise.resolve(octets('unneeded'));
      })(),
    );
    await draft.close();
    await damage('unneeded');
    const [finding] = (await repository.check({ readData: true })).findings.filter(
      ({ code }) => code === 'object-damaged',
    );
    expect(finding!.images).to.deep.equal([]);
    expect(finding!.cure).to.contain('No image needs it');
  });
});
