// Comparisons as an integrator makes them: what changed on a device since its image, with a counter in its
// file that never rests; and a device that is let go whatever becomes of the comparison.

import { expect } from 'chai';
import { counter } from '../support/living.js';
import { Stage, failure, octetsOf, recordFile, streamFile, joined } from '../support/world.js';
import {
  diffDevice,
  diffImages,
  judgeImages,
  type DeviceDiff,
  type DiffDeviceOptions,
} from '../../src/diff/index.js';
import { EngineError } from '../../src/errors.js';
import { MemoryStore, type ImageSummary } from '../../src/repository/index.js';
import type { StageOptions } from '../support/world.js';

/** Where the simulated device counts its backups, in its file 1: what a second reading learns is around it. */
const COUNTER = { start: 1000, end: 1004 };

function stageOf(more: StageOptions = {}): Promise<Stage> {
  return Stage.open({
    quirks: [counter(1, COUNTER.start, COUNTER.end)],
    ...more,
    device: { files: [streamFile(1, 6000), recordFile(2, [10, 0, 30]), streamFile(3, 700)] },
  });
}

/** Somebody changes octets of file 1. */
function edit(stage: Stage, ...places: readonly number[]): void {
  const octets = stage.view.fileOctets(1) ?? new Uint8Array(0);
  stage.view.setFile(
    1,
    octets.map((octet, at) => (places.includes(at) ? octet ^ 0xff : octet)),
    stage.now,
  );
}

/** Of a device that was read twice, so that its counter is known. */
async function imageWithCounter(stage: Stage): Promise<ImageSummary> {
  return stage.repository.image((await stage.backup({ verify: true })).imageId);
}

async function backup(stage: Stage): Promise<ImageSummary> {
  return stage.repository.image((await stage.backup()).imageId);
}

async function compare(
  stage: Stage,
  image: string,
  options: DiffDeviceOptions = {},
  store = new MemoryStore(),
): Promise<DeviceDiff> {
  const device = await stage.bind();
  const random = stage.world.random('scratch');
  return stage.run(diffDevice(device, stage.repository, image, { store, random }, options));
}

const told = (diff: DeviceDiff | Awaited<ReturnType<typeof diffImages>>): unknown =>
  diff.files
    .filter((file) => file.status !== 'equal')
    .map((file) => [
      file.objectIdentifier,
      file.status,
      ...(file.content?.ranges ?? []).map(({ a, volatile }) => `${a.start}-${a.end}${volatile ? '~' : ''}`),
    ]);

