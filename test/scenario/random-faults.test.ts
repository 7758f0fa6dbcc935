// Devices, quirks, networks and moments of cancelling drawn from a seed: whatever is drawn, an image equals
// the device, a restored device equals the image or is not called so, and no device is called released
// that is not. To play one seed again: FAULT_SEED=n with this file alone.

import { expect } from 'chai';
import { BackupState } from '../../protocol/index.js';
import {
  type DeviceConfigInput,
  type FileConfig,
  quirks as allQuirks,
  SeededRandom,
} from '../../simulator/index.js';
import { EngineError } from '../../src/errors.js';
import type { BackupReport, RestoreReport } from '../../src/procedure/index.js';
import { imageOf } from '../support/images.js';
import { octetsOf, recordFile, Stage, streamFile } from '../support/world.js';

const SEEDS = 40;

/** Quirks that lie about what these tests look at, or need a value. */
const LEFT_OUT = ['max-apdu-claimed', 'property-missing', 'state-late', 'state-shows'];

const RUNNING: readonly number[] = [
  BackupState.preparingForBackup,
  BackupState.preparingForRestore,
  BackupState.performingABackup,
  BackupState.performingARestore,
];

interface Draw {
  readonly acts: 'backup' | 'restore';
  readonly device: DeviceConfigInput;
  readonly quirks: readonly string[];
  readonly good: readonly FileConfig[];
  readonly routed: boolean;
  readonly cancelAfterMs: number | undefined;
  readonly badNetwork: boolean;
}

function draw(random: SeededRandom): Draw {
  const one = <T>(...values: readonly [T, ...T[]]): T => values[random.below(values.length)] ?? values[0];
  const names = allQuirks.map((quirk) => quirk.name).filter((name) => !LEFT_OUT.includes(name));
  const quirks = Array.from(
    { length: random.below(4) },
    () => names[random.below(names.length)] ?? 'eof-never',
  );
  const acts = one('backup', 'restore');
  const good = [
    streamFile(1, random.below(3000)),
    recordFile(2, [10, 0, 20, 5, 30].slice(0, random.below(6))),
    streamFile(3, random.below(3)),
  ];
  const before = [{ ...streamFile(1, 0), content: octetsOf(random.below(3000), 7) }, recordFile(2, [3, 3])];
  const routed = random.chance(0.2);
  const maxApdu = one(50, 128, 206, 480, 1024, 1476);
  return {
    acts,
    quirks: [...new Set(quirks)],
    good,
    routed,
    badNetwork: random.chance(0.5),
    cancelAfterMs: random.chance(0.25) ? random.below(20_000) : undefined,
    device: {
      files: acts === 'backup' ? good : before,
      limits: {
        maxApdu: routed ? Math.min(480, maxApdu) : maxApdu,
        segmentation: one('none', 'both', 'transmit', 'receive'),
        maxSegments: 8,
      },
      procedure: {
        backupPreparationMs: random.below(5000),
        restorePreparationMs: random.below(5000),
        restoreCompletionMs: random.below(20_000),
        backupFailureTimeoutS: one(0, 10, 60),
        answersWhilePreparing: random.chance(0.6),
        stateProperties: random.chance(0.8),
        restartsAfterRestore: random.chance(0.4),
        watchdogLeadsTo: one('idle', 'failure'),
        createsFiles: random.chance(0.8),
      },
    },
  };
}

const plain = (parts: readonly Uint8Array[] | undefined): number[][] | undefined =>
  parts?.map((part) => [...part]);

function contentOf(stage: Stage, instance: number): number[][] | undefined {
  const octets = stage.view.fileOctets(instance);
  return plain(stage.view.fileRecords(instance) ?? (octets && [octets]));
}

async function checkBackup(stage: Stage, report: BackupReport): Promise<void> {
  const image = await stage.repository.image(report.imageId);
  expect(image.manifest.files.map((file) => file.instance)).to.have.members([1, 2, 3]);
  for (const { instance, accessMethod } of image.manifest.files) {
    const kept =
      accessMethod === 'record'
        ? await stage.records(image, instance)
        : [[...(await stage.content(image, instance))]];
    expect(kept, `file ${instance} of the image`).to.deep.equal(contentOf(stage, instance));
  }
}

function checkRestore(stage: Stage, report: RestoreReport, good: readonly FileConfig[]): void {
  if (report.unproven.length > 0) return;
  for (const file of good) {
    const wanted = plain(file.access === 'stream' ? [file.content] : file.records);
    expect(contentOf(stage, file.instance), `file ${file.instance} on the device`).to.deep.equal(wanted);
  }
}

async function play(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const { acts, device, quirks, good, routed, cancelAfterMs, badNetwork } = draw(random);
  const stage = await Stage.open({ seed, device, quirks, ...(routed ? { lane: {} } : {}) });
  const image = acts === 'restore' ? await imageOf(stage, { files: good }) : '';
  if (badNetwork) {
    const rates = { lossRate: 0.05, duplicateRate: 0.1, reorderRate: 0.1, reorderMs: 50 };
    stage.world.setLink({}, { ...rates, jitterMs: 10, delayMs: random.below(20) });
  }
  const controller = new AbortController();
  if (cancelAfterMs !== undefined) void stage.world.clock.sleep(cancelAfterMs).then(() => controller.abort());
  const { signal } = controller;
  let release: unknown;
  try {
    if (acts === 'backup') {
      const report = await stage.backup({ signal });
      ({ release } = report);
      await checkBackup(stage, report);
    } else {
      const report = await stage.restore(image, { signal });
      ({ release } = report);
      checkRestore(stage, report, good);
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    expect(error.code, error.message).to.not.be.oneOf(['internal', 'usage']);
    // A device that could not even be bound was not touched.
    release = error.details.release ?? 'not-started';
    expect(await stage.repository.images(), error.message).to.have.length(acts === 'backup' ? 0 : 1);
  }
  if (release !== 'unproven')
    expect(RUNNING, `it is said to be ${String(release)}`).to.not.include(stage.view.backupState);
}

describe('random faults', () => {
  const only = process.env['FAULT_SEED'];
  const seeds = only === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(only)];
  for (const seed of seeds) {
    it(`end exact or are told honestly (FAULT_SEED=${seed})`, () => play(seed));
  }
});
