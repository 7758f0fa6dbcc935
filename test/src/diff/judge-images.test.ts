// Whether anything changed, for lists of many images: against the right one, by as little reading as it takes,
// and never a guess.

import { expect } from 'chai';
import { judgeChanges, judgeImages } from '../../../src/diff/index.js';
import {
  type ImageFile,
  type ImageSummary,
  initRepository,
  MemoryStore,
  type Repository,
} from '../../../src/repository/index.js';
import { chunks, clock, imageFile, manifest, noise, random } from '../repository/samples.js';

describe('judging images', () => {
  let store: MemoryStore;
  let repository: Repository;
  let read: number;
  const content = noise(1000, 1);

  beforeEach(async () => {
    store = new MemoryStore();
    const inner = await initRepository(store, {
      clock,
      random: random(),
      place: 'memory',
      defaultSite: 'hq',
    });
    read = 0;
    repository = Object.assign(Object.create(inner) as Repository, {
      begin: () => inner.begin(),
      content: (file: ImageFile) => {
        read += file.octets;
        return inner.content(file);
      },
    });
  });

  /** An image of a day; octet 100 counts the days and is known to, octet 500 is what `config` says. */
  async function image(
    day: number,
    config: number,
    { instance = 1201, site = 'hq', known = true } = {},
  ): Promise<ImageSummary> {
    const draft = await repository.begin();
    const octets = content.with(100, day).with(500, config);
    const file = imageFile(1, await draft.addStream(chunks(octets)));
    const volatile = known ? { volatileRanges: [{ start: 100, end: 101 }] } : {};
    return draft.publish(
      manifest([{ ...file, ...volatile }], {
        site,
        createdAt: `2026-03-0${day}T00:00:00Z`,
        device: { instance },
      }),
    );
  }

  it('compares each image with the one before it of the same site and instance', async () => {
    const images = [
      await image(9, 2),
      await image(8, 7, { instance: 7 }),
      await image(7, 1),
      await image(6, 9, { site: 'North' }),
      await image(5, 1),
      await image(4, 7, { instance: 7 }),
    ];
    expect(await judgeChanges(repository, images)).to.deep.equal([
      'changed',
      'same',
      'same',
      'first',
      'first',
      'first',
    ]);
    expect(await judgeChanges(repository, [])).to.deep.equal([]);
  });

  it('reads nothing where the manifests tell', async () => {
    const images = [
      await image(3, 2, { known: false }),
      await image(2, 1, { known: false }),
      await image(1, 1),
    ];
    expect(await judgeChanges(repository, images.slice(0, 2))).to.deep.equal(['changed', 'first']);
    expect(await judgeImages(repository, images[2]!, images[2]!)).to.equal('equal');
    expect(read).to.equal(0);
  });

  it('reads what must be read once, and knows it from then on', async () => {
    const images = [await image(3, 1), await image(2, 1), await image(1, 1)];
    const changes = await judgeChanges(repository, images);
    expect(changes).to.deep.equal(['same', 'same', 'first']);
    expect(read).to.equal(4000);
    expect(await judgeChanges(repository, images)).to.deep.equal(changes);
    expect(await judgeImages(repository, images[2]!, images[1]!)).to.equal('volatile');
    expect(read, 'nothing more').to.equal(4000);
  });

  it('reads no more than it may for one list, says what it does not know, and knows more the next time', async () => {
    const images = [await image(4, 1), await image(3, 2), await image(2, 1), await image(1, 1)];
    const change = (): Promise<string[]> => judgeChanges(repository, images, { octetsMax: 4500 });
    expect(await change()).to.deep.equal(['changed', 'changed', 'unknown', 'first']);
    expect(await change()).to.deep.equal(['changed', 'changed', 'same', 'first']);
  });

  it('does not know of damaged contents, and says so of these images alone', async () => {
    const images = [await image(4, 1), await image(3, 1), await image(2, 1), await image(1, 1)];
    const sha256 = images[3]?.manifest.files[0]?.sha256 ?? '';
    await store.remove({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
    expect(await judgeChanges(repository, images)).to.deep.equal(['same', 'same', 'unknown', 'first']);
  });

  it('can be cancelled', async () => {
    const images = [await image(2, 1), await image(1, 1)];
    const error = await judgeChanges(repository, images, { signal: AbortSignal.abort() }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.include({ code: 'cancelled' });
  });
});
