// Finding images by what one remembers: every answer is one that reading all manifests would give as well.

import { expect } from 'chai';
import fc from 'fast-check';
import {
  initRepository,
  MemoryStore,
  type FoundImage,
  type ImageQuery,
  type Repository,
} from '../../../src/repository/index.js';
import { finder } from '../../../src/repository/find.js';
import { all, clock, random, rejection, saveImage } from './samples.js';

const found = (changes: Partial<FoundImage> = {}): FoundImage => ({
  id: 'ab'.repeat(32),
  name: 'hq/1201/2026-03-01T021507Z-abababab.json',
  site: 'hq',
  instance: 1201,
  createdAt: '2026-03-01T02:15:07.042Z',
  device: {
    instance: 1201,
    name: 'AHU-3',
    vendorId: 555,
    vendorName: 'Acme Controls',
    modelName: 'AC-9',
    firmwareRevision: '2.4.1',
    applicationSoftwareVersion: 'Zürich 7',
    location: 'Roof, north',
    description: 'Air handling',
  },
  files: 1,
  octets: 5,
  standing: { tags: ['as-built'], notes: [{ at: '2026-03-02T00:00:00Z', text: 'WO 8812' }] },
  ...changes,
});

const hits = (query: ImageQuery, ...device: FoundImage[]): number =>
  finder(query).among(device.length === 0 ? [found()] : device).length;

describe('a question', () => {
  const yes: ImageQuery[] = [
    {},
    { site: 'hq' },
    { instance: 1201 },
    { name: 'ahu' },
    { vendor: 'ACME' },
    { vendor: '555' },
    { model: 'ac-9' },
    { firmware: '2.4' },
    { firmware: 'ZÜRICH' },
    { tags: ['as-built'] },
    { since: '2026-03-01', until: '2026-03-01' },
    { since: '2026-03-01T02:15:07.042Z' },
    { until: '2026-03-01T02:15:07.042Z' },
    { verified: false },
    { text: ['roof', 'HANDLING', '8812'] },
  ];
  const no: ImageQuery[] = [
    { site: 'HQ' },
    { instance: 1202 },
    { name: 'ahu-4' },
    { vendor: '55' },
    { model: 'ac-90' },
    { firmware: '2.5' },
    { tags: ['as-built', 'golden'] },
    { since: '2026-03-02' },
    { until: '2026-02-28' },
    { since: '2026-03-01T02:15:07.043Z' },
    { until: '2026-03-01T02:15:07.041Z' },
    { verified: true },
    { text: ['roof', 'cellar'] },
    { site: 'hq', model: 'other' },
  ];
  for (const query of yes)
    it(`${JSON.stringify(query)} finds what fits`, () => expect(hits(query)).to.equal(1));
  for (const query of no)
    it(`${JSON.stringify(query)} finds nothing that does not`, () => expect(hits(query)).to.equal(0));

  it('for a name or a text finds every image of a device that was once called so, and no other device', () => {
    const before = found({ device: { instance: 1201, name: 'Boiler' } });
    const after = found({ device: { instance: 1201, name: 'Plant 2' } });
    expect(hits({ name: 'boiler' }, before, after)).to.equal(2);
    expect(hits({ text: ['boiler', 'plant'] }, before, after)).to.equal(2);
    expect(hits({ name: 'boiler' }, after)).to.equal(0);
  });

  it('with a time that is none is refused, and says what one looks like', () => {
    for (const since of ['yesterday', '2026-3-1', '2026-02-30', '2026-03-01 02:15'])
      expect(() => finder({ since }), since).to.throw(/2026-03-01T02:15:00Z/);
  });
});

describe('find in a repository', () => {
  let store: MemoryStore;
  let repository: Repository;
  beforeEach(async () => {
    store = new MemoryStore();
    repository = await initRepository(store, { clock, random: random(), place: 'memory', defaultSite: 'hq' });
  });

  const ids = async (query: ImageQuery = {}): Promise<string[]> =>
    (await all(repository.find(query))).map(({ id }) => id);

  it('gives device by device the newest first, and only the newest when that is asked', async () => {
    const made: string[] = [];
    for (const [instance, createdAt] of [
      [7, '2026-03-01T00:00:00Z'],
      [7, '2026-03-03T00:00:00.5Z'],
      [7, '2026-03-03T00:00:00.25Z'],
      [9, '2026-03-02T00:00:00Z'],
    ] as const)
      made.push((await saveImage(repository, createdAt, { createdAt, device: { instance } })).id);
    const [oldest, newest, middle, other] = made;
    expect(await ids()).to.deep.equal([newest, middle, oldest, other]);
    expect(await ids({ newest: true })).to.deep.equal([newest, other]);
    expect(await ids({ newest: true, until: '2026-03-02' })).to.deep.equal([oldest, other]);
    expect(await ids({ instance: 9 })).to.deep.equal([other]);
    expect(await ids({ site: 'elsewhere' })).to.deep.equal([]);
  });

  it('tells tags, proof and notes as they are now', async () => {
    const image = await saveImage(repository, 'one', { tags: ['as-built'] });
    expect(await ids({ tags: ['golden'] })).to.deep.equal([]);
    await repository.record(image, { type: 'tag', tag: 'golden' });
    await repository.record(image, { type: 'verified', how: 'restored' });
    const [one] = await all(repository.find({ tags: ['golden', 'as-built'], verified: true }));
    expect(one).to.deep.include({ id: image.id, octets: 3, files: 1 });
    expect(one!.standing.tags).to.deep.equal(['as-built', 'golden']);
    await repository.record(image, { type: 'untag', tag: 'as-built' });
    expect(await ids({ tags: ['as-built'] })).to.deep.equal([]);
  });

  it('refuses a question that cannot be asked, also of an empty repository', async () => {
    await rejection(all(repository.find({ since: 'x' })), 'usage');
    await rejection(all(repository.find({ site: ' x' })), 'usage');
  });

  it('answers the same with a cold, a warm and a stale index, whatever was added and taken away', async () => {
    const step = fc.record({
      add: fc.boolean(),
      instance: fc.integer({ min: 1, max: 3 }),
      second: fc.integer({ min: 0, max: 59 }),
      pick: fc.nat(),
      tag: fc.constantFrom('golden', 'as-built', undefined),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const own = new MemoryStore();
        const warm = await initRepository(own, { clock, random: random(), place: 'm', defaultSite: 'hq' });
        for (const { add, instance, second, pick, tag } of steps) {
          const images = await warm.images();
          if (add) {
            const createdAt = `2026-03-01T02:15:${String(second).padStart(2, '0')}Z`;
            const name = `device ${pick % 5}`;
            await saveImage(warm, String(pick), { createdAt, device: { instance, name } });
          } else if (images.length > 0) {
            const image = images[pick % images.length]!;
            if (tag) await warm.record(image, { type: 'tag', tag });
            else await own.remove({ area: 'images', name: (await all(own.list('images')))[0]! });
          }
          const answer = await all(warm.find());
          for await (const cached of own.list('cache')) await own.remove({ area: 'cache', name: cached });
          expect(answer).to.deep.equal(await all(warm.find()));
          expect(answer.map(({ id }) => id)).to.have.members((await warm.images()).map(({ id }) => id));
        }
      }),
      { numRuns: 30 },
    );
  });
});
