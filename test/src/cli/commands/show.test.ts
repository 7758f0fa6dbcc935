// bacvault show, and how images are named (image-choice).

import { expect } from 'chai';
import { fakeEngine, fakeIo, image, manifest, ran } from '../fakes.js';

const images = [image()];

describe('show', () => {
  it('shows device, procedure and files of an image', async () => {
    const result = await ran(['show', '1a2b'], fakeIo(), fakeEngine({ images }));
    expect(result.status).to.equal(0);
    expect(result.out).to.contain(`Image                     ${image().id}\n`);
    expect(result.out).to.contain('Device instance           1201\n');
    expect(result.out).to.contain('Reached at                10.1.0.1:47808, network:MAC 2001:17\n');
    expect(result.out).to.contain('Database_Revision         7\n');
    expect(result.out).to.contain(
      'States seen               preparing-for-backup, performing-a-backup, idle\n',
    );
    expect(result.out).to.contain('Deviation                 End_Of_File came one read late\n');
    expect(result.out).to.contain(`file,12  config.bin  stream       5           ${'a'.repeat(64)}\n`);
    expect(result.out).to.contain(`file,13              record       3        3  ${'b'.repeat(64)}\n`);
  });

  it('prints the whole manifest with --json', async () => {
    const result = await ran(['show', '1a2b', '--json'], fakeIo(), fakeEngine({ images }));
    const plain = JSON.parse(JSON.stringify(manifest())) as unknown;
    expect(result.lines()).to.deep.equal([
      { kind: 'image-manifest', id: image().id, manifest: plain, standing: { tags: [], notes: [] } },
    ]);
  });

  it('takes ids in capitals, and narrows them by site alone', async () => {
    const engine = fakeEngine({ images });
    await ran(['show', '1A2B3C', '--site', 'x', '--device', '5'], fakeIo(), engine);
    expect(engine.argumentsOf('image')).to.deep.equal([['1a2b3c', { site: 'x' }]]);
  });

  it('takes "latest" of a device, and asks which device when none is said', async () => {
    const engine = fakeEngine({ images });
    await ran(['show', 'latest', '--device', '1201'], fakeIo(), engine);
    expect(engine.argumentsOf('image')).to.deep.equal([['latest', { instance: 1201 }]]);
    const result = await ran(['show', 'latest'], fakeIo(), fakeEngine({ images }));
    expect(result.status).to.equal(2);
    expect(result.err).to.contain('Give --device INSTANCE');
  });

  it('refuses what can be no image before it opens anything', async () => {
    for (const name of ['abc', 'AHU-3', '12345g', 'a'.repeat(65)]) {
      const engine = fakeEngine({ images });
      expect((await ran(['show', name], fakeIo(), engine)).status, name).to.equal(2);
      expect(engine.calls).to.deep.equal([]);
    }
  });
});
