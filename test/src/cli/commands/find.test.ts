// bacvault find.

import { expect } from 'chai';
import type { FoundImage, ImageQuery, Repository } from '../../../../src/index.js';
import { fakeEngine, fakeIo, image, manifest, ran } from '../fakes.js';

const found = (): FoundImage => ({
  id: image().id,
  name: 'default/1201/2026-11-23T190322Z-1a2b3c4d.json',
  site: 'default',
  instance: 1201,
  createdAt: manifest().createdAt,
  device: manifest().device,
  files: 2,
  octets: 8,
  standing: { verified: { how: 'restored', at: '2026-11-24T00:00:00.000Z' }, tags: ['golden'], notes: [] },
});

function finding(...images: readonly FoundImage[]): { repository: Partial<Repository>; asked: ImageQuery[] } {
  const asked: ImageQuery[] = [];
  return {
    asked,
    repository: {
      find: async function* (query = {}) {
        asked.push(query);
        yield* await Promise.resolve(images);
      },
    },
  };
}

describe('find', () => {
  it('asks for everything that was said, and nothing else', async () => {
    const { asked, repository } = finding();
    const options = [
      ...['--device', '0', '--name', 'n', '--vendor', 'v', '--model', 'm', '--firmware', 'f', '--tag', 'a'],
      ...[
        '--tag',
        'b',
        '--since',
        '2026-03-01',
        '--until',
        '2026-03-02',
        '--verified',
        '--newest',
        '--site',
        's',
      ],
    ];
    await ran(['find', 'roof', 'north', ...options], fakeIo(), fakeEngine({ repository }));
    await ran(['find', '--no-verified'], fakeIo(), fakeEngine({ repository }));
    await ran(['find'], fakeIo(), fakeEngine({ repository }));
    expect(asked).to.deep.equal([
      {
        site: 's',
        instance: 0,
        name: 'n',
        vendor: 'v',
        model: 'm',
        firmware: 'f',
        tags: ['a', 'b'],
        since: '2026-03-01',
        until: '2026-03-02',
        verified: true,
        text: ['roof', 'north'],
        newest: true,
      },
      { verified: false },
      {},
    ]);
  });

  it('lists what fits in columns, and how many on stderr', async () => {
    const { repository } = finding(found());
    const result = await ran(['find'], fakeIo(), fakeEngine({ repository }));
    expect(result).to.include({ status: 0, err: '1 image.\n' });
    expect(result.out.split('\n')).to.deep.equal([
      'image     made                     site     instance  name   model  firmware  verified  tags',
      '1a2b3c4d  2026-11-23 19:03:22 UTC  default      1201  AHU-3  AC-9   2.4       restored  golden',
      '',
    ]);
  });

  it('prints one object an image with --json', async () => {
    const { repository } = finding(found(), found());
    const result = await ran(['find', '--json'], fakeIo(), fakeEngine({ repository }));
    expect(result.lines()).to.have.length(2);
    expect(result.lines()[0]).to.deep.include({ kind: 'image', id: image().id, tags: ['golden'], octets: 8 });
    expect(result.err).to.equal('2 images.\n');
  });

  it('that finds nothing says so and is no failure', async () => {
    const { repository } = finding();
    const result = await ran(['find', 'x'], fakeIo(), fakeEngine({ repository }));
    expect(result).to.include({ status: 0, out: '', err: 'No image fits.\n' });
  });
});
