// `check`: finds every damage, names it and the images it hurts, and changes nothing.

import { expect } from 'chai';
import type { Store, StoreHandle } from '../../../src/ports.js';
import { FileStore } from '../../../src/io/file-store.js';
import { checkRepository } from '../../../src/repository/check.js';
import { sha256Of } from '../../../src/repository/digest.js';
import { encodeManifest } from '../../../src/repository/manifest.js';
import { imageHandle } from '../../../src/repository/names.js';
import {
  initRepository,
  MemoryStore,
  openRepository,
  type CheckReport,
  type Repository,
} from '../../../src/repository/index.js';
import {
  all,
  changedStore,
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
} from './samples.js';

const summary = (report: CheckReport): string[] =>
  report.findings.map(
    (f) => `${f.severity} ${f.code} ${f.place} [${f.images.map((id) => id.slice(0, 8)).join()}]`,
  );

const SETTINGS = 'objects/5c/5c6394f9f4fddb92e2dc507af97f3766ca04800f34621df0bf8aed44faca54d3';
const LENGTHS = 'objects/15/15e1aa24438ccd732feab51b7eb01b52a039ca821c6b4edaaf5c5bdd7b0a247e';
const MANIFEST = '2026-03-01T021507Z-4270fcb6.json';
/** The four objects of the example, which nothing names when its manifest does not count. */
const ALONE = ['15/15e1aa24', '44/446a0c05', '5c/5c6394f9', 'e3/e3b0c442'];

describe('check of the fixtures', () => {
  const expected: Record<string, readonly (string | RegExp)[]> = {
    'v1-example': [],
    'v1-newer-fields': [],
    'v1-damaged-object': [`error object-damaged ${SETTINGS} [4270fcb6]`],
    'v1-short-object': [`error object-damaged ${SETTINGS} [4270fcb6]`],
    'v1-missing-object': [`error object-missing ${LENGTHS} [4270fcb6]`],
    'v1-truncated-manifest': [
      `error manifest-damaged images/_main=20_building/1201/${MANIFEST} []`,
      ...ALONE.map((name) => new RegExp(`^warning leftover objects/${name}`)),
    ],
    'v1-edited-manifest': [
      `error manifest-damaged images/_main=20_building/1201/${MANIFEST} []`,
      ...ALONE.map((name) => new RegExp(`^warning leftover objects/${name}`)),
    ],
    'v1-misplaced-manifest': [
      `error manifest-misplaced images/_main=20_building/1202/${MANIFEST} []`,
      ...ALONE.map((name) => new RegExp(`^warning leftover objects/${name}`)),
    ],
    'v1-leftovers': [
      /^warning leftover objects\/88\/88a6f314/,
      'warning leftover tmp/00112233445566778899aabbccddeeff.tmp []',
    ],
    'v1-foreign-files': [
      'warning unknown-file notes.txt []',
      `warning unknown-file images/_main=20_building/1201/${MANIFEST}.bak []`,
      'warning unknown-file objects/notes.txt []',
    ],
    'v1-damaged-repository-json': ['error repository-damaged repository.json []'],
    'not-a-repository': ['error repository-damaged repository.json []', 'warning unknown-file readme.txt []'],
  };

  for (const [name, findings] of Object.entries(expected)) {
    it(`says of ${name} what is wrong with it, and changes nothing`, async () => {
      const folder = fixture(name);
      const before = filesIn(folder);
      const found = summary(await checkRepository(new FileStore(folder), folder));
      expect(found, found.join('\n')).to.have.length(findings.length);
      for (const [at, finding] of findings.entries()) {
        if (typeof finding === 'string') expect(found[at]).to.equal(finding);
        else expect(found[at]).to.match(finding);
      }
      expect(filesIn(folder)).to.deep.equal(before);
    });
  }

  it('counts images, objects and octets', async () => {
    const folder = fixture('v1-example');
    const repository = await openRepository(new FileStore(folder), {
      clock,
      random: random(),
      place: folder,
    });
    expect(await repository.check()).to.deep.equal({
      images: 1,
      objects: 4,
      octets: 23 + 7 + 6 + 0,
      findings: [],
    });
  });

  it('says where a misplaced manifest belongs', async () => {
    const report = await checkRepository(new FileStore(fixture('v1-misplaced-manifest')), 'x');
    expect(report.findings[0]!.message).to.equal(`it belongs at images/_main=20_building/1201/${MANIFEST}`);
  });

  it('does not judge a newer format', async () => {
    await rejection(checkRepository(new FileStore(fixture('newer-format')), 'x'), 'repository-format');
  });

  it('finds every octet of a small repository that has changed, and names the image', async function () {
    this.timeout(60_000);
    const whole = filesIn(fixture('v1-example'));
    const handle = (path: string): StoreHandle => {
      const [area = '', ...rest] = path.split('/');
      return rest.length === 0
        ? { area: 'repository', name: area }
        : { area: area as StoreHandle['area'], name: rest.join('/') };
    };
    for (const [path, content] of whole) {
      // Each octet of content; of the longer manifest each third, with other bits each time.
      for (let at = 0; at < content.length; at += path.endsWith('.json') ? 3 : 1) {
        const store = new MemoryStore();
        for (const [other, kept] of whole) if (other !== path) await store.save(handle(other), kept);
        const changed = new Uint8Array(content);
        changed[at]! ^= 1 << (at & 7);
        await store.save(handle(path), changed);
        const outcome = await checkRepository(store, 'x').catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome, `${path} ${at}`).to.have.property('code', 'repository-format');
          continue;
        }
        const [finding] = (outcome as CheckReport).findings.filter((f) => f.severity === 'error');
        expect(finding, `${path} ${at}`).to.have.property('place', path);
        if (path.startsWith('objects/'))
          expect(finding!.images.map((id) => id.slice(0, 8))).to.deep.equal(['4270fcb6']);
      }
    }
  });
});

