// bacvault images.

import { expect } from 'chai';
import type { Engine } from '../../../../src/cli/engine.js';
import { type Change, EngineError, type ImageFact } from '../../../../src/index.js';
import { fakeEngine, fakeIo, image, ran } from '../fakes.js';

describe('images', () => {
  const judging = (changes: readonly Change[]): Engine['judgeHistory'] =>
    async function* () {
      for (const [index, change] of changes.entries())
        yield await Promise.resolve({ image: image({}, String(index + 1).repeat(64)), change });
    };

  it('lists images in the order of the repository, in columns', async () => {
    const images = [image(), image({ site: 'Hospital North', files: [] }, 'ffee'.padEnd(64, '1'))];
    const result = await ran(['images'], fakeIo(), fakeEngine({ images }));
    expect(result).to.include({ status: 0, err: '' });
    expect(result.out.split('\n')).to.deep.equal([
      'image     made                     site            instance  name   files  octets  changed  verified  tags',
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
        tags: [],
        notes: [],
      },
    ]);
  });

  it('says by what an image was proven, and its tags', async () => {
    const fact: ImageFact = {
      ...{ kind: 'bacvault-fact', format: 1, image: image().id, tool: 'bacvault 1' },
      recordedAt: '2026-11-24T00:00:00.000Z',
      fact: { type: 'verified', how: 'restored', run: 'r' },
    };
    const facts = (): Promise<ImageFact[]> => Promise.resolve([fact]);
    const engine = fakeEngine({ images: [image({ tags: ['undo'] })], repository: { facts } });
    const { out } = await ran(['images'], fakeIo(), engine);
    expect(out).to.match(/ restored {2}undo\n$/);
  });

  it('says of each image whether it changed, in words and for programs', async () => {
    const judgeHistory = judging(['same', 'changed', 'unknown', 'first']);
    const result = await ran(['images'], fakeIo(), fakeEngine({ judgeHistory }));
    const [heading = '', ...rows] = result.out.split('\n').slice(0, -1);
    expect(rows.map((row) => row.slice(heading.indexOf('changed')))).to.deep.equal(['no', 'yes', '?', '']);
    const json = await ran(['images', '--json'], fakeIo(), fakeEngine({ judgeHistory }));
    expect(json.lines().map((line) => line['changed'])).to.deep.equal([false, true, null, undefined]);
  });

  it('shows people no table that the disk did not let it finish, and programs what came before', async () => {
    const judgeHistory: Engine['judgeHistory'] = async function* () {
      yield* judging(['first'])(undefined as never);
      throw new EngineError('store-io', 'no');
    };
    const engine = fakeEngine({ judgeHistory });
    expect(await ran(['images'], fakeIo(), engine)).to.include({ status: 20, out: '' });
    const json = await ran(['images', '--json'], fakeIo(), engine);
    expect(json.status).to.equal(20);
    expect(json.lines().map(({ kind }) => kind)).to.deep.equal(['image', 'error']);
  });

  it('asks for one device and one site, instance 0 too', async () => {
    const engine = fakeEngine();
    await ran(['images', '0', '--site', 'Hospital North'], fakeIo(), engine);
    const [asked] = engine.argumentsOf('judgeHistory') as unknown[][];
    expect(asked?.[1]).to.deep.equal({ site: 'Hospital North', instance: 0 });
  });

  it('says on stderr that there are none, and nothing on stdout', async () => {
    const result = await ran(['images', '1201'], fakeIo(), fakeEngine());
    expect(result).to.include({ status: 0, out: '', err: 'No images of device 1201.\n' });
  });

  it('refuses an instance that none can have', async () => {
    expect((await ran(['images', '4194303'], fakeIo(), fakeEngine())).status).to.equal(2);
  });
});
