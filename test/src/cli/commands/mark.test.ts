// bacvault tag, untag, note: each word becomes a fact beside the image, and nothing else changes.

import { expect } from 'chai';
import type { FactBody, ImageFact, Repository } from '../../../../src/index.js';
import { fakeEngine, fakeIo, image, ran } from '../fakes.js';

function recording(...before: readonly FactBody[]): {
  repository: Partial<Repository>;
  recorded: FactBody[];
} {
  const recorded: FactBody[] = [];
  const fact = (body: FactBody, at: number): ImageFact => ({
    kind: 'bacvault-fact',
    format: 1,
    image: image().id,
    recordedAt: `2026-11-24T00:00:${String(at).padStart(2, '0')}.000Z`,
    tool: 'test',
    fact: body,
  });
  return {
    recorded,
    repository: {
      facts: () => Promise.resolve([...before, ...recorded].map(fact)),
      record: (_image, body) => {
        recorded.push(body);
        return Promise.resolve(fact(body, 0));
      },
    },
  };
}

describe('tag, untag and note', () => {
  it('record what was said, and show how the image then stands', async () => {
    const { repository, recorded } = recording({ type: 'tag', tag: 'golden' });
    const tagged = await ran(['tag', '1a2b', 'as-built', 'winter'], fakeIo(), fakeEngine({ repository }));
    expect(tagged.status).to.equal(0);
    expect(tagged.out).to.contain('Tags      golden as-built winter\n');
    await ran(['untag', '1a2b', 'golden'], fakeIo(), fakeEngine({ repository }));
    const noted = await ran(['note', '1a2b', 'WO 8812', '--json'], fakeIo(), fakeEngine({ repository }));
    expect(recorded).to.deep.equal([
      { type: 'tag', tag: 'as-built' },
      { type: 'tag', tag: 'winter' },
      { type: 'untag', tag: 'golden' },
      { type: 'note', text: 'WO 8812' },
    ]);
    expect(noted.lines()).to.have.length(1);
    expect(noted.lines()[0]).to.deep.include({
      kind: 'image-standing',
      id: image().id,
      tags: ['as-built', 'winter'],
    });
  });

  it('do not write down again what stands there already', async () => {
    const { repository, recorded } = recording({ type: 'tag', tag: 'golden' });
    expect((await ran(['tag', '1a2b', 'golden'], fakeIo(), fakeEngine({ repository }))).status).to.equal(0);
    expect(recorded).to.deep.equal([]);
  });

  it('refuse a tag that cannot be, or that is not there, and record nothing', async () => {
    const { repository, recorded } = recording();
    for (const args of [
      ['tag', '1a2b', 'As-Built'],
      ['tag', '1a2b', 'fine', '-no'],
      ['tag', '1a2b'],
      ['untag', '1a2b', 'golden'],
      ['note', '1a2b'],
      ['note', 'latest', 'of which device?'],
    ])
      expect((await ran(args, fakeIo(), fakeEngine({ repository }))).status, args.join(' ')).to.equal(2);
    expect(recorded).to.deep.equal([]);
  });
});
