// For every octet of every file of a small repository: when it is another one, or missing, a check that reads all says
// so, at that file, and names the image. Where nothing can tell, the reason is said here.

import { expect } from 'chai';
import { STORE_AREAS, type StoreHandle } from '../../../src/ports.js';
import { isEngineError } from '../../../src/errors.js';
import {
  checkRepository,
  MemoryStore,
  openRepository,
  type CheckFinding,
  type ImageManifest,
} from '../../../src/repository/index.js';
import { all, clock, collect, filesIn, fixture, octets, random } from './samples.js';

/** Each single bit of an octet, one after the other, and all of them. */
const MASKS = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff];

const handleOf = (path: string): StoreHandle => {
  const [area = '', ...rest] = path.split('/');
  return rest.length === 0
    ? { area: 'repository', name: area }
    : { area: area as StoreHandle['area'], name: rest.join('/') };
};

/** What a check says about one file. A higher number of the format ends the whole check with words of its own. */
async function findingsOf(
  store: MemoryStore,
  path: string,
): Promise<readonly Pick<CheckFinding, 'images'>[]> {
  try {
    const report = await checkRepository({ store, clock, place: 'x' }, { readData: true });
    return report.findings.filter((finding) => finding.place === path);
  } catch (error) {
    if (path !== 'repository.json' || !isEngineError(error, 'repository-format')) throw error;
    return [{ images: [] }];
  }
}

