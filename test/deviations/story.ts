// One device with some quirks: it is backed up, and, as another device of the same kind with other content,
// restored, once with an undo image and a way back, and once without. Says how each ended and whether that is
// true, by looking into the device.

import type { DeviceConfigInput, DeviceView, FileConfig } from '../../simulator/index.js';
import { EngineError } from '../../src/errors.js';
import type {
  BackupReport,
  FailedRestore,
  RestoreOptions,
  RestoreReport,
} from '../../src/procedure/index.js';
import type { ImageManifest, ImageSummary } from '../../src/repository/index.js';
import { imageOf, publishedIn } from '../support/images.js';
import { octetsOf, recordFile, Stage, streamFile } from '../support/world.js';
import { type Contents, difference, imageContent } from '../swarm/checkers.js';

/** A quirk as the simulator takes it: "name" or "name=value". */
export type QuirkText = string;

export type Ending =
  /** It says that it is done and proven. */
  | 'verified'
  /** It says that it is done, and what of it is not proven. */
  | 'restored-unverified'
  /** It says that it failed, and that the device is proven to be what it was before. */
  | 'failed-rolled-back'
  /** It says that it failed. */
  | 'failed'
  /** It says that it failed before anything was written. */
  | 'refused';

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
  /** As people restore: with an undo image, to which it is put back when it fails half-way. */
  readonly restore: Act;
  /** Without an undo image. */
  readonly bare: Act;
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

/** Devices that change by themselves: nobody can say what they were before. */
const changesByItself = (quirk: QuirkText): boolean => quirk.startsWith('file-changes');

export async function play(quirks: readonly QuirkText[]): Promise<Story> {
  const { act, image } = await playBackup(quirks);
  return {
    quirks,
    backup: act,
    restore: await playRestore(quirks, image, { undo: 'twice', rollback: true }),
    bare: await playRestore(quirks, image, { undo: 'none' }),
  };
}

/** An image, and where it is. */
interface Held {
  readonly stage: Stage;
  readonly manifest: ImageManifest;
}

async function playBackup(
  quirks: readonly QuirkText[],
): Promise<{ readonly act: Act; readonly image: Held | undefined }> {
  const stage = await Stage.open({ device: { ...COMMON, files: FILES }, quirks });
  try {
    const report = await stage.backup({ password });
    const image = await stage.repository.image(report.imageId);
    const act = backedUp(stage, report, image, await imageContent(stage.repository, image));
    return { act, image: { stage, manifest: image.manifest } };
  } catch (error) {
    const kept = (await stage.repository.images()).length > 0;
    const act = failed(stage, error, kept ? 'a failed backup left an image' : undefined);
    return { act: { ...act, ending: 'failed' }, image: undefined };
  }
}

function backedUp(stage: Stage, report: BackupReport, image: ImageSummary, held: Contents): Act {
  const { deviations } = image.manifest.procedure;
  const wrong = difference(contentOf(stage.view), held);
  const untrue = wrong === undefined ? undefined : `the image is not the device: ${wrong}`;
  const released = report.release === 'released';
  return {
    ending: released ? 'verified' : 'restored-unverified',
    message: released ? '' : deviations.join('; '),
    ...told(untrue ?? stuck(stage, report.release)),
  };
}

/** From the device's own image, and where it has none from that of a device that behaves. */
async function playRestore(
  quirks: readonly QuirkText[],
  own: Held | undefined,
  options: Partial<RestoreOptions>,
): Promise<Act> {
  const stage = await Stage.open({ device: { ...COMMON, files: damaged() }, quirks });
  const id =
    own === undefined
      ? await imageOf(stage, { ...COMMON, files: FILES, procedure: {} })
      : await publishedIn(stage, own.stage, own.manifest);
  const image = await imageContent(stage.repository, await stage.repository.image(id));
  if (quirks.some((quirk) => NEEDS_CREATING.test(quirk))) stage.view.removeFile(4);
  const before = contentOf(stage.view);
  try {
    const report = await stage.restore(id, { password, ...options });
    return restored(stage, report, image);
  } catch (error) {
    return failed(stage, error, undefined, quirks.some(changesByItself) ? undefined : before);
  }
}

function restored(stage: Stage, report: RestoreReport, image: Contents): Act {
  const { unproven, verdict } = report;
  const wrong = difference(image, contentOf(stage.view));
  const activated = stage.deviceEvents.some(({ kind }) => kind === 'restored');
  const untrue =
    verdict !== 'verified'
      ? undefined
      : wrong !== undefined
        ? `the device does not hold the image: ${wrong}`
        : activated
          ? undefined
          : 'the device never activated it';
  return { ending: verdict, message: unproven.join('; '), ...told(untrue ?? stuck(stage, report.release)) };
}

function failed(stage: Stage, error: unknown, untrue: string | undefined, before?: Contents): Act {
  if (!(error instanceof EngineError)) throw error;
  const { code, message, details } = error;
  const defect = code === 'internal' ? `a defect: ${message}` : undefined;
  const ending = endingOf(error);
  const isAsBefore = ending === 'refused' || ending === 'failed-rolled-back';
  const change = before === undefined || !isAsBefore ? undefined : difference(before, contentOf(stage.view));
  const changed = change === undefined ? undefined : `it says ${ending}, and the device changed: ${change}`;
  return { ending, code, message, ...told(untrue ?? defect ?? changed ?? stuck(stage, details.release)) };
}

function endingOf({ details }: EngineError): Ending {
  if (details['verdict'] === 'failed-rolled-back') return 'failed-rolled-back';
  const { left } = details as Partial<FailedRestore>;
  return details['verdict'] === undefined || left?.filesTouched === false ? 'refused' : 'failed';
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
