// Restores on devices and networks that make them hard. Every story ends in one of two ways: the device
// holds the image exactly, or the restore says that it does not; and the device is never left stuck.

import { expect } from 'chai';
import {
  ConfirmedService,
  decodeReinitializeDeviceRequest,
  ReinitializeState,
} from '../../protocol/index.js';
import type { DeviceConfigInput, FileConfig, Quirk } from '../../simulator/index.js';
import { restore, type RestoreReport } from '../../src/procedure/index.js';
import { imageOf } from '../support/images.js';
import {
  failure,
  type Mangle,
  nth,
  octetsOf,
  recordFile,
  Stage,
  type StageOptions,
  streamFile,
} from '../support/world.js';

const NARROW = { maxApdu: 480, segmentation: 'none' } as const;
const { atomicWriteFile, reinitializeDevice, writeProperty } = ConfirmedService;

const GOOD: readonly FileConfig[] = [
  streamFile(1, 2000),
  recordFile(2, [10, 0, 300, 200]),
  streamFile(3, 10),
];

/** The same files with other content: what a device holds before the restore. */
function damaged(files: readonly FileConfig[], grow = 7): readonly FileConfig[] {
  return files.map((file) =>
    file.access === 'stream'
      ? { ...file, content: octetsOf(file.content.length + grow, 4711) }
      : { ...file, records: [octetsOf(33, 1), octetsOf(5, 2)] },
  );
}

interface Story extends StageOptions {
  readonly good?: readonly FileConfig[];
  readonly before?: readonly FileConfig[];
}

interface Scene {
  readonly stage: Stage;
  readonly image: string;
  readonly good: readonly FileConfig[];
}

async function scene({
  good = GOOD,
  before = damaged(good),
  device = {},
  ...options
}: Story): Promise<Scene> {
  const common: DeviceConfigInput = { limits: NARROW, ...device };
  const stage = await Stage.open({ ...options, device: { ...common, files: before } });
  const plain = { ...common, files: good, procedure: {} };
  return { stage, good, image: await imageOf(stage, plain) };
}

function expectExact({ stage, good }: Scene): void {
  for (const file of good) {
    const octets = file.access === 'stream' ? [file.content] : file.records;
    const found =
      file.access === 'stream'
        ? [stage.view.fileOctets(file.instance)]
        : stage.view.fileRecords(file.instance);
    expect(
      found?.map((part) => [...(part ?? [])]),
      `file ${file.instance}`,
    ).to.deep.equal(octets.map((part) => [...part]));
  }
}

/** Restores; the device must then hold the image. */
async function exact(story: Story): Promise<RestoreReport & { readonly scene: Scene }> {
  const set = await scene(story);
  const report = await set.stage.restore(set.image);
  expectExact(set);
  expect(report.release).to.equal('released');
  set.stage.expectFree();
  return { ...report, scene: set };
}

const seenBy = (): { readonly quirk: Quirk; readonly seen: number[] } => {
  const seen: number[] = [];
  const quirk: Quirk = {
    name: 'listens',
    summary: 'notes ReinitializeDevice',
    beforeRequest: ({ service, payload }) => {
      if (service === reinitializeDevice) seen.push(decodeReinitializeDeviceRequest(payload).state);
      return undefined;
    },
  };
  return { quirk, seen };
};