describe('every octet', () => {
  // Not here is what no image needs: locks, the journal (a line of it that still reads as one cannot be known to be
  // another), trash, and aside. Each of them may be deleted without harm to any image.
  const files = [...filesIn(fixture('v1-lived-in'))].filter(
    ([path]) => !/^(locks|journal|trash|aside)\//.test(path),
  );
  const manifests = files.flatMap(([path, content]) => {
    const [, id8] = /^images\/.*-([0-9a-f]{8})\.json$/.exec(path) ?? [];
    return id8 === undefined ? [] : [{ id8, text: content.toString() }];
  });

  /** The first 8 digits of the images that a file concerns. */
  const imagesOf = (path: string): readonly string[] => {
    const [, hash] = /^objects\/..\/(\w+)$/.exec(path) ?? [];
    if (hash !== undefined) return manifests.filter(({ text }) => text.includes(hash)).map(({ id8 }) => id8);
    const [, id8] = /^images\/.*-([0-9a-f]{8})[.0-9a-f]*\.json$/.exec(path) ?? [];
    if (id8 !== undefined) return [id8];
    // The run of which a fact says that it has proven the image.
    return path.startsWith('runs/2026-03-01T021400Z') ? ['44b03d2b'] : [];
  };

  /** Where nothing can tell: the last line of a log without an end, after which nothing came that could. */
  const firstUnguarded = (path: string, content: Buffer): number =>
    path.startsWith('runs/') && !content.includes('"event":"end"')
      ? content.lastIndexOf('\n{') + 1
      : content.length;

  const filled = async (): Promise<MemoryStore> => {
    const store = new MemoryStore();
    for (const [path, content] of files) await store.save(handleOf(path), content);
    return store;
  };

  for (const [path, content] of files) {
    it(`of ${path.replace(/[0-9a-f]{56}$/, '...')} that is another is found`, async function () {
      this.timeout(60_000);
      const store = await filled();
      expect(await findingsOf(store, path)).to.deep.equal([]);
      for (let at = 0; at < firstUnguarded(path, content); at += 1) {
        const changed = new Uint8Array(content);
        changed[at]! ^= MASKS[at % MASKS.length]!;
        await store.remove(handleOf(path));
        await store.save(handleOf(path), changed);
        const [finding] = await findingsOf(store, path);
        expect(finding, `octet ${at}`).to.not.equal(undefined);
        // Without its line feed a log may be one that is being written: it says so, and no image is hurt.
        if (path.startsWith('runs/') && at === content.length - 1) continue;
        const images = finding!.images.map((id) => id.slice(0, 8));
        expect(images, `octet ${at}`).to.have.members(imagesOf(path));
      }
    });
  }

  for (const [path, content] of files) {
    it(`of ${path.replace(/[0-9a-f]{56}$/, '...')} that is cut off is found`, async function () {
      this.timeout(60_000);
      const store = await filled();
      const lengths = [...content.keys()].filter(
        (at) => at % 16 < 2 || at === content.length - 1 || content[at - 1] === 0x0a,
      );
      for (const length of lengths) {
        await store.remove(handleOf(path));
        await store.save(handleOf(path), content.subarray(0, length));
        const found = await findingsOf(store, path);
        // Lines that a log has lost at its end: nothing can tell.
        const isWhole = path.startsWith('runs/') && (length === 0 || content[length - 1] === 0x0a);
        expect(found.length > 0, `${length} octets`).to.equal(!isWhole);
        if (isWhole || path.startsWith('runs/')) continue;
        expect(found[0]!.images.map((id) => id.slice(0, 8))).to.have.members(imagesOf(path));
      }
    });
  }

  it('that is missing with its file is found where something needs it', async () => {
    for (const [path] of files) {
      const store = await filled();
      await store.remove(handleOf(path));
      const found = await findingsOf(store, path);
      // A manifest or a fact that is deleted forgets what it said, as the format has it; nothing needs a run log.
      const isNeeded = /^(objects|repository)/.test(path);
      expect(found.length, path).to.equal(isNeeded ? 1 : 0);
      if (isNeeded) expect(found[0]!.images.map((id) => id.slice(0, 8))).to.have.members(imagesOf(path));
    }
  });

  it('of a file that does not belong there is found in every area', async () => {
    for (const area of STORE_AREAS.filter((name) => !['cache', 'aside'].includes(name)))
      for (const name of ['notes.txt', ...(area === 'repository' ? [] : ['ab/notes.txt'])]) {
        const store = await filled();
        await store.save({ area, name }, octets('x'));
        const place = area === 'repository' ? name : `${area}/${name}`;
        const [finding, ...more] = await findingsOf(store, place);
        expect(more, place).to.deep.equal([]);
        expect(finding, place).to.deep.include({ severity: 'warning', code: 'unknown-file', images: [] });
      }
  });

  it('of the cache may be any: answers are right all the same', async function () {
    this.timeout(60_000);
    const store = await filled();
    const ports = { clock, random: random(), place: 'x' };
    const repository = await openRepository(store, ports);
    const ask = async (): Promise<unknown> => [
      await all(repository.find()),
      await all(repository.find({ tags: ['golden'], text: ['zürich'] })),
      (await repository.forget({ policy: { last: 1 }, dryRun: true })).decisions,
      await repository.memo.recall('question'),
    ];
    await repository.memo.keep('question', 'answer');
    const right = await ask();
    const kept = await Promise.all(
      (await all(store.list('cache'))).map(async (name) => {
        const handle = { area: 'cache', name } as const;
        return { handle, content: await collect(store.load(handle)) };
      }),
    );
    expect(kept).to.have.length(3);
    for (const { handle, content } of kept) {
      for (let at = 0; at < content.length; at += 1) {
        const changed = new Uint8Array(content);
        changed[at]! ^= MASKS[at % MASKS.length]!;
        await store.remove(handle);
        await store.save(handle, changed);
        const answers = (await ask()) as unknown[];
        // An answer that cannot be trusted is worked out again.
        if (handle.name.startsWith('=memo/')) answers[3] ??= 'answer';
        expect(answers, `octet ${at} of ${handle.name}`).to.deep.equal(right);
      }
      await store.remove(handle);
      await store.save(handle, content);
    }
  });

  it('is told of images that exist', () => {
    expect(manifests.map(({ text }) => (JSON.parse(text) as ImageManifest).kind)).to.deep.equal(
      Array(3).fill('bacvault-image'),
    );
    for (const [path] of files) if (path.startsWith('objects/')) expect(imagesOf(path)).to.not.have.length(0);
  });
});
