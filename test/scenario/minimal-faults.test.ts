// The six minimal faults with which every open client that was measured corrupts a restore and calls it done
// (one datagram duplicated or delayed), with their numbers; and the device that answers a new question with
// an old answer. Ours end exact, or say that they do not.

import { expect } from 'chai';
import { ConfirmedService } from '../../protocol/index.js';
import type { DeviceConfigInput } from '../../simulator/index.js';
import { damaged, expectExact, scene, type Story } from '../support/restores.js';
import { nth, octetsOf, Stage, streamFile } from '../support/world.js';

const { atomicWriteFile, writeProperty } = ConfirmedService;

/** How devices empty a file: by a write at position 0, or by File_Size := 0. */
const AT_ZERO = ['truncates-at-zero', 'file-size-refused'];
const BY_SIZE: string[] = [];

interface Fault {
  readonly number: number;
  readonly what: string;
  readonly service: number;
  /** When the copies of the first such datagram leave, ms. */
  readonly leaves: readonly number[];
  readonly quirks: readonly string[];
  readonly octets: number;
}

const FAULTS: readonly Fault[] = [
  {
    number: 1,
    what: 'File_Size := 0 duplicated 40 ms late',
    service: writeProperty,
    leaves: [0, 40],
    quirks: BY_SIZE,
    octets: 20_000,
  },
  {
    number: 2,
    what: 'the same on a device that also truncates at 0',
    service: writeProperty,
    leaves: [0, 40],
    quirks: ['truncates-at-zero'],
    octets: 20_000,
  },
  {
    number: 3,
    what: 'the first write duplicated 40 ms late, on a device that truncates at 0',
    service: atomicWriteFile,
    leaves: [0, 40],
    quirks: AT_ZERO,
    octets: 5600,
  },
  {
    number: 4,
    what: 'the same with 20,000 octets',
    service: atomicWriteFile,
    leaves: [0, 40],
    quirks: AT_ZERO,
    octets: 20_000,
  },
  {
    number: 5,
    what: 'the first write delayed by 4040 ms, overtaken by what follows',
    service: atomicWriteFile,
    leaves: [4040],
    quirks: AT_ZERO,
    octets: 262_144,
  },
  {
    number: 6,
    what: 'File_Size := 0 delayed by 6060 ms, overtaken by what follows',
    service: writeProperty,
    leaves: [6060],
    quirks: BY_SIZE,
    octets: 262_144,
  },
];

describe('the minimal faults that corrupt a restore in silence', () => {
  for (const { number, what, service, leaves, quirks, octets } of FAULTS) {
    for (const other of [quirks, quirks === AT_ZERO ? BY_SIZE : AT_ZERO]) {
      const kind = other.includes('file-size-refused') ? 'truncates at position 0' : 'truncates by File_Size';
      it(`fault ${number}: ${what} (a device that ${kind}): exact, or an honest failure`, async () => {
        const good = [streamFile(1, octets)];
        const story: Story = {
          good,
          before: damaged(good),
          device: {
            limits: { maxApdu: 1476, segmentation: 'none' },
            procedure: { backupFailureTimeoutS: 300 },
          },
          quirks: other,
          link: { delayMs: 5 },
          mangle: nth(service, 1, leaves),
        };
        const set = await scene(story);
        const report = await set.stage.restore(set.image);
        expectExact(set);
        expect(report.readBack).to.equal('equal');
        expect(report.unproven).to.deep.equal([]);
        set.stage.expectFree();
      });
    }
  }

  it('fault 3 at a later write: the second, the fifth or the fourteenth, doubled', async () => {
    for (const which of [2, 5, 14]) {
      const good = [streamFile(1, 20_000)];
      const set = await scene({
        good,
        quirks: AT_ZERO,
        link: { delayMs: 5 },
        mangle: nth(atomicWriteFile, which, [0, 40]),
      });
      await set.stage.restore(set.image);
      expectExact(set);
    }
  });
});

describe('a device that answers new questions with old answers (bac-py: 6 s for each invoke id)', () => {
  const device = (octets: number): DeviceConfigInput => ({
    files: [streamFile(1, octets)],
    limits: { maxApdu: 1476, segmentation: 'none' },
  });

  for (const octets of [5000, 400_000]) {
    it(`a backup of ${octets} octets is exact`, async () => {
      const stage = await Stage.open({ device: device(octets), quirks: ['stale-answers=6'] });
      const { imageId } = await stage.backup();
      const image = await stage.repository.image(imageId);
      expect(await stage.content(image, 1)).to.deep.equal(streamFile(1, octets).content);
      stage.expectFree();
    });

    it(`a restore of ${octets} octets is exact, also where every rival loses what is beyond 255 requests`, async () => {
      const good = [streamFile(1, octets)];
      const set = await scene({
        good,
        before: [{ ...streamFile(1, 0), content: octetsOf(octets + 7, 3) }],
        device: { limits: { maxApdu: 1476, segmentation: 'none' } },
        quirks: ['stale-answers=6'],
      });
      const report = await set.stage.restore(set.image);
      expectExact(set);
      expect(report.readBack).to.equal('equal');
      set.stage.expectFree();
    });
  }
});
