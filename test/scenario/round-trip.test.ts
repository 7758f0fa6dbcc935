// Images equal the device, and a restored device equals the image, for every kind of file. The grid of
// sizes, limits and paths is in every-size.test.ts.

import { expect } from 'chai';
import type { DeviceConfigInput, FileConfig } from '../../simulator/index.js';
import { octetsOf, recordFile, Stage, type StageOptions, streamFile } from '../support/world.js';

/** Backs up, damages, restores, compares; everything must be exact and nothing doubtful. */
async function roundTrip(options: StageOptions): Promise<Stage> {
  const stage = await Stage.open(options);
  const { view } = stage;
  const before = view.files.map(({ instance }) =>
    (view.fileRecords(instance) ?? [view.fileOctets(instance)!]).map((part) => [...part]),
  );
  const report = await stage.backup();
  expect(report.release).to.equal('released');
  stage.expectFree();
  const image = await stage.repository.image(report.imageId);
  for (const [i, { instance, access }] of view.files.entries()) {
    if (access === 'stream') expect([...(await stage.content(image, instance))]).to.deep.equal(before[i]![0]);
    else expect(await stage.records(image, instance)).to.deep.equal(before[i]);
  }
  for (const { instance, access, size } of view.files) {
    view.setFile(instance, access === 'stream' ? octetsOf(size + 3, 99) : [octetsOf(4, 1)], stage.now);
  }
  const restored = await stage.restore(report.imageId);
  expect(restored.unproven).to.deep.equal([]);
  expect(restored.readBack).to.equal('equal');
  expect(restored.release).to.equal('released');
  stage.expectFree();
  const after = view.files.map(({ instance }) =>
    (view.fileRecords(instance) ?? [view.fileOctets(instance)!]).map((part) => [...part]),
  );
  expect(after).to.deep.equal(before);
  const verified = await stage.verify(report.imageId);
  expect(verified.equal).to.equal(true);
  return stage;
}

const device = (files: readonly FileConfig[], more: DeviceConfigInput = {}): DeviceConfigInput => ({
  ...more,
  files,
});

describe('a round trip of backup and restore', () => {
  it('is exact on a network behind a router with APDUs of 480 octets, where every answer takes 4 s', async () => {
    await roundTrip({
      device: device([streamFile(1, 1500), recordFile(2, [10, 0, 300])], {
        limits: { maxApdu: 480, segmentation: 'none' },
        procedure: { backupFailureTimeoutS: 300 },
      }),
      lane: { latencyMs: 2000, maxApdu: 480 },
    });
  });

  it('is exact for a stream file, a record file, an empty one of each, and one octet', async () => {
    await roundTrip({
      device: device([
        streamFile(1, 5000),
        recordFile(2, [10, 0, 300, 4, 5, 254]),
        streamFile(3, 0),
        recordFile(4, []),
        streamFile(5, 1),
        recordFile(6, [0]),
      ]),
    });
  });

  it('moves records larger than one APDU where both sides can segment', async () => {
    await roundTrip({
      device: device([recordFile(1, [10, 900, 3000, 5])], { limits: { maxApdu: 480, segmentation: 'both' } }),
    });
  });
});
