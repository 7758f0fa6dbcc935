// Cancelling at any moment of a backup, restore or comparison: it ends soon, the device is released, no
// image of half a device appears, and nothing is sent to a device that is not ours.

import { expect } from 'chai';
import { type EngineError, isEngineError } from '../../src/errors.js';
import { imageOf } from '../support/images.js';
import { octetsOf, recordFile, Stage, streamFile } from '../support/world.js';

const FILES = [streamFile(1, 3000), recordFile(2, [10, 20])];
const BEFORE = [
  { ...streamFile(1, 0), access: 'stream' as const, content: octetsOf(100, 9) },
  recordFile(2, [4]),
];
const SLOW = { backupPreparationMs: 3000, restorePreparationMs: 3000, restoreCompletionMs: 3000 };
const LIMITS = { maxApdu: 480, segmentation: 'none' } as const;

type Act = (stage: Stage, signal: AbortSignal) => Promise<unknown>;

/** Runs the act and aborts it after so many ms; gives its error, if it failed. */
async function cancelledAfter(stage: Stage, act: Act, ms: number): Promise<EngineError | undefined> {
  const controller = new AbortController();
  void stage.world.clock.sleep(ms).then(() => controller.abort(new Error('enough')));
  try {
    await act(stage, controller.signal);
    return undefined;
  } catch (error) {
    if (isEngineError(error)) return error;
    throw error;
  }
}

const TIMES = [
  1, 5, 20, 35, 50, 60, 70, 80, 100, 500, 2000, 2990, 3010, 3030, 3060, 3090, 3120, 3200, 4000, 5200, 5400,
  7000, 9000,
];

describe('cancelling', () => {
  for (const quirks of [[], ['slow-answers=50'], ['lost-ack=start*1'], ['lost-ack=end*1']]) {
    it(`a backup at any time releases the device and leaves no image (${quirks.join() || 'an honest device'})`, async () => {
      for (const ms of TIMES) {
        const stage = await Stage.open({ device: { files: FILES, limits: LIMITS, procedure: SLOW }, quirks });
        const began = stage.now;
        const error = await cancelledAfter(stage, (s, signal) => s.backup({ signal }), ms);
        if (error !== undefined) {
          expect(error.code, `${ms} ms: ${error.message}`).to.equal('cancelled');
          stage.expectHonest(error.details.release);
          expect(error.details.release).to.not.equal('unproven');
          expect(await stage.repository.images()).to.have.length(0);
          expect(stage.now - began).to.be.below(ms + 40_000);
        }
        stage.expectFree();
      }
    });

    it(`a restore at any time releases the device (${quirks.join() || 'an honest device'})`, async () => {
      for (const ms of TIMES) {
        const stage = await Stage.open({
          device: { files: BEFORE, limits: LIMITS, procedure: SLOW },
          quirks,
        });
        const image = await imageOf(stage, { files: FILES, limits: LIMITS });
        const error = await cancelledAfter(stage, (s, signal) => s.restore(image, { signal }), ms);
        if (error !== undefined) {
          expect(error.code, `${ms} ms: ${error.message}`).to.be.oneOf(['cancelled']);
          if (error.details.release !== 'unproven') stage.expectFree();
          else expect(error.message).to.contain('ENDRESTORE was acknowledged');
        }
      }
    });
  }

  it('a comparison releases the device', async () => {
    for (const ms of [50, 3050, 3100]) {
      const stage = await Stage.open({ device: { files: FILES, limits: LIMITS, procedure: SLOW } });
      const image = await imageOf(stage, { files: FILES, limits: LIMITS });
      await cancelledAfter(stage, (s, signal) => s.verify(image, { signal }), ms);
      stage.expectFree();
    }
  });

  it('before anything was sent starts nothing', async () => {
    const stage = await Stage.open({ device: { files: FILES } });
    const controller = new AbortController();
    controller.abort();
    const error = await stage.expectFailure(stage.backup({ signal: controller.signal }), 'cancelled');
    expect(error.details.release).to.equal('not-started');
    expect(stage.deviceEvents).to.deep.equal([]);
  });

  it('never ends the procedure of somebody whose device refused our START', async () => {
    for (const ms of [20, 40, 60]) {
      const stage = await Stage.open({
        device: { files: FILES },
        quirks: ['start-refused', 'slow-answers=30'],
      });
      const error = await cancelledAfter(stage, (s, signal) => s.backup({ signal }), ms);
      expect(error?.details.release).to.equal('not-started');
      expect(stage.deviceEvents).to.deep.equal([]);
    }
  });
});
