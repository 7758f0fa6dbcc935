// For every octet of every file of a small repository: when it is another one, a check that reads everything says
// so, at that file, and names the image. Where nothing can tell, the reason is said here.

import { expect } from 'chai';
import type { StoreHandle } from '../../../src/ports.js';
import { isEngineError } from '../../../src/errors.js';
import {
  checkRepository,
  MemoryStore,
  type CheckFinding,
  type ImageManifest,
} from '../../../src/repository/index.js';
import { clock, filesIn, fixture } from './samples.js';

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
  const all = [...filesIn(fixture('v1-lived-in'))];
  const files = all.filter(([path]) => !/^(locks|journal|trash|aside)\//.test(path));
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

  for (const [path, content] of files) {
    it(`of ${path.replace(/[0-9a-f]{56}$/, '...')} that is another is found`, async function () {
      this.timeout(60_000);
      const store = new MemoryStore();
      for (const [other, kept] of files) await store.save(handleOf(other), kept);
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

  it('is told of images that exist', () => {
    expect(manifests.map(({ text }) => (JSON.parse(text) as ImageManifest).kind)).to.deep.equal(
      Array(3).fill('bacvault-image'),
    );
    for (const [path] of files) if (path.startsWith('objects/')) expect(imagesOf(path)).to.not.have.length(0);
  });
});
