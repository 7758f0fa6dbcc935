// Any device that can be backed up, drilled: either its twin then holds exactly the image, or the drill names a
// record that the device could give but cannot take. There is nothing in between.

import { expect } from 'chai';
import fc from 'fast-check';
import { type DeviceConfigInput, quirkNamed } from '../../simulator/index.js';
import { realEngine } from '../../src/cli/engine.js';
import {
  emptyFiles,
  proveTwin,
  type Rehearsal,
  RehearsalStage,
  twinDevice,
  twinProfile,
} from '../../src/cli/twin/index.js';
import type { ImageSummary } from '../../src/index.js';
import { recordFile, Stage, streamFile } from '../support/world.js';

const length = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 180, max: 520 }));

const files = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 5000 }).map((octets) => ({ access: 'stream', octets }) as const),
      fc.array(length, { maxLength: 12 }).map((lengths) => ({ access: 'record', lengths }) as const),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((described) =>
    described.map((file, index) =>
      file.access === 'stream' ? streamFile(index + 1, file.octets) : recordFile(index + 1, file.lengths),
    ),
  );

const limits = fc.record({
  maxApdu: fc.constantFrom(206, 480, 1024, 1476),
  segmentation: fc.constantFrom('both', 'transmit', 'receive', 'none'),
});

/** Habits that a backup meets, and that a restore has to live with as well. */
const habit = fc.constantFrom(
  undefined,
  'eof-late=services-11',
  'eof-never',
  'empty-file-error=object-11',
  'access-method-swapped',
  'property-missing=read-only',
  'system-status-static',
);

interface Drilled {
  readonly rehearsal: Rehearsal;
  readonly equal: boolean;
}

async function drilled(stage: Stage, image: ImageSummary, blank: 'empty' | 'missing'): Promise<Drilled> {
  const profile = twinProfile(image.manifest);
  const rehearsal = await new RehearsalStage({
    engine: realEngine,
    repository: stage.repository,
    image,
    device: twinDevice(profile, emptyFiles(image), {}),
    blank,
    networkMs: 1,
    procedure: {},
    allow: [],
    signal: new AbortController().signal,
    onEvent: () => undefined,
  }).run();
  const proofs = await proveTwin(rehearsal.twin, stage.repository, image);
  return { rehearsal, equal: proofs.every((proof) => proof.equal) };
}

/** The image of the device; undefined when the device cannot even be backed up. */
async function imageOf(stage: Stage): Promise<ImageSummary | undefined> {
  const report = await stage.backup().catch(() => undefined);
  return report === undefined ? undefined : stage.repository.image(report.imageId);
}

describe('a drill of any image', () => {
  it('ends with a twin that holds the image, or names a record that the device cannot take back', async function () {
    this.timeout(120_000);
    let [passed, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.record({ files, limits }),
        habit,
        fc.constantFrom('empty', 'missing'),
        async (device: DeviceConfigInput, name, blank) => {
          const [quirk, value] = name?.split('=') ?? [];
          const quirks = quirk === undefined ? [] : [quirkNamed(quirk, value)];
          const stage = await Stage.open({ device, quirks });
          const image = await imageOf(stage);
          if (image === undefined) return;
          const { rehearsal, equal } = await drilled(stage, image, blank);
          const { outcome } = rehearsal;
          if (outcome.kind === 'restored') {
            expect(equal).to.equal(true);
            passed += 1;
          } else {
            expect(outcome.error.code, outcome.error.message).to.equal('transfer-unreadable');
            expect(device.limits?.segmentation).to.not.equal('both');
            refused += 1;
          }
        },
      ),
      { numRuns: 40, seed: 20260301 },
    );
    expect(passed, 'drills that passed').to.be.above(15);
    expect(refused, 'drills that found what cannot be restored').to.be.above(0);
  });
});
