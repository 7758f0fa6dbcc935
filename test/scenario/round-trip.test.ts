// Images equal the device, and a restored device equals the image, for every kind of file and device.

import { expect } from 'chai';
import type { DeviceConfigInput, FileConfig } from '../../simulator/index.js';
import { streamOctets } from '../../src/pacing/index.js';
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

  for (const maxApdu of [50, 128, 206, 480, 1024, 1476]) {
    it(`is exact at the edges of a chunk for max APDU ${maxApdu}`, async () => {
      const chunk = streamOctets('read', maxApdu, 1, 0);
      const sizes = [chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 1];
      await roundTrip({
        device: device(
          sizes.map((size, i) => streamFile(i + 1, size)),
          { limits: { maxApdu, segmentation: 'none' } },
        ),
      });
    });
  }

  for (const segmentation of ['none', 'transmit', 'receive', 'both'] as const) {
    for (const maxApdu of [50, 480, 1476]) {
      it(`is exact with segmentation "${segmentation}" at max APDU ${maxApdu}`, async () => {
        await roundTrip({
          device: device([streamFile(1, 40_000), recordFile(2, [30, 30, 1, 20, 25, 30])], {
            limits: { maxApdu, segmentation, maxSegments: 8 },
          }),
        });
      });
    }
  }

  it('is exact behind a router', async () => {
    await roundTrip({
      device: device([streamFile(1, 3000), recordFile(2, [10, 100, 0, 400])], {
        limits: { maxApdu: 480, segmentation: 'none' },
      }),
      lane: {},
    });
  });

  it('moves records larger than one APDU where both sides can segment', async () => {
    await roundTrip({
      device: device([recordFile(1, [10, 900, 3000, 5])], { limits: { maxApdu: 480, segmentation: 'both' } }),
    });
  });
});
