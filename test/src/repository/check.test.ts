// `check`: finds every damage, names it and the images it hurts, and changes nothing.

import { expect } from 'chai';
import type { Store } from '../../../src/ports.js';
import { FileStore } from '../../../src/io/file-store.js';
import { checkRepository } from '../../../src/repository/check.js';
import { sha256Of } from '../../../src/repository/digest.js';
import { encodeManifest } from '../../../src/repository/manifest.js';
import { imageHandle } from '../../../src/repository/names.js';
import {
  initRepository,
  MemoryStore,
  openRepository,
  type CheckOptions,
  type CheckReport,
  type Repository,
} from '../../../src/repository/index.js';
import {
  all,
  changedStore,
  chunks,
  clock,
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

/** A check of a store that need not be openable. */
const checked = (store: Store, options: CheckOptions = { readData: true }): Promise<CheckReport> =>
  checkRepository({ store, clock, place: 'x' }, options);

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
      `error manifest-damaged images/_main=20_building/1201/${MANIFEST} [4270fcb6]`,
      ...ALONE.map((name) => new RegExp(`^warning leftover objects/${name}`)),
    ],
    'v1-edited-manifest': [
      `error manifest-damaged images/_main=20_building/1201/${MANIFEST} [4270fcb6]`,
      ...ALONE.map((name) => new RegExp(`^warning leftover objects/${name}`)),
    ],
    'v1-misplaced-manifest': [
      `error manifest-misplaced images/_main=20_building/1202/${MANIFEST} [4270fcb6]`,
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
    'v1-damaged-fact': [
      'error fact-damaged images/_main=20_building/1201/2026-03-01T021507Z-4270fcb6.a7c5357d.json [4270fcb6]',
    ],
    'v1-orphan-fact': [
      'warning leftover images/_main=20_building/1201/2026-02-01T021507Z-deadbeef.33d56d53.json []',
    ],
    'v1-broken-run': ['error run-damaged runs/2026-03-05T080000Z-657ff194.ndjson []'],
    'v1-torn-run': ['warning leftover runs/2026-03-05T080000Z-f5a32fe3.ndjson []'],
    'v1-damaged-journal': ['error journal-damaged journal/67f7d3e6f3e85a0d.json []'],
    'v1-set-aside': [/^warning leftover trash\/00112233445566aa\/5c\/5c6394f9\w+ \[4270fcb6\]$/],
    'v1-lived-in': [/^warning leftover trash\/00112233445566aa\/88\/88a6f314\w+ \[\]$/],
    'v1-damaged-repository-json': ['error repository-damaged repository.json []'],
    'not-a-repository': ['error repository-damaged repository.json []', 'warning unknown-file readme.txt []'],
  };

  for (const [name, findings] of Object.entries(expected)) {
    it(`says of ${name} what is wrong with it, and changes nothing`, async () => {
      const folder = fixture(name);
      const before = filesIn(folder);
      const found = summary(await checked(new FileStore(folder)));
      expect(found, found.join('\n')).to.have.length(findings.length);
      for (const [at, finding] of findings.entries()) {
        if (typeof finding === 'string') expect(found[at]).to.equal(finding);
        else expect(found[at]).to.match(finding);
      }
      expect(filesIn(folder)).to.deep.equal(before);
    });
  }

  it('finds without reading content what names and sizes tell, and nothing else', async () => {
    const unread = ['v1-damaged-object'];
    for (const [name, findings] of Object.entries(expected)) {
      const { findings: found, read } = await checked(new FileStore(fixture(name)), {});
      expect(found, name).to.have.length(unread.includes(name) ? 0 : findings.length);
      // An object of another size than its image says is read all the same: only its hash says who is right.
      expect(read.objects, name).to.equal(name === 'v1-short-object' ? 1 : 0);
    }
  });

  it('names the devices, what cures an error, and of which device a fresh backup is needed', async () => {
    const device = { site: 'Main Building', instance: 1201 };
    for (const name of ['v1-damaged-object', 'v1-missing-object', 'v1-edited-manifest', 'v1-short-object']) {
      const { findings, backUp } = await checked(new FileStore(fixture(name)));
      expect(findings[0]!.devices, name).to.deep.equal([device]);
      expect(findings[0]!.cure, name).to.contain('fresh backup');
      expect(backUp, name).to.deep.equal([device]);
    }
    const misplaced = await checked(new FileStore(fixture('v1-misplaced-manifest')));
    expect(misplaced.findings[0]!.devices).to.deep.equal([device]);
    expect(misplaced.findings[0]!.cure).to.contain('--repair');
    for (const name of [
      'v1-damaged-fact',
      'v1-broken-run',
      'v1-damaged-journal',
      'v1-lived-in',
      'v1-set-aside',
    ]) {
      const { findings, backUp } = await checked(new FileStore(fixture(name)));
      expect(backUp, name).to.deep.equal([]);
      for (const { severity, cure } of findings)
        expect(cure === undefined, name).to.equal(severity === 'warning');
    }
  });

  it('counts images, objects and octets', async () => {
    const folder = fixture('v1-example');
    const repository = await openRepository(new FileStore(folder), {
      clock,
      random: random(),
      place: folder,
    });
    const all = { objects: 4, octets: 23 + 7 + 6 + 0 };
    const report = { images: 1, ...all, backUp: [], findings: [] };
    expect(await repository.check()).to.deep.equal({ ...report, read: { objects: 0, octets: 0 } });
    expect(await repository.check({ readData: true })).to.deep.equal({ ...report, read: all });
  });

  it('says of what a manifest needs that is misplaced, damaged or was moved aside, that no prune takes it away', async () => {
    for (const name of ['v1-misplaced-manifest', 'v1-edited-manifest']) {
      const report = await checked(new FileStore(fixture(name)));
      const kept = report.findings.filter(({ code }) => code === 'leftover');
      expect(kept).to.have.length(4);
      for (const { message, images } of kept) {
        expect(message).to.contain(MANIFEST).and.to.contain('no prune takes it away');
        expect(images).to.deep.equal(['4270fcb6']);
      }
    }
    const store = new MemoryStore();
    const repository = await initRepository(store, { place: 'x', clock, random: random(), defaultSite: 'X' });
    const image = await saveImage(repository, 'precious');
    const { name } = imageHandle(image.manifest, image.id);
    await store.move({ area: 'images', name }, { area: 'aside', name: `1f2e3d4c/images/${name}` });
    await saveImage(repository, 'forgotten', { createdAt: '2026-03-05T00:00:00Z' });
    const gone = (await repository.images())[0]!;
    await store.remove(imageHandle(gone.manifest, gone.id));
    const leftovers = (await checked(store)).findings;
    expect(leftovers.map(({ images }) => images)).to.have.deep.members([[image.id.slice(0, 8)], []]);
    const [kept] = leftovers.filter(({ images }) => images.length > 0);
    expect(kept!.message).to.contain(`aside/1f2e3d4c/images/${name}`);
    expect((await repository.prune()).freed.objects).to.equal(1);
  });

  it('says where a misplaced manifest belongs', async () => {
    const report = await checked(new FileStore(fixture('v1-misplaced-manifest')));
    expect(report.findings[0]!.message).to.equal(`it belongs at images/_main=20_building/1201/${MANIFEST}`);
  });

  it('does not judge a newer format', async () => {
    await rejection(checked(new FileStore(fixture('newer-format'))), 'repository-format');
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
    const { findings } = await repository.check({ readData: true });
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
    expect(await checked(blinking)).to.deep.include({ objects: 1, octets: 7, findings: [] });
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
    const report = await checked(changedStore(store, { load: bad }));
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
    const report = await checked(changedStore(store, { list: racing }));
    expect(report.findings.filter((f) => f.severity === 'error')).to.deep.equal([]);
  });

  it('stops when it is cancelled, before it begins and in the middle of an object', async () => {
    await saveImage(repository, noise(1_000_000));
    const error = await rejection(
      repository.check({ readData: true, signal: AbortSignal.abort('enough') }),
      'cancelled',
    );
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
    await rejection(checked(watched, { readData: true, signal: cancel.signal }), 'cancelled');
    expect(read).to.be.lessThan(400_000);
  });
});
