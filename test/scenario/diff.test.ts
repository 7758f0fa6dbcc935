// Comparisons as an integrator makes them: what changed on a device since its image, with a counter in its
// file that never rests; and a device that is let go whatever becomes of the comparison.

import { expect } from 'chai';
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

/** Where the simulated device counts seconds, in its file 1. */
const COUNTER = { start: 1000, end: 1004 };

/** Octets of file 1 with the counter at a value, and with changes. */
function program(count: number, changes: Readonly<Record<number, number>> = {}): Uint8Array {
  const octets = octetsOf(6000, 11);
  new DataView(octets.buffer).setUint32(COUNTER.start, count);
  for (const [at, octet] of Object.entries(changes)) octets[Number(at)] = octet;
  return octets;
}

async function stageOf(more: StageOptions = {}): Promise<Stage> {
  return Stage.open({
    ...more,
    device: {
      files: [
        { instance: 1, access: 'stream', content: program(1) },
        recordFile(2, [10, 0, 30]),
        streamFile(3, 700),
      ],
    },
  });
}

/** Backs up and notes the counter as volatile, as a second reading finds it. */
async function imageWithCounter(stage: Stage): Promise<ImageSummary> {
  const { manifest } = await stage.backup();
  const files = manifest.files.map((file) =>
    file.instance === 1 ? { ...file, volatileRanges: [COUNTER] } : file,
  );
  return (await stage.repository.begin()).publish({ ...manifest, files, tool: 'with a counter' });
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
    stage.view.setFile(1, program(77, { 300: 0, 301: 0, 302: 0, 5999: 0 }), stage.now);
    const second = await backup(stage);
    const diff = await diffImages(stage.repository, first, second);
    expect(diff.verdict).to.equal('different');
    expect(told(diff)).to.deep.equal([['file,1', 'changed', '300-303', '1003-1004~', '5999-6000']]);
  });

  it('two backups between which only the counter went on: nothing changed', async () => {
    const stage = await stageOf();
    const first = await imageWithCounter(stage);
    stage.view.setFile(1, program(0xffffffff), stage.now);
    const second = await backup(stage);
    expect(told(await diffImages(stage.repository, first, second))).to.deep.equal([
      ['file,1', 'volatile', '1000-1004~'],
    ]);
    expect(await judgeImages(stage.repository, first, second)).to.equal('volatile');
    stage.view.setFile(2, [octetsOf(10, 2)], stage.now);
    expect(await judgeImages(stage.repository, second, await backup(stage))).to.equal('different');
  });

  it('a device with its image: what it has now, and it is let go', async () => {
    const stage = await stageOf();
    const { imageId } = await stage.backup();
    const same = await compare(stage, 'latest');
    expect(same).to.include({ verdict: 'equal', release: 'released' });
    expect(same.b)
      .to.include({ from: 'device', instance: stage.view.instance })
      .and.not.have.property('imageId');
    expect(same.a).to.include({ from: 'image', imageId });
    stage.view.setFile(1, program(1, { 7: 0 }), stage.now);
    stage.view.setFile(2, [octetsOf(10, 2), octetsOf(3, 3), new Uint8Array(0), octetsOf(30, 4)], stage.now);
    const diff = await compare(stage, imageId.slice(0, 8));
    expect(diff.verdict).to.equal('different');
    expect(told(diff)).to.deep.equal([
      ['file,1', 'changed', '7-8'],
      ['file,2', 'changed', '1-1'],
    ]);
    stage.expectFree();
  });

  it('a device keeps nothing: no image, no object, no journal entry', async () => {
    const stage = await stageOf();
    await stage.backup();
    const before = await contents(stage.store);
    stage.view.setFile(1, program(2, { 7: 0 }), stage.now);
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
