// Two images: what counts as a difference, what is only told, and what is not even read. Through diff-images,
// over compare-files, fields, memory-content and cancellable.

import { expect } from 'chai';
import { diffImages, judgeImages } from '../../../src/diff/index.js';
import type { FileDiff, ImageDiff, Verdict } from '../../../src/diff/index.js';
import {
  type ImageFile,
  type ImageManifest,
  type ImageSummary,
  initRepository,
  MemoryStore,
  type Repository,
} from '../../../src/repository/index.js';
import {
  chunks,
  clock,
  imageFile,
  manifest,
  noise,
  octets,
  random,
  rejection,
} from '../repository/samples.js';

/** A file of an image to be made. */
interface Given {
  readonly instance?: number;
  readonly content?: Uint8Array;
  readonly records?: readonly string[];
  readonly more?: Partial<ImageFile>;
}

describe('comparing images', () => {
  let store: MemoryStore;
  let repository: Repository;
  /** Contents that were read, by what they were asked for. */
  let read: string[];

  beforeEach(async () => {
    store = new MemoryStore();
    const inner = await initRepository(store, {
      clock,
      random: random(),
      place: 'memory',
      defaultSite: 'hq',
    });
    read = [];
    repository = Object.assign(Object.create(inner) as Repository, {
      begin: () => inner.begin(),
      content: (file: ImageFile) => {
        read.push(file.objectIdentifier);
        return inner.content(file);
      },
      records: (file: ImageFile) => {
        read.push(file.objectIdentifier);
        return inner.records(file);
      },
    });
  });

  async function image(files: readonly Given[], changes: Partial<ImageManifest> = {}): Promise<ImageSummary> {
    const draft = await repository.begin();
    const made: ImageFile[] = [];
    for (const [index, { instance = index + 1, content, records, more = {} }] of files.entries()) {
      const kept = records
        ? await draft.addRecords(chunks(...records))
        : await draft.addStream(chunks(content ?? ''));
      made.push({ ...imageFile(instance, kept), ...more });
    }
    return draft.publish(manifest(made, changes));
  }

  /** The comparison, after the quick verdict was found to be the same. */
  async function diff(a: ImageSummary, b: ImageSummary): Promise<ImageDiff> {
    const quick = await judgeImages(repository, a, b);
    const found = await diffImages(repository, a, b);
    expect(quick, 'the quick verdict').to.equal(found.verdict);
    return found;
  }

  const verdict = async (a: readonly Given[], b: readonly Given[]): Promise<Verdict> =>
    (await diff(await image(a), await image(b, { createdAt: '2026-03-02T02:15:07.042Z' }))).verdict;
  const files = async (a: readonly Given[], b: readonly Given[]): Promise<readonly FileDiff[]> =>
    (await diff(await image(a), await image(b, { createdAt: '2026-03-02T02:15:07.042Z' }))).files;

  it('finds nothing between an image and itself, without reading contents', async () => {
    const one = await image([{ content: noise(100) }, { records: ['a', ''] }]);
    const found = await diff(one, one);
    expect(found).to.include({ kind: 'image-diff', verdict: 'equal' });
    expect(found.files.map((file) => file.status)).to.deep.equal(['equal', 'equal']);
    expect(found.device).to.deep.equal([]);
    expect(read).to.deep.equal([]);
  });

  it('says who is compared', async () => {
    const one = await image([{ content: octets('12345') }]);
    const other = await image([], {
      site: 'North',
      device: { instance: 7 },
      createdAt: '2026-04-01T00:00:00Z',
    });
    const { a, b, verdict: judged, device } = await diff(one, other);
    expect(a).to.deep.equal({
      from: 'image',
      imageId: one.id,
      site: 'hq',
      instance: 1201,
      name: 'AHU-3',
      createdAt: '2026-03-01T02:15:07.042Z',
      files: 1,
      octets: 5,
    });
    expect(b).to.include({ site: 'North', instance: 7, files: 0, octets: 0 });
    expect(judged).to.equal('different');
    expect(device.map((change) => [change.field, change.a, change.b, change.counts])).to.deep.equal([
      ['instance', 1201, 7, true],
      ['name', 'AHU-3', undefined, true],
    ]);
  });

  it('counts another firmware, and tells another address or revision without counting it', async () => {
    const base = manifest([]);
    const one = await image([]);
    const moved = await image([], {
      createdAt: '2026-03-02T00:00:00Z',
      reachedAt: { ...base.reachedAt, address: '192.168.1.99:47808', network: 5 },
      procedure: { ...base.procedure, databaseRevision: 4 },
    });
    const found = await diff(one, moved);
    expect(found.verdict).to.equal('equal');
    expect(found.device.map((change) => [change.field, change.counts])).to.deep.equal([
      ['databaseRevision', false],
      ['address', false],
      ['network', false],
    ]);
    const updated = await image([], {
      device: { ...base.device, firmwareRevision: '2' },
      createdAt: '2026-03-03T00:00:00Z',
    });
    expect((await diff(one, updated)).verdict).to.equal('different');
  });

  it('tells files that are new and gone, and content that only changed its File object', async () => {
    const content = noise(50);
    const found = await files(
      [
        { instance: 1, content },
        { instance: 2, content: octets('x') },
      ],
      [
        { instance: 3, content },
        { instance: 2, content: octets('x') },
        { instance: 4, content: octets('y') },
      ],
    );
    expect(found.map((file) => [file.objectIdentifier, file.status, file.sameContentAs])).to.deep.equal([
      ['file,3', 'added', 'file,1'],
      ['file,2', 'equal', undefined],
      ['file,4', 'added', undefined],
      ['file,1', 'removed', 'file,3'],
    ]);
  });

  it('calls two empty files no renaming', async () => {
    const found = await files([{ instance: 1 }], [{ instance: 2 }]);
    expect(found.map((file) => file.sameContentAs)).to.deep.equal([undefined, undefined]);
  });

  it('tells the one file that changed its place, not all that it passed', async () => {
    const contents = ['a', 'b', 'c', 'd'].map((text, index) => ({ instance: index, content: octets(text) }));
    const found = await files(contents, [contents[3]!, ...contents.slice(0, 3)]);
    expect(found.map((file) => [file.objectIdentifier, file.moved, file.status])).to.deep.equal([
      ['file,3', true, 'changed'],
      ['file,0', false, 'equal'],
      ['file,1', false, 'equal'],
      ['file,2', false, 'equal'],
    ]);
  });

  it('tells a File object that is listed twice apart by its turn', async () => {
    const twice = [
      { instance: 1, content: octets('one') },
      { instance: 1, content: octets('two') },
    ];
    expect(await verdict(twice, twice)).to.equal('equal');
    expect(await verdict(twice, [twice[0]!])).to.equal('different');
  });

  it('counts a name or an access method, and tells a date or a size', async () => {
    const one = { content: octets('x') };
    const with_ = (more: Partial<ImageFile>): readonly Given[] => [{ ...one, more }];
    expect(await verdict(with_({ name: 'a' }), with_({ name: 'b' }))).to.equal('different');
    expect(await verdict(with_({ readOnly: true }), with_({ readOnly: false }))).to.equal('different');
    expect(await verdict(with_({ modificationDate: '1' }), with_({ modificationDate: '2' }))).to.equal(
      'equal',
    );
    const [told] = await files(with_({ fileSize: 1, archive: true }), with_({ fileSize: 2, archive: false }));
    expect(told?.properties.map((change) => [change.field, change.counts])).to.deep.equal([
      ['fileSize', false],
      ['archive', false],
    ]);
    expect(await verdict([{ content: octets('ab') }], [{ records: ['ab'] }])).to.equal('different');
  });

  it('knows other record boundaries of the same octets', async () => {
    expect(await verdict([{ records: ['ab', 'c'] }], [{ records: ['a', 'bc'] }])).to.equal('different');
  });

  describe('with volatile parts', () => {
    const content = noise(1000, 3);
    const counted = content.map((octet, at) => (at >= 100 && at < 104 ? octet ^ 0xff : octet));
    const volatileRanges = [{ start: 100, end: 104 }];

    it('calls a counter a counter, whichever image knows of it', async () => {
      const known = { content, more: { volatileRanges } };
      expect(await verdict([known], [{ content: counted }])).to.equal('volatile');
      expect(await verdict([{ content: counted }], [known])).to.equal('volatile');
      expect(await verdict([{ content }], [{ content: counted }])).to.equal('different');
    });

    it('sees a change beside the counter', async () => {
      const changed = counted.map((octet, at) => (at === 104 ? octet ^ 1 : octet));
      const [file] = await files([{ content, more: { volatileRanges } }], [{ content: changed }]);
      expect(file?.status).to.equal('changed');
      expect(
        file?.content?.ranges.map((range) => [range.a.start, range.a.end, range.volatile]),
      ).to.deep.equal([
        [100, 104, true],
        [104, 105, false],
      ]);
    });

    it('does the same for records', async () => {
      const records = ['a', 'b', 'c'];
      const more = { volatileRanges: [{ start: 1, end: 2 }] };
      expect(await verdict([{ records, more }], [{ records: ['a', 'B', 'c'] }])).to.equal('volatile');
      expect(await verdict([{ records, more }], [{ records: ['A', 'b', 'c'] }])).to.equal('different');
    });

    it('counts a renamed file also when only its counter went on', async () => {
      const a = { content, more: { volatileRanges, name: 'a' } };
      expect(await verdict([a], [{ content: counted, more: { name: 'b' } }])).to.equal('different');
    });
  });

  it('judges by hashes where it can, and stops reading at the first difference', async () => {
    const volatileRanges = [{ start: 0, end: 5 }];
    const a = await image([{ content: noise(10, 1) }, { content: noise(10, 2), more: { volatileRanges } }]);
    const b = await image([{ content: noise(10, 3) }, { content: noise(10, 4) }]);
    expect(await judgeImages(repository, a, b)).to.equal('different');
    expect(read).to.deep.equal([]);
  });

  it('looks into small files and shows the octets of large ones', async () => {
    const large = noise(9 * 1024 * 1024, 5);
    const other = large.with(5_000_000, (large[5_000_000] ?? 0) ^ 1);
    const [text, binary, format, big] = await files(
      [
        { content: octets('a\nb\n') },
        { content: noise(99, 1) },
        { content: octets('{"a":1}') },
        { content: large },
      ],
      [
        { content: octets('a\nc\n') },
        { content: noise(99, 2) },
        { content: octets('{ "a":1}') },
        { content: other },
      ],
    );
    expect(text?.content?.views.map((view) => view.kind)).to.deep.equal(['text']);
    expect(binary?.content?.views.map((view) => view.kind)).to.deep.equal(['hex']);
    expect(format?.content?.views.map((view) => view.kind)).to.deep.equal(['tree', 'hex']);
    expect(big?.content?.views.map((view) => view.kind)).to.deep.equal(['hex']);
    expect(big?.content?.ranges.map((range) => range.a)).to.deep.equal([
      { start: 5_000_000, end: 5_000_001 },
    ]);
  });

  it('rejects when a content is damaged, and when it is cancelled', async () => {
    const a = await image([{ content: octets('one') }]);
    const b = await image([{ content: octets('two') }]);
    const stopped = AbortSignal.abort();
    await rejection(diffImages(repository, a, b, { signal: stopped }), 'cancelled');
    const sha256 = a.manifest.files[0]?.sha256 ?? '';
    await store.remove({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
    await rejection(diffImages(repository, a, b), 'repository-corrupt');
  });
});