describe('a restore and late duplicates of what empties a file', () => {
  for (const delayMs of [3, 40, 300, 1900]) {
    it(`is exact when the first write at position 0 arrives again ${delayMs} ms late on a device that truncates there`, async () => {
      for (const quirks of [['truncates-at-zero', 'file-size-refused'], ['truncates-at-zero']]) {
        const report = await exact({ quirks, mangle: nth(atomicWriteFile, 1, [0, delayMs]) });
        expect(report.readBack).to.equal('equal');
        expect(report.unproven).to.deep.equal([]);
      }
    });

    it(`is exact when File_Size := 0 arrives again ${delayMs} ms late`, async () => {
      const report = await exact({ mangle: nth(writeProperty, 1, [0, delayMs]) });
      expect(report.readBack).to.equal('equal');
    });

    it(`is exact when Record_Count := 0 arrives again ${delayMs} ms late`, async () => {
      await exact({ mangle: nth(writeProperty, 2, [0, delayMs]) });
    });
  }

  it('notices that the duplicate emptied the file, writes it again and says so', async () => {
    const report = await exact({
      quirks: ['truncates-at-zero', 'file-size-refused'],
      mangle: nth(atomicWriteFile, 1, [0, 1000]),
    });
    expect(report.octetsRewritten).to.be.above(0);
    expect(report.deviations.join()).to.contain('did not read back equal');
  });

  for (const delayMs of [10_500, 15_000, 25_000, 45_000]) {
    it(`is exact when the first write is overtaken by its own repetition and arrives after ${delayMs} ms`, async () => {
      await exact({
        device: { procedure: { backupFailureTimeoutS: 60 } },
        quirks: ['truncates-at-zero'],
        mangle: nth(atomicWriteFile, 1, [delayMs]),
      });
    });

    it(`is exact when File_Size := 0 is delayed by ${delayMs} ms`, async () => {
      await exact({ mangle: nth(writeProperty, 1, [delayMs]) });
    });
  }

  it('waits a minute before reading back when a request that empties a file went unanswered', async () => {
    const quick = await exact({});
    const slow = await exact({ mangle: nth(writeProperty, 1, [4000]) });
    expect(quick.durationMs).to.be.below(20_000);
    expect(slow.durationMs).to.be.above(60_000);
  });

  it('is exact when every request of the client arrives twice, the second time late', async () => {
    for (const delayMs of [2, 25, 400]) {
      const twice: Mangle = (apdu) => (apdu?.type === 'confirmed-request' ? [0, delayMs] : undefined);
      for (const quirks of [[], ['truncates-at-zero', 'file-size-refused']]) {
        const set = await scene({ quirks, mangle: twice });
        const result = await set.stage.restore(set.image).catch((error: unknown) => error as Error);
        if (result instanceof Error) {
          expect(result).to.have.property('code', 'transfer-differs');
        } else {
          expectExact(set);
        }
        set.stage.expectFree();
      }
    }
  });
});

describe('a restore on a bad network', () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    it(`is exact or fails honestly, and releases the device (seed ${seed})`, async () => {
      const set = await scene({
        seed,
        quirks: seed % 2 === 0 ? ['truncates-at-zero', 'file-size-refused'] : [],
      });
      set.stage.world.setLink(
        {},
        { lossRate: 0.05, duplicateRate: 0.1, reorderRate: 0.1, reorderMs: 30, jitterMs: 5, delayMs: 5 },
      );
      const result = await set.stage
        .restore(set.image)
        .catch((error: unknown) => error as Error & { details: { release: unknown } });
      if (result instanceof Error) {
        set.stage.expectHonest(result.details.release);
      } else {
        expectExact(set);
        set.stage.expectFree();
      }
    });
  }
});

