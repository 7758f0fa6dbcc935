// The limits of limits.ts together: whatever two images hold, what is said of them is bounded, and the totals
// are the true ones.

import { expect } from 'chai';
import { diffImages } from '../../../src/diff/index.js';
import { RANGES_MAX, WINDOWS_MAX } from '../../../src/diff/limits.js';
import { initRepository, MemoryStore } from '../../../src/repository/index.js';
import { chunks, clock, imageFile, manifest, random } from '../repository/samples.js';

describe('what is said of two images', () => {
  it('is bounded for a file with a hundred thousand changes, and counts them all', async () => {
    const store = new MemoryStore();
    const repository = await initRepository(store, {
      clock,
      random: random(),
      place: 'memory',
      defaultSite: 'hq',
    });
    const image = async (octet: number, createdAt: string) => {
      const content = new Uint8Array(200_000).map((_, at) => (at % 2 === 0 ? octet : 0));
      const draft = await repository.begin();
      const file = imageFile(1, await draft.addStream(chunks(content)));
      return draft.publish(manifest([file], { createdAt }));
    };
    const a = await image(1, '2026-03-01T00:00:00Z');
    const b = await image(2, '2026-03-02T00:00:00Z');
    const diff = await diffImages(repository, a, b);
    const content = diff.files[0]?.content;
    expect(content?.ranges).to.have.length(RANGES_MAX);
    expect(content).to.include({ total: 100_000, units: 100_000 });
    const [view] = content?.views ?? [];
    if (view?.kind !== 'hex') throw new Error('no hexadecimal view');
    expect(view.windows.length).to.be.within(1, WINDOWS_MAX);
    expect(view.more + view.windows.reduce((sum, window) => sum + window.ranges.length, 0)).to.equal(100_000);
    expect(JSON.stringify(diff).length).to.be.lessThan(300_000);
  });
});
