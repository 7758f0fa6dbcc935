// Restores to play through: devices that hold something else than the image, and what must be true after.

import { expect } from 'chai';
import { ConfirmedService, decodeReinitializeDeviceRequest } from '../../protocol/index.js';
import type { DeviceConfigInput, FileConfig, Quirk } from '../../simulator/index.js';
import type { RestoreReport } from '../../src/procedure/index.js';
import type { LearnedHabits } from '../../src/repository/index.js';
import { imageOf } from './images.js';
import { octetsOf, recordFile, Stage, type StageOptions, streamFile } from './world.js';

export const NARROW = { maxApdu: 480, segmentation: 'none' } as const;

/** What the image holds. */
export const GOOD: readonly FileConfig[] = [
  streamFile(1, 2000),
  recordFile(2, [10, 0, 300, 200]),
  streamFile(3, 10),
];

/** The same files with other content: what a device holds before the restore. */
export function damaged(files: readonly FileConfig[], grow = 7): readonly FileConfig[] {
  return files.map((file) =>
    file.access === 'stream'
      ? { ...file, content: octetsOf(file.content.length + grow, 4711) }
      : { ...file, records: [octetsOf(33, 1), octetsOf(5, 2)] },
  );
}

export interface Story extends StageOptions {
  readonly good?: readonly FileConfig[];
  readonly before?: readonly FileConfig[];
  /** What the image says that it learned of the device. */
  readonly learned?: LearnedHabits;
}

export interface Scene {
  readonly stage: Stage;
  readonly image: string;
  readonly good: readonly FileConfig[];
}

/** A damaged device and the image that it shall get back. */
export async function scene(story: Story): Promise<Scene> {
  const { good = GOOD, before = damaged(good), device = {}, learned, ...options } = story;
  const common: DeviceConfigInput = { limits: NARROW, ...device };
  const stage = await Stage.open({ ...options, device: { ...common, files: before } });
  const image = await imageOf(stage, { ...common, files: good, procedure: {} }, (manifest) =>
    learned === undefined ? manifest : { ...manifest, procedure: { ...manifest.procedure, learned } },
  );
  return { stage, good, image };
}

/** The device holds the image: every octet, every record boundary. */
export function expectExact({ stage, good }: Pick<Scene, 'stage' | 'good'>): void {
  for (const file of good) {
    const wanted = file.access === 'stream' ? [file.content] : file.records;
    const { view } = stage;
    const found =
      file.access === 'stream' ? [view.fileOctets(file.instance)] : view.fileRecords(file.instance);
    const octets = found?.map((part) => [...(part ?? [])]);
    expect(octets, `file ${file.instance}`).to.deep.equal(wanted.map((part) => [...part]));
  }
}

/** Restores; the device must then hold the image and be released. */
export async function exact(story: Story): Promise<RestoreReport> {
  const set = await scene(story);
  const report = await set.stage.restore(set.image);
  expectExact(set);
  expect(report.release).to.equal('released');
  set.stage.expectFree();
  return report;
}

/** A quirk that changes nothing, and notes the states that ReinitializeDevice asks for. */
export function reinitializations(): { readonly quirk: Quirk; readonly seen: number[] } {
  const seen: number[] = [];
  const quirk: Quirk = {
    name: 'listens',
    summary: 'notes ReinitializeDevice',
    beforeRequest: ({ service, payload }) => {
      if (service === ConfirmedService.reinitializeDevice)
        seen.push(decodeReinitializeDeviceRequest(payload).state);
      return undefined;
    },
  };
  return { quirk, seen };
}
