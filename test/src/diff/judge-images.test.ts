// Whether anything changed, for lists of many images: against the right one, by as little reading as it takes,
// and never a guess.

import { expect } from 'chai';
import { judgeHistory, judgeImages } from '../../../src/diff/index.js';
import {
  type ImageFile,
  type ImageSummary,
  initRepository,
  MemoryStore,
  type Repository,
} from '../../../src/repository/index.js';
import { all, chunks, clock, imageFile, manifest, noise, random } from '../repository/samples.js';

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
      history: (...asked: Parameters<Repository['history']>) => inner.history(...asked),
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

  /** What is said of all images, newest first. */
  async function changes(options?: Parameters<typeof judgeHistory>[2]): Promise<string[]> {
    const judged = await all(judgeHistory(repository, {}, options));
    return judged.map(({ change }) => change);
  }

  it('compares each image with the one before it of the same site and instance', async () => {
    expect(await changes()).to.deep.equal([]);
    await image(9, 2);
    await image(8, 7, { instance: 7 });
    await image(7, 1);
    await image(6, 9, { site: 'North' });
    await image(5, 1);
    await image(4, 7, { instance: 7 });
    expect(await changes()).to.deep.equal(['changed', 'same', 'same', 'first', 'first', 'first']);
  });

  it('reads nothing where the manifests tell', async () => {
    const newest = await image(3, 2, { known: false });
    await image(2, 1, { known: false });
    expect(await changes()).to.deep.equal(['changed', 'first']);
    expect(await judgeImages(repository, newest, newest)).to.equal('equal');
    expect(read).to.equal(0);
  });

  it('reads what must be read once, and knows it from then on', async () => {
    const images = [await image(3, 1), await image(2, 1), await image(1, 1)];
    expect(await changes()).to.deep.equal(['same', 'same', 'first']);
    expect(read).to.equal(4000);
    expect(await changes()).to.deep.equal(['same', 'same', 'first']);
    expect(await judgeImages(repository, images[2]!, images[1]!)).to.equal('volatile');
    expect(read, 'nothing more').to.equal(4000);
  });

  it('reads no more of a device than it may for one list, says what it does not know, and knows more the next time', async () => {
    for (const instance of [1201, 1202])
      for (const [day, config] of [4, 3, 2, 1].map((n) => [n, n === 3 ? 2 : 1] as const))
        await image(day, config, { instance });
    const twice = (...said: readonly string[]): string[] => said.flatMap((change) => [change, change]);
    const octetsMax = 4500;
    expect(await changes({ octetsMax })).to.deep.equal(twice('changed', 'changed', 'unknown', 'first'));
    expect(await changes({ octetsMax })).to.deep.equal(twice('changed', 'changed', 'same', 'first'));
  });

  it('does not know of damaged contents, and says so of these images alone', async () => {
    const images = [await image(4, 1), await image(3, 1), await image(2, 1), await image(1, 1)];
    const sha256 = images[3]?.manifest.files[0]?.sha256 ?? '';
    await store.remove({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
    expect(await changes()).to.deep.equal(['same', 'same', 'unknown', 'first']);
  });

  it('can be cancelled', async () => {
    await image(2, 1);
    const error = await changes({ signal: AbortSignal.abort() }).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'cancelled' });
  });
});