describe('a restore and the size of files', () => {
  it('does not touch a size that is right already', async () => {
    const writes: number[] = [];
    const listens: Quirk = {
      name: 'listens',
      summary: 'notes writes',
      beforeRequest: ({ service }) => {
        writes.push(service);
        return undefined;
      },
    };
    await exact({
      good: [streamFile(1, 900)],
      before: [{ ...streamFile(1, 900), access: 'stream', content: octetsOf(900, 5) }],
      quirks: [listens],
    });
    expect(writes).to.not.include(writeProperty);
  });

  it('tolerates a refused File_Size where the device truncates at position 0, or the file grows', async () => {
    const report = await exact({ quirks: ['file-size-refused', 'truncates-at-zero'] });
    expect(report.deviations.join()).to.contain('File_Size := 0');
    await exact({ good: [streamFile(1, 900)], before: [streamFile(1, 100)], quirks: ['file-size-refused'] });
  });

  it('aborts where a stale tail cannot be got rid of', async () => {
    const set = await scene({
      good: [streamFile(1, 100)],
      before: [streamFile(1, 900)],
      quirks: ['file-size-refused'],
    });
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-differs');
    expect(error.message).to.contain('File_Size is 900 instead of 100');
    expect(error.details.release).to.equal('released');
  });

  it('empties files, with and without an empty write', async () => {
    const good = [streamFile(1, 0), recordFile(2, [])];
    await exact({
      good,
      before: [streamFile(1, 50), recordFile(2, [5, 5])],
      quirks: ['empty-write-refused'],
    });
    await exact({
      good: [streamFile(1, 0)],
      before: [streamFile(1, 50)],
      quirks: ['file-size-refused', 'truncates-at-zero'],
    });
  });

  it('makes missing File objects under their instance, and says so', async () => {
    const report = await exact({ before: [damaged(GOOD)[1]!] });
    expect(report.deviations.join()).to.contain('was missing and was made');
  });

  it('fails and aborts where a missing File object cannot be made', async () => {
    for (const quirk of [
      'create-refused',
      'create-refused=RESOURCES:NO_SPACE_FOR_OBJECT',
      'create-by-type-only',
    ]) {
      const set = await scene({ before: [damaged(GOOD)[0]!], quirks: [quirk] });
      const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-failed');
      expect(error.message).to.contain('CreateObject was refused');
      expect(error.details).to.deep.include({ file: 2, release: 'released' });
    }
  });

  it('finds a File object whose CreateObject was not acknowledged', async () => {
    await exact({ before: [damaged(GOOD)[0]!, damaged(GOOD)[1]!], quirks: ['lost-ack=create*1'] });
  });

  it('does not convert a file of the other access method', async () => {
    const set = await scene({ good: [streamFile(1, 100)], before: [recordFile(1, [4])] });
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-failed');
    expect(error.message).to.contain('File_Access_Method is record');
  });

  it('restores devices whose File_Access_Method is swapped', async () => {
    const report = await exact({ quirks: ['access-method-swapped'] });
    expect(report.deviations.join()).to.contain('all the same');
  });

  it('writes files that still say Read_Only', async () => {
    const report = await exact({ quirks: ['read-only-stays'] });
    expect(report.deviations.join()).to.contain('Read_Only is TRUE');
  });
});

describe('a restore and writes that go wrong', () => {
  it('reads back and goes on when an acknowledgement is lost', async () => {
    await exact({ quirks: ['lost-ack=write*2'] });
    await exact({ quirks: ['lost-ack=property*1'] });
  });

  it('survives silence while it writes, on a device that keeps the restore open', async () => {
    await exact({
      device: { procedure: { backupFailureTimeoutS: 0 } },
      quirks: ['silent-after-writes=2@25'],
    });
  });

  it('does not believe acknowledgements of other positions', async () => {
    await exact({ quirks: ['wrong-write-position=1*3'] });
  });

  it('finds and writes again what the device dropped or corrupted', async () => {
    for (const quirk of ['write-dropped=3', 'write-corrupts=3']) {
      const report = await exact({ quirks: [quirk] });
      expect(report.readBack).to.equal('equal');
    }
  });

  it('aborts when the content never reads back equal', async () => {
    let calls = 0;
    const rots: Quirk = {
      name: 'rots',
      summary: 'spoils a file after each write',
      afterRequest: ({ service, device, now }) => {
        if (service === atomicWriteFile) {
          const content = device.fileOctets(1)!;
          if (content.length > 5) content[5] = calls++ & 0xff;
          device.setFile(1, content, now);
        }
        return undefined;
      },
    };
    const set = await scene({ good: [streamFile(1, 1000)], quirks: [rots] });
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-differs');
    expect(error.message).to.contain('written 3 times');
    expect(error.details.release).to.equal('released');
  });

  it('reports as unproven what the device does not let be read back', async () => {
    for (const answer of [
      'DEVICE:CONFIGURATION_IN_PROGRESS',
      'SERVICES:SERVICE_REQUEST_DENIED',
      'abort:OTHER',
    ]) {
      const report = await exact({ quirks: [`reads-refused=${answer}`] });
      expect(report.readBack).to.equal('not-possible');
      expect(report.unproven.join()).to.contain('could not be read back');
    }
  });

  it('still finds a wrong size where content cannot be read back', async () => {
    const set = await scene({
      good: [streamFile(1, 100)],
      before: [streamFile(1, 900)],
      quirks: ['reads-refused', 'file-size-refused'],
    });
    await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-differs');
  });

  it("aborts on a refused write, in the device's own words", async () => {
    for (const [answer, words] of [
      ['OBJECT:FILE_FULL', 'OBJECT: FILE_FULL'],
      ['SERVICES:FILE_ACCESS_DENIED', 'SERVICES: FILE_ACCESS_DENIED'],
    ]) {
      const set = await scene({ quirks: [`writes-refused=${answer}`] });
      const error = await set.stage.expectFailure(set.stage.restore(set.image), 'transfer-failed');
      expect(error.message).to.contain(words).and.to.contain('ABORTRESTORE was acknowledged');
    }
  });

  it('says that the device gave up when its watchdog fires in the middle', async () => {
    const set = await scene({
      device: { procedure: { backupFailureTimeoutS: 8 } },
      quirks: ['silent-after-writes=2@9'],
    });
    const error = await set.stage.expectFailure(set.stage.restore(set.image), 'procedure-failed');
    expect(error.message).to.contain('gave up the restore by itself');
  });

  it('knows before START that a record is larger than what the device takes', async () => {
    const { quirk, seen } = seenBy();
    const stage = await Stage.open({
      device: { limits: NARROW, files: [recordFile(1, [5])] },
      quirks: [quirk],
    });
    const image = await imageOf(stage, {
      limits: { maxApdu: 480, segmentation: 'both' },
      files: [recordFile(1, [5, 900])],
    });
    const error = await stage.expectFailure(stage.restore(image), 'transfer-unreadable');
    expect(error.details.release).to.equal('not-started');
    expect(seen).to.deep.equal([]);
  });
});

