// One device with some quirks: it is backed up, and, as another device of the same kind with other content,
// restored. Says how each ended and whether that is true, by looking into the device.

import type { DeviceConfigInput, DeviceView, FileConfig } from '../../simulator/index.js';
import { EngineError } from '../../src/errors.js';
import type { BackupReport, RestoreReport } from '../../src/procedure/index.js';
import type { ImageSummary } from '../../src/repository/index.js';
import { imageOf } from '../support/images.js';
import { octetsOf, recordFile, Stage, streamFile } from '../support/world.js';
import { type Contents, difference, imageContent } from '../swarm/checkers.js';

/** A quirk as the simulator takes it: "name" or "name=value". */
export type QuirkText = string;

export type Ending =
  /** It says that it is done and proven. */
  | 'proven'
  /** It says that it is done, and what of it is not proven. */
  | 'unproven'
  /** It says that it failed. */
  | 'failed';

export interface Act {
  readonly ending: Ending;
  /** Error code of a failure. */
  readonly code?: string;
  /** The message of a failure, or what is not proven. */
  readonly message: string;
  /** What is not as it was said; undefined when everything is. */
  readonly untrue?: string;
}

export interface Story {
  readonly quirks: readonly QuirkText[];
  readonly backup: Act;
  readonly restore: Act;
}

const LIMITS = { maxApdu: 480, segmentation: 'none' } as const;

const FILES: readonly FileConfig[] = [
  streamFile(1, 2000),
  recordFile(2, [10, 0, 300, 200, 20, 20, 20]),
  streamFile(3, 0),
  streamFile(4, 10),
];

const COMMON: DeviceConfigInput = {
  limits: LIMITS,
  procedure: {
    backupPreparationMs: 3000,
    restorePreparationMs: 3000,
    restoreCompletionMs: 3000,
    backupFailureTimeoutS: 60,
  },
};

/** Given always: a device that needs none ignores it. */
const password = 'secret';

/** Quirks that show only where a file is missing. */
const NEEDS_CREATING = /^create-|^lost-ack=create/;

export async function play(quirks: readonly QuirkText[]): Promise<Story> {
  return { quirks, backup: await playBackup(quirks), restore: await playRestore(quirks) };
}

async function playBackup(quirks: readonly QuirkText[]): Promise<Act> {
  const stage = await Stage.open({ device: { ...COMMON, files: FILES }, quirks });
  try {
    const report = await stage.backup({ password });
    const image = await stage.repository.image(report.imageId);
    return backedUp(stage, report, image, await imageContent(stage.repository, image));
  } catch (error) {
    return failed(
      stage,
      error,
      (await stage.repository.images()).length > 0 ? 'a failed backup left an image' : undefined,
    );
  }
}

function backedUp(stage: Stage, report: BackupReport, image: ImageSummary, held: Contents): Act {
  const { deviations } = image.manifest.procedure;
  const wrong = difference(contentOf(stage.view), held);
  const untrue = wrong === undefined ? undefined : `the image is not the device: ${wrong}`;
  const released = report.release === 'released';
  return {
    ending: released ? 'proven' : 'unproven',
    message: released ? '' : deviations.join('; '),
    ...told(untrue ?? stuck(stage, report.release)),
  };
}

async function playRestore(quirks: readonly QuirkText[]): Promise<Act> {
  const stage = await Stage.open({ device: { ...COMMON, files: damaged() }, quirks });
  const id = await imageOf(stage, { ...COMMON, files: FILES, procedure: {} });
  const image = await imageContent(stage.repository, await stage.repository.image(id));
  if (quirks.some((quirk) => NEEDS_CREATING.test(quirk))) stage.view.removeFile(4);
  try {
    const report = await stage.restore(id, { password });
    return restored(stage, report, image);
  } catch (error) {
    return failed(stage, error, undefined);
  }
}

function restored(stage: Stage, report: RestoreReport, image: Contents): Act {
  const { unproven } = report;
  const wrong = difference(image, contentOf(stage.view));
  const proven = unproven.length === 0;
  const activated = stage.deviceEvents.some(({ kind }) => kind === 'restored');
  const untrue =
    proven && wrong !== undefined
      ? `the device does not hold the image: ${wrong}`
      : proven && !activated
        ? 'the device never activated it'
        : undefined;
  return {
    ending: proven ? 'proven' : 'unproven',
    message: unproven.join('; '),
    ...told(untrue ?? stuck(stage, report.release)),
  };
}

function failed(stage: Stage, error: unknown, untrue: string | undefined): Act {
  if (!(error instanceof EngineError)) throw error;
  const defect = error.code === 'internal' ? `a defect: ${error.message}` : undefined;
  return {
    ending: 'failed',
    code: error.code,
    message: error.message,
    ...told(untrue ?? defect ?? stuck(stage, error.details.release)),
  };
}

/** A device that is called released must be. */
function stuck(stage: Stage, release: unknown): string | undefined {
  try {
    stage.expectHonest(release);
    return undefined;
  } catch (error) {
    return `it says "${String(release)}": ${error instanceof Error ? error.message : String(error)}`;
  }
}

function told(untrue: string | undefined): { readonly untrue?: string } {
  return untrue === undefined ? {} : { untrue };
}

/** What the device holds. */
function contentOf(view: DeviceView): Contents {
  return new Map(
    view.files.map(({ instance }) => [
      instance,
      view.fileRecords(instance) ?? [view.fileOctets(instance) ?? new Uint8Array(0)],
    ]),
  );
}

/** What the device holds before its restore. */
function damaged(): FileConfig[] {
  return FILES.map((file) =>
    file.access === 'stream'
      ? { ...file, content: octetsOf(file.content.length + 7, 4711) }
      : { ...file, records: [octetsOf(33, 1), octetsOf(5, 2)] },
  );
}