describe('check', () => {
  let store: MemoryStore;
  let repository: Repository;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
  });

  /** Puts a manifest there as a faulty writer would: without looking at what it names. */
  const plant = async (...args: Parameters<typeof manifest>): Promise<string> => {
    const { octets: written, image } = encodeManifest(manifest(...args));
    await store.save(imageHandle(image.manifest, image.id), written);
    return image.id;
  };

  it('names every image that needs a damaged object, and no other', async () => {
    const one = await saveImage(repository, 'shared', { createdAt: '2026-03-01T00:00:00Z' });
    const two = await saveImage(repository, 'shared', {
      createdAt: '2026-03-02T00:00:00Z',
      device: { instance: 7 },
    });
    await saveImage(repository, 'other', { createdAt: '2026-03-03T00:00:00Z' });
    const sha256 = one.manifest.files[0]!.sha256;
    await store.remove({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
    const { findings } = await repository.check();
    expect(findings).to.have.length(1);
    expect(findings[0]).to.have.property('code', 'object-missing');
    expect(findings[0]!.images).to.have.members([one.id, two.id]);
  });

  it('finds a manifest whose sizes or boundaries are not so, though every hash is right', async () => {
    const draft = await repository.begin();
    const right = await draft.addRecords(chunks('alpha', '', 'be'));
    const other = await draft.addRecords(chunks('alpha'));
    await draft.publish(manifest([imageFile(1, right), imageFile(2, other)]));
    const [object] = right.objects;
    const boundaries = await plant([imageFile(1, { ...right, recordLengths: other.recordLengths! })], {
      tool: 'a',
    });
    const size = await plant([imageFile(1, { ...right, octets: 8, objects: [{ ...object!, octets: 8 }] })], {
      tool: 'b',
    });
    const joined = await plant(
      [imageFile(1, { sha256: sha256Of(octets('x')), octets: 14, objects: [object!, object!] })],
      { tool: 'c' },
    );
    const { findings } = await repository.check();
    const byImage = new Map(findings.map((f) => [f.images[0], f]));
    expect(
      findings.every((f) => f.code === 'manifest-damaged' && f.place.startsWith('images/hq/1201/')),
    ).to.equal(true);
    expect([...byImage.keys()]).to.have.members([boundaries, size, joined]);
    expect(byImage.get(boundaries)!.message).to.contain('file,1').and.contain('add up');
    expect(byImage.get(size)!.message).to.contain('has 8 octets, which has 7');
    expect(byImage.get(joined)!.message).to.contain('do not join');
  });

  it('finds a manifest with a wrong size also when another image has named the same object rightly', async () => {
    const { manifest: right } = await saveImage(repository, 'content', { createdAt: '2026-03-01T00:00:00Z' });
    const [piece] = right.files[0]!.objects;
    const file = imageFile(1, { ...piece!, octets: 9, objects: [{ ...piece!, octets: 9 }] });
    const wrong = await plant([file], { createdAt: '2026-03-02T00:00:00Z' });
    const { findings } = await repository.check();
    expect(findings.map((f) => [f.code, f.images])).to.deep.equal([['manifest-damaged', [wrong]]]);
  });

  it('asks again for an object that the list did not show: another process may just have put it there', async () => {
    await saveImage(repository, 'content');
    const blink: Store['list'] = async function* (area, prefix) {
      if (area !== 'objects') yield* store.list(area, prefix);
    };
    const blinking = changedStore(store, { list: blink });
    expect(await checkRepository(blinking, 'x')).to.deep.include({ objects: 1, octets: 7, findings: [] });
  });

  it('goes on past what cannot be read, and reports it', async () => {
    const image = await saveImage(repository, 'content');
    await saveImage(repository, 'other', { createdAt: '2026-03-02T00:00:00Z' });
    const { sha256 } = image.manifest.files[0]!;
    const unreadable = new Set([sha256, '2026-03-02']);
    const bad: Store['load'] = async function* (handle) {
      if ([...unreadable].some((part) => handle.name.includes(part))) {
        const error = await rejection(new MemoryStore().size(handle));
        throw Object.assign(error, { code: 'store-io', message: 'EIO: the sector is bad' });
      }
      yield* store.load(handle);
    };
    const report = await checkRepository(changedStore(store, { load: bad }), 'x');
    const errors = report.findings.filter((f) => f.severity === 'error');
    expect(errors.map((f) => f.code)).to.deep.equal(['manifest-damaged', 'object-damaged']);
    expect(errors[1]!.message).to.contain('the sector is bad');
    expect(errors[1]!.images).to.deep.equal([image.id]);
  });

  it('does not call missing what a backup adds while it runs', async () => {
    await saveImage(repository, 'before');
    const racing: Store['list'] = async function* (area, prefix) {
      const names = await all(store.list(area, prefix));
      // The lists are old when they are read: another process saves an image in the meantime.
      if (area === 'images') await saveImage(repository, 'meanwhile', { createdAt: '2026-03-02T00:00:00Z' });
      if (area === 'objects') await saveImage(repository, 'later', { createdAt: '2026-03-03T00:00:00Z' });
      yield* names;
    };
    const report = await checkRepository(changedStore(store, { list: racing }), 'x');
    expect(report.findings.filter((f) => f.severity === 'error')).to.deep.equal([]);
  });

  it('stops when it is cancelled, before it begins and in the middle of an object', async () => {
    await saveImage(repository, noise(1_000_000));
    const error = await rejection(repository.check({ signal: AbortSignal.abort('enough') }), 'cancelled');
    expect(error.exitCode).to.equal(130);
    expect(error.cause).to.equal('enough');

    const cancel = new AbortController();
    let read = 0;
    const counting: Store['load'] = async function* (handle) {
      for await (const chunk of store.load(handle)) {
        if (handle.area === 'objects') read += chunk.length;
        if (read > 200_000) cancel.abort();
        yield chunk;
      }
    };
    const watched = changedStore(store, { load: counting });
    await rejection(checkRepository(watched, 'x', { signal: cancel.signal }), 'cancelled');
    expect(read).to.be.lessThan(400_000);
  });

  it('leaves runs and locks alone', async () => {
    await store.save({ area: 'runs', name: '2026-03-01T021507Z.ndjson' }, octets('{}\n'));
    await store.save({ area: 'locks', name: 'someone' }, octets(''));
    expect((await repository.check()).findings).to.deep.equal([]);
    expect(await collect(store.load({ area: 'locks', name: 'someone' }))).to.have.length(0);
  });
});