describe('a restore for another device', () => {
  const cases: readonly [string, DeviceConfigInput, string][] = [
    ['instance', { instance: 1002 }, 'is of device 1002'],
    ['vendor', { vendorId: 5 }, 'Vendor_Identifier'],
    ['model', { modelName: 'Other' }, 'Model_Name'],
  ];
  for (const [what, other, words] of cases) {
    it(`is refused before START when the ${what} differs`, async () => {
      const { quirk, seen } = seenBy();
      const stage = await Stage.open({ device: { files: GOOD }, quirks: [quirk] });
      const image = await imageOf(stage, { files: GOOD, ...other });
      const error = await stage.expectFailure(stage.restore(image), 'device-mismatch');
      expect(error.message).to.contain(words).and.to.contain('nothing was written');
      expect(error.details.release).to.equal('not-started');
      expect(seen).to.deep.equal([]);
    });
  }

  it('is refused when the expected instance is not the one of the device', async () => {
    const set = await scene({});
    const device = await set.stage.bind();
    const act = set.stage.run(restore(device, set.stage.repository, set.image, { expect: { instance: 7 } }));
    await set.stage.expectFailure(act, 'device-mismatch');
  });

  it('goes on with other firmware, and says so', async () => {
    const stage = await Stage.open({ device: { files: GOOD, firmwareRevision: '2.0' } });
    const report = await stage.restore(await imageOf(stage, { files: GOOD }));
    expect(report.deviations.join()).to.contain('Firmware_Revision is 2.0');
  });

  it('is refused before START when the image is damaged', async () => {
    const set = await scene({});
    const { quirk, seen } = seenBy();
    const stage = await Stage.open({ device: { files: GOOD }, quirks: [quirk] });
    const image = await imageOf(stage, { files: GOOD }, (manifest) => ({
      ...manifest,
      files: manifest.files.map((file, i) =>
        i === 0
          ? { ...file, sha256: '0'.repeat(64), objects: [{ sha256: '0'.repeat(64), octets: file.octets }] }
          : file,
      ),
    })).catch((error: unknown) => error as Error);
    if (typeof image === 'string') {
      const error = await failure(stage.restore(image));
      expect(error.code).to.equal('repository-corrupt');
      expect(error.details.release).to.equal('not-started');
      expect(seen).to.deep.equal([]);
    }
    set.stage.expectFree();
  });
});
