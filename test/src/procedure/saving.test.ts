// A backup on a slow disk: while a file is being made durable the device is asked on, and what then goes wrong with it
// is never left behind.

import { expect } from 'chai';
import { EngineError } from '../../../src/errors.js';
import { backup } from '../../../src/procedure/index.js';
import type { ImageDraft } from '../../../src/repository/index.js';
import { Stage, streamFile } from '../../support/world.js';

const FILES = [1, 2, 3, 4, 5].map((instance) => streamFile(instance, 100 * instance));
const DEVICE = { device: { files: FILES }, link: { delayMs: 10 } } as const;

interface Disk {
  /** How long a file takes to become durable once all of it was given, ms. */
  readonly saveMs: number;
  /** Which of the files, by its turn, cannot be saved after all. */
  readonly fails?: number;
}

/** A repository on such a disk, and how many files are being saved. */
function slow(stage: Stage, { saveMs, fails }: Disk) {
  const state = { saving: 0, most: 0, ended: 0 };
  let turn = 0;
  const saved = async <T>(mine: number, save: Promise<T>): Promise<T> => {
    const done = await save;
    state.saving += 1;
    state.most = Math.max(state.most, state.saving);
    await stage.world.clock.sleep(saveMs);
    state.saving -= 1;
    state.ended += 1;
    if (mine === fails) throw new EngineError('store-no-space', 'the disk is full');
    return done;
  };
  const repository = new Proxy(stage.repository, {
    get: (target, name): unknown => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'begin') return value.bind(target) as unknown;
      return async (): Promise<ImageDraft> => {
        const draft = await target.begin();
        return {
          addStream: (content) => saved((turn += 1), draft.addStream(content)),
          addRecords: (records) => draft.addRecords(records),
          publish: (manifest) => draft.publish(manifest),
          publishOctets: (octets) => draft.publishOctets(octets),
          close: () => {
            expect(state.saving, 'nothing is being saved when the draft is closed').to.equal(0);
            return draft.close();
          },
        };
      };
    },
  });
  return { repository: repository, state };
}

async function lasting(disk: Disk): Promise<number> {
  const stage = await Stage.open(DEVICE);
  const device = await stage.bind();
  const { repository, state } = slow(stage, disk);
  const beganMs = stage.now;
  const { imageId, manifest } = await stage.run(backup(device, repository));
  expect(manifest.files.map(({ instance }) => instance)).to.deep.equal([1, 2, 3, 4, 5]);
  const image = await stage.repository.image(imageId);
  for (const { instance } of FILES)
    expect([...(await stage.content(image, instance))]).to.deep.equal([...stage.view.fileOctets(instance)!]);
  expect(state.most).to.be.at.most(2);
  return stage.now - beganMs;
}

describe('a backup on a slow disk', () => {
  it('asks the device on while a file is saved, and keeps the files in their order', async () => {
    const quickMs = await lasting({ saveMs: 0 });
    // All but the last are saved while the next is read, which takes longer; and that while the state is looked at.
    expect((await lasting({ saveMs: 80 })) - quickMs).to.be.at.most(80);
  });

  for (const fails of [1, 3, 5]) {
    it(`fails when file ${fails} cannot be saved, reads one more at most, and leaves nothing behind`, async () => {
      const stage = await Stage.open(DEVICE);
      const device = await stage.bind();
      const { repository, state } = slow(stage, { saveMs: 500, fails });
      const error = await stage.expectFailure(stage.run(backup(device, repository)), 'store-no-space');
      expect(error.details.release).to.equal('released');
      stage.expectFree();
      expect(state.ended).to.equal(Math.min(5, fails + 1));
      expect(await stage.repository.images()).to.deep.equal([]);
    });
  }

  it('waits for what is being saved when the next file cannot be read', async () => {
    const stage = await Stage.open({
      ...DEVICE,
      quirks: [
        {
          name: 'gone',
          summary: 'has lost its second file',
          property: ({ object }) =>
            object.type === 10 && object.instance === 2 ? { errorClass: 1, errorCode: 31 } : undefined,
        },
      ],
    });
    const device = await stage.bind();
    const { repository, state } = slow(stage, { saveMs: 5000 });
    await stage.expectFailure(stage.run(backup(device, repository)), 'transfer-failed');
    expect(state).to.deep.include({ saving: 0, ended: 1 });
  });
});