describe('comparing', () => {
  it('two backups: the octets that changed, and the counter marked as what it is', async () => {
    const stage = await stageOf();
    const first = await imageWithCounter(stage);
    edit(stage, 300, 301, 302, 5999);
    const second = await backup(stage);
    const diff = await diffImages(stage.repository, first, second);
    expect(diff.verdict).to.equal('different');
    expect(told(diff)).to.deep.equal([['file,1', 'changed', '300-303', '1003-1004~', '5999-6000']]);
  });

  it('two backups between which only the counter went on: nothing changed', async () => {
    const stage = await stageOf();
    const first = await imageWithCounter(stage);
    const second = await backup(stage);
    expect(told(await diffImages(stage.repository, first, second))).to.deep.equal([
      ['file,1', 'volatile', '1003-1004~'],
    ]);
    expect(await judgeImages(stage.repository, first, second)).to.equal('volatile');
    stage.view.setFile(2, [octetsOf(10, 2)], stage.now);
    expect(await judgeImages(stage.repository, second, await backup(stage))).to.equal('different');
  });

  it('a device with its image: what it has now, and it is let go', async () => {
    const stage = await stageOf({ quirks: [] });
    const { imageId } = await stage.backup();
    const same = await compare(stage, 'latest');
    expect(same).to.include({ verdict: 'equal', release: 'released' });
    expect(same.b)
      .to.include({ from: 'device', instance: stage.view.instance })
      .and.not.have.property('imageId');
    expect(same.a).to.include({ from: 'image', imageId });
    edit(stage, 7);
    stage.view.setFile(2, [octetsOf(10, 2), octetsOf(3, 3), new Uint8Array(0), octetsOf(30, 4)], stage.now);
    const diff = await compare(stage, imageId.slice(0, 8));
    expect(diff.verdict).to.equal('different');
    expect(told(diff)).to.deep.equal([
      ['file,1', 'changed', '7-8'],
      ['file,2', 'changed', '1-1'],
    ]);
    stage.expectFree();
  });

  it('a device whose counter alone went on is its image', async () => {
    const stage = await stageOf();
    const image = await imageWithCounter(stage);
    const diff = await compare(stage, image.id);
    expect(diff).to.include({ verdict: 'volatile', release: 'released' });
    expect(told(diff)).to.deep.equal([['file,1', 'volatile', '1003-1004~']]);
  });

  it('a device is in the journal of the repository for as long as it is held', async () => {
    const stage = await stageOf();
    await stage.backup();
    const scratch = new MemoryStore();
    const noted: Promise<unknown>[] = [];
    const onEvent: DiffDeviceOptions['onEvent'] = (event) => {
      if (event.kind === 'phase' && event.phase === 'copy') noted.push(stage.repository.journal.entries());
    };
    await compare(stage, 'latest', { onEvent }, scratch);
    const [entries] = await Promise.all(noted);
    expect(entries).to.have.length(1);
    expect((entries as readonly unknown[])[0]).to.include({
      procedure: 'backup',
      instance: stage.view.instance,
    });
    expect(await stage.repository.journal.entries()).to.deep.equal([]);
    for await (const name of scratch.list('journal'))
      expect.fail(`${name} is in the store that is thrown away`);
  });

  it('a device keeps nothing: no image, no object, no journal entry, no lock', async () => {
    const stage = await stageOf();
    await stage.backup();
    const before = await contents(stage.store);
    edit(stage, 7);
    await compare(stage, 'latest');
    expect(await contents(stage.store)).to.deep.equal(before);
    expect(await stage.repository.journal.entries()).to.deep.equal([]);
  });

  it('a device that fails in the middle is released, and the error says so', async () => {
    const stage = await stageOf();
    await stage.backup();
    const error = await failure(
      compare(stage, 'latest', {
        onEvent: (event) => {
          if (event.kind === 'file' && event.file === 1) stage.view.removeFile(3);
        },
      }),
    );
    expect(error.details.release).to.equal('released');
    stage.expectFree();
  });

  it('a device is let go when there is no room for what it says', async () => {
    const stage = await stageOf();
    await stage.backup();
    const full = new MemoryStore();
    full.saveNamed = () => Promise.reject(new EngineError('store-no-space', 'the disk is full'));
    const error = await failure(compare(stage, 'latest', {}, full));
    expect(error).to.include({ code: 'store-no-space' });
    expect(error.details.release).to.equal('released');
    stage.expectFree();
  });

  it('a cancelled comparison lets the device go', async () => {
    const stage = await stageOf();
    await stage.backup();
    const controller = new AbortController();
    const error = await failure(
      compare(stage, 'latest', {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.kind === 'chunk') controller.abort();
        },
      }),
    );
    expect(error.code).to.equal('cancelled');
    expect(error.details.release).to.equal('released');
    stage.expectFree();
  });

  it('with a damaged image does not even start on the device', async () => {
    const stage = await stageOf();
    const { manifest } = await stage.backup();
    const sha256 = manifest.files[2]?.sha256 ?? '';
    await stage.store.remove({ area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` });
    const started = stage.deviceEvents.length;
    expect((await failure(compare(stage, 'latest'))).code).to.equal('repository-corrupt');
    expect(stage.deviceEvents.slice(started)).to.deep.equal([]);
  });
});

/** Everything that a store holds. */
async function contents(store: MemoryStore): Promise<string[]> {
  const found: string[] = [];
  for (const area of ['repository', 'objects', 'images', 'runs', 'locks', 'journal'] as const)
    for await (const name of store.list(area)) {
      const octets = await joined(store.load({ area, name }));
      found.push(`${area}/${name} ${Buffer.from(octets).toString('base64')}`);
    }
  return found;
}
