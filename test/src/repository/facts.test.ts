// What becomes known of an image later: kept beside the manifest, never in it, and believed only when whole.

import { expect } from 'chai';
import { initRepository, MemoryStore, type Repository, standingOf } from '../../../src/repository/index.js';
import type { FactBody, ImageFact, ImageSummary } from '../../../src/repository/index.js';
import { all, clock, octets, random, rejection, saveImage } from './samples.js';

let now = 0;
const ticking = { ...clock, unixTime: () => (now += 1000) };

describe('facts of an image', () => {
  let store: MemoryStore;
  let repository: Repository;
  let image: ImageSummary;
  beforeEach(async () => {
    now = 1_772_331_240_000;
    store = new MemoryStore();
    repository = await initRepository(store, {
      clock: ticking,
      random: random(),
      place: 'memory',
      defaultSite: 'hq',
    });
    image = await saveImage(repository, 'content', { tags: ['as-built'] });
  });

  it('lie beside the manifest under its name, change nothing of it, and come back oldest first', async () => {
    const before = await all(store.list('images'));
    await repository.record(image, { type: 'note', text: 'before the pump was replaced' });
    await repository.record(image, { type: 'verified', how: 'second-reading', run: 'r' });
    const after = await all(store.list('images'));
    const stem = before[0]!.replace(/\.json$/, '');
    expect(after.filter((name) => !before.includes(name))).to.have.length(2);
    for (const name of after) expect(name.startsWith(stem), name).to.equal(true);
    expect((await repository.facts(image)).map(({ fact }) => fact.type)).to.deep.equal(['note', 'verified']);
    expect(await repository.images()).to.deep.equal([image]);
    expect((await repository.check()).findings).to.deep.equal([]);
  });

  it('come to a standing in which the later word counts', async () => {
    const bodies: FactBody[] = [
      { type: 'tag', tag: 'golden' },
      { type: 'untag', tag: 'as-built' },
      { type: 'note', text: 'one' },
      { type: 'verified', how: 'drill' },
      { type: 'note', text: 'two' },
      { type: 'verified', how: 'restored', run: 'r2' },
      { type: 'untag', tag: 'golden' },
      { type: 'tag', tag: 'golden' },
    ];
    expect(standingOf(image, [])).to.deep.equal({ tags: ['as-built'], notes: [] });
    for (const body of bodies) await repository.record(image, body);
    const facts = await repository.facts(image);
    const standing = standingOf(image, facts.reverse());
    expect(standing.tags).to.deep.equal(['golden']);
    expect(standing.notes.map(({ text }) => text)).to.deep.equal(['one', 'two']);
    expect(standing.verified).to.include({ how: 'restored', run: 'r2' });
  });

  it('are of one image alone, also when two images of a device stand side by side', async () => {
    const other = await saveImage(repository, 'other', { createdAt: '2026-03-02T02:15:07.042Z' });
    await repository.record(other, { type: 'tag', tag: 'golden' });
    expect(await repository.facts(image)).to.deep.equal([]);
    expect((await repository.facts(other)).map(({ image: id }) => id)).to.deep.equal([other.id]);
  });

  it('are refused when they could not be read back', async () => {
    for (const tag of ['', 'As-Built', '-x', 'a b', 'x'.repeat(41)])
      await rejection(repository.record(image, { type: 'tag', tag }), 'usage');
    await rejection(repository.record(image, { type: 'note', text: '' }), 'usage');
    expect(await repository.facts(image)).to.deep.equal([]);
  });

  it('that were changed by hand are not believed, and check names them', async () => {
    const name = async (): Promise<string> =>
      (await all(store.list('images'))).find((other) => /\.[0-9a-f]{8}\.json$/.test(other))!;
    const fact: ImageFact = await repository.record(image, { type: 'verified', how: 'second-reading' });
    const place = await name();
    const handle = { area: 'images', name: place } as const;
    await store.remove(handle);
    await store.save(handle, octets(JSON.stringify({ ...fact, image: 'f'.repeat(64) })));
    expect(await repository.facts(image)).to.deep.equal([]);
    const { findings } = await repository.check();
    expect(findings.map(({ code, place: at }) => [code, at])).to.deep.equal([
      ['fact-damaged', `images/${place}`],
    ]);
  });
});
