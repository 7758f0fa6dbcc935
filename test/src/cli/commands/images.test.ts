// bacvault images.

import { expect } from 'chai';
import type { Engine } from '../../../../src/cli/engine.js';
import { EngineError, type ImageSummary } from '../../../../src/index.js';
import { fakeEngine, fakeIo, image, ran } from '../fakes.js';

describe('images', () => {
  it('lists images in the order of the repository, in columns', async () => {
    const images = [image(), image({ site: 'Hospital North', files: [] }, 'ffee'.padEnd(64, '1'))];
    const result = await ran(['images'], fakeIo(), fakeEngine({ images }));
    expect(result).to.include({ status: 0, err: '' });
    expect(result.out.split('\n')).to.deep.equal([
      'image     made                     site            instance  name   files  octets  changed',
      '1a2b3c4d  2026-11-23 19:03:22 UTC  default             1201  AHU-3      2       8',
      'ffee1111  2026-11-23 19:03:22 UTC  Hospital North      1201  AHU-3      0       0',
      '',
    ]);
  });

  it('prints one object an image with --json, with the whole id', async () => {
    const result = await ran(['images', '--json'], fakeIo(), fakeEngine({ images: [image()] }));
    expect(result.lines()).to.deep.equal([
      {
        kind: 'image',
        id: image().id,
        site: 'default',
        instance: 1201,
        createdAt: '2026-11-23T19:03:22.118Z',
        name: 'AHU-3',
        vendorName: 'Acme Controls',
        modelName: 'AC-9',
        firmwareRevision: '2.4',
        files: 2,
        octets: 8,
      },
    ]);
  });

  it('says of each image whether it differs from the one before it of the same device', async () => {
    const at = (day: number, instance = 1201, site = 'default'): ImageSummary =>
      image(
        { createdAt: `2026-03-0${day}T00:00:00Z`, site, device: { instance } },
        `${day}${instance}`.padEnd(64, '0'),
      );
    const images = [at(9), at(8, 7), at(7), at(6, 1201, 'North'), at(5), at(4, 7), at(3)];
    const asked: string[] = [];
    const judgeImages: Engine['judgeImages'] = (_, a, b) => {
      asked.push(`${a.id.slice(0, 5)} ${b.id.slice(0, 5)}`);
      if (a.id.startsWith('3')) return Promise.reject(new EngineError('repository-corrupt', 'damaged'));
      return Promise.resolve(a.id.startsWith('5') ? 'different' : 'volatile');
    };
    const result = await ran(['images'], fakeIo(), fakeEngine({ images, judgeImages }));
    const [heading = '', ...rows] = result.out.split('\n').slice(0, -1);
    const column = rows.map((row) => row.slice(0, 1) + row.slice(heading.indexOf('changed')));
    expect(column).to.deep.equal(['9no', '8no', '7yes', '6', '5?', '4', '3']);
    expect(asked.sort()).to.deep.equal(['31201 51201', '47000 87000', '51201 71201', '71201 91201']);
    const json = await ran(['images', '--json'], fakeIo(), fakeEngine({ images, judgeImages }));
    expect(json.lines().map((line) => line['changed'])).to.deep.equal([
      false,
      false,
      true,
      undefined,
      null,
      undefined,
      undefined,
    ]);
  });

  it('does not call a list whole that the disk did not let it judge', async () => {
    const judgeImages = (): Promise<never> => Promise.reject(new EngineError('store-io', 'no'));
    const images = [image(), image({}, 'ffee'.padEnd(64, '1'))];
    expect((await ran(['images'], fakeIo(), fakeEngine({ images, judgeImages }))).status).to.equal(20);
  });

  it('asks for one device and one site, instance 0 too', async () => {
    const engine = fakeEngine();
    await ran(['images', '0', '--site', 'Hospital North'], fakeIo(), engine);
    expect(engine.argumentsOf('images')).to.deep.equal([{ site: 'Hospital North', instance: 0 }]);
  });

  it('says on stderr that there are none, and nothing on stdout', async () => {
    const result = await ran(['images', '1201'], fakeIo(), fakeEngine());
    expect(result).to.include({ status: 0, out: '', err: 'No images of device 1201.\n' });
  });

  it('refuses an instance that none can have', async () => {
    expect((await ran(['images', '4194303'], fakeIo(), fakeEngine())).status).to.equal(2);
  });
});
