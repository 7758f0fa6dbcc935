// The backup procedure (clause 19.1.2): START, prepare, list, copy every file in order, END, and only then
// publish the image. Nothing is written to the device, not even its timeout. An image appears whole or
// not at all, and the device is released on every way out.

import type { ObjectId } from '../../protocol/index.js';
import type { Device } from '../client/index.js';
import type { EngineError, Release } from '../errors.js';
import type {
  DeviceIdentity,
  ImageDraft,
  ImageFile,
  ImageManifest,
  ImageSummary,
  ObjectListFacts,
  ProcedureTimings,
  Repository,
} from '../repository/index.js';
import { requireSite, TOOL, utcText } from '../repository/index.js';
import { copyFile, type FilePort } from '../transfer/index.js';
import { readConfigurationFiles } from './configuration-files.js';
import { endBackup } from './end-backup.js';
import { leftWith } from './failure.js';
import { learnedRow, quirksRow, rememberNewest } from './equip.js';
import { filePort } from './file-port.js';
import { reachedAt } from './identify.js';
import { keptAlive } from './keep-alive.js';
import { holding, Lease } from './lease.js';
import { openEntryOf } from './open-entry.js';
import { readObjectList } from './object-list.js';
import { open, type Opening } from './opening.js';
import { type PhaseRow, runPhases } from './phases.js';
import { prepare } from './prepare.js';
import type { Released } from './release.js';
import { readAgain, type SecondLooks } from './second-reading.js';
import { Session } from './session.js';
import { Story } from './story.js';
import { checkUnchanged } from './unchanged.js';
import { keepAliveMs } from './timing.js';
import type {
  BackupOptions,
  BackupReport,
  OpenEntryReport,
  Phase,
  ProcedureOptions,
  SecondReading,
} from './types.js';

/** One backup, while the device is ours. */
interface BackupRun {
  readonly session: Session;
  readonly lease: Lease;
  readonly opening: Opening;
  readonly draft: ImageDraft;
  files: readonly ObjectId[];
  readonly rows: ImageFile[];
}

/** The backup procedure as a table; "identify" and "start" come before it, publishing after. */
export const BACKUP_PHASES: readonly PhaseRow<BackupRun>[] = [
  { phase: 'prepare', run: ({ session, lease, opening }) => prepare(session, lease, opening.preparationMs) },
  {
    phase: 'list',
    run: async (run) => {
      run.files = await readConfigurationFiles(run.session);
    },
  },
  { phase: 'copy', run: copyAll },
  { phase: 'end', run: ({ lease }) => endBackup(lease) },
];

/**
 * Backs one device up into the repository. Rejects with EngineError; its details say what became of the
 * device (`release`). A report whose `release` is "unproven" has a whole image, of a device that was not
 * seen to leave the procedure. With `verify` the image is there whatever the second reading came to.
 */
export async function backup(
  device: Device,
  repository: Repository,
  options: BackupOptions = {},
): Promise<BackupReport> {
  const session = new Session(device, options);
  const beganMs = session.clock.now();
  let story: Story | undefined;
  try {
    const site = requireSite(options.site ?? repository.options.defaultSite);
    const { verify = false, tags = [] } = options;
    if (verify) story = await Story.begin(repository, 'backup', { device: device.instance, site, verify });
    const taken = await takeBackup(session, repository, { site, tags, twice: verify, story, options });
    const { image, release, secondReading } = taken;
    const { files } = image.manifest;
    await story?.end(secondReading?.outcome ?? 'done', { image: image.id, release });
    return {
      kind: 'backup-report',
      device: device.instance,
      imageId: image.id,
      manifest: image.manifest,
      files: files.length,
      octets: files.reduce((sum, row) => sum + row.octets, 0),
      durationMs: Math.round(session.clock.now() - beganMs),
      ...quirksRow(session),
      release,
      ...(secondReading === undefined ? {} : { secondReading }),
      ...(story === undefined ? {} : { run: story.run }),
      unrecorded: story?.unrecorded(taken.unrecorded) ?? taken.unrecorded,
      ...(taken.openEntry === undefined ? {} : { openEntry: taken.openEntry }),
    };
  } catch (error) {
    const left = leftWith(session, error, 'not-started');
    throw story === undefined ? left : await story.fail('failed', left);
  }
}

/** What is asked of a backup. */
export interface Taking {
  readonly site: string;
  /** Given to the image at its birth. */
  readonly tags: readonly string[];
  /** Whether the device is read a second time, in a procedure of its own. */
  readonly twice: boolean;
  readonly story: Story | undefined;
  readonly options: ProcedureOptions;
  /** Who the device must be. */
  readonly identity?: DeviceIdentity;
}

export interface Taken {
  readonly image: ImageSummary;
  readonly release: Release;
  readonly secondReading?: SecondReading;
  /** Why the second reading failed. */
  readonly secondError?: EngineError;
  /** What could not be written down. */
  readonly unrecorded: readonly string[];
  readonly openEntry?: OpenEntryReport;
}

/** What the first reading gave. */
interface FirstReading {
  readonly opening: Opening;
  readonly objects: ObjectListFacts | undefined;
  readonly rows: readonly ImageFile[];
  readonly startedAt: string;
  readonly endedAt: string;
  readonly timings: ProcedureTimings;
}

/** Takes a backup and publishes its image, if need be after a second reading. Rejects as `backup` does. */
export async function takeBackup(session: Session, repository: Repository, taking: Taking): Promise<Taken> {
  let release: Release = 'not-started';
  let draft: ImageDraft | undefined;
  try {
    // Before START: a repository that cannot be written to must not cost the device a procedure.
    draft = await repository.begin('backup');
    const { first, released } = await readOnce(session, repository, draft, taking);
    release = released.release;
    const { site, options } = taking;
    const looks = taking.twice
      ? await readAgain(session.device, repository, { site, files: first.rows }, released, options)
      : undefined;
    if (looks !== undefined) release = looks.release;
    // Stopped by the user between two readings: that is no backup.
    if (looks?.error?.code === 'cancelled') throw looks.error;
    const image = await draft.publish(manifestOf(session, taking, first, looks));
    await taking.story?.tell('image', { image: image.id, tags: taking.tags, release });
    if (looks === undefined) return { image, release, unrecorded: [], ...openEntryOf(session) };
    const { reading: secondReading, error, openEntry = openEntryOf(session).openEntry } = looks;
    await taking.story?.tell('second-reading', { ...secondReading });
    const unrecorded = await recordVerified(repository, image, secondReading, taking.story);
    return {
      image,
      release,
      secondReading,
      unrecorded,
      ...(error === undefined ? {} : { secondError: error }),
      ...(openEntry === undefined ? {} : { openEntry }),
    };
  } catch (error) {
    throw leftWith(session, error, release);
  } finally {
    await draft?.close();
  }
}

/** Writes down that two readings were equal; gives back why it could not. */
async function recordVerified(
  repository: Repository,
  image: ImageSummary,
  { outcome }: SecondReading,
  story: Story | undefined,
): Promise<readonly string[]> {
  if (outcome !== 'equal' && outcome !== 'volatile') return [];
  const run = story === undefined ? {} : { run: story.run };
  try {
    await repository.record(image, { type: 'verified', how: 'second-reading', ...run });
    return [];
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return [`that image ${image.id.slice(0, 8)} was read twice could not be written down: ${words}`];
  }
}

async function readOnce(
  session: Session,
  repository: Repository,
  draft: ImageDraft,
  { site, options, identity }: Taking,
): Promise<{ readonly first: FirstReading; readonly released: Released }> {
  session.remembered = await rememberNewest(repository, site, session.device.instance);
  const opening = await open(session, 'backup', options, { journal: repository.journal, site });
  if (identity !== undefined) checkUnchanged(identity, opening.identity);
  const objects = await readObjectList(session);
  const startedAt = utcText(session.clock.unixTime());
  const rows: ImageFile[] = [];
  const released = await holding(
    session,
    () => Lease.start(session, 'backup', opening),
    async (lease) => {
      await runPhases(BACKUP_PHASES, { session, lease, opening, draft, files: [], rows });
      return lease.release();
    },
  );
  const endedAt = utcText(session.clock.unixTime());
  const timings = timingsOf(session);
  return { first: { opening, objects, rows, startedAt, endedAt, timings }, released };
}

/** A file is saved while the device is asked about the next one; at most one is, and none is left when this ends. */
async function copyAll(run: BackupRun): Promise<void> {
  const { session, lease, files, rows, opening } = run;
  const port = filePort(session);
  let saving: Promise<ImageFile> | undefined;
  await keptAlive(session, files[0], keepAliveMs(opening.facts.backupFailureTimeoutS), async () => {
    try {
      for (const index of files.keys()) {
        const copy = copyOne(run, port, index);
        await copy.read;
        const before = saving;
        saving = copy.saved;
        if (before !== undefined) rows.push(await before);
        // A device whose watchdog fired goes on answering; what it then gives is no backup.
        await lease.checkHeld();
      }
      if (saving !== undefined) rows.push(await saving);
    } finally {
      await saving?.catch(() => undefined);
    }
  });
}

/** `read` when the device has given the whole file, `saved` when it is in the draft. */
function copyOne(
  { session, draft, files }: BackupRun,
  port: FilePort,
  index: number,
): { readonly read: Promise<unknown>; readonly saved: Promise<ImageFile> } {
  const file = files[index];
  if (file === undefined) throw new RangeError(`there is no file ${index}`);
  let wasRead = (): void => undefined;
  const reading = new Promise<void>((resolve) => {
    wasRead = resolve;
  });
  const saved = copyFile(port, draft, file, {
    begun: (properties, access) => {
      session.emit({
        kind: 'file',
        device: session.device.instance,
        file: file.instance,
        index,
        count: files.length,
        ...(properties.name === undefined ? {} : { name: properties.name }),
        access,
        ...(properties.fileSize === undefined ? {} : { octetsTotal: properties.fileSize }),
        ...(properties.recordCount === undefined ? {} : { recordsTotal: properties.recordCount }),
      });
    },
    read: () => wasRead(),
  });
  return { read: Promise.race([reading, saved]), saved };
}

/** How long the device was kept waiting, copied and let go. */
function timingsOf(session: Session): ProcedureTimings {
  const began = (phase: Phase): number =>
    session.phases.find((entered) => entered.phase === phase)?.atMs ?? session.clock.now();
  const ms = (from: number, to: number): number => Math.max(0, Math.round(to - from));
  return {
    prepareMs: ms(began('start'), began('list')),
    copyMs: ms(began('list'), began('end')),
    endMs: ms(began('end'), session.clock.now()),
  };
}

function manifestOf(
  session: Session,
  { site, tags }: Taking,
  first: FirstReading,
  looks: SecondLooks | undefined,
): ImageManifest {
  const { opening, objects, startedAt, endedAt, timings } = first;
  return {
    kind: 'bacvault-image',
    format: 1,
    site,
    createdAt: utcText(session.clock.unixTime()),
    tool: TOOL,
    ...(tags.length === 0 ? {} : { tags }),
    device: opening.identity,
    reachedAt: reachedAt(session),
    procedure: {
      startedAt,
      endedAt,
      ...opening.facts,
      statesSeen: session.statesSeen,
      systemStatusSeen: session.systemStatusSeen,
      passwordUsed: session.passwordUsed,
      deviations: session.deviations,
      requests: session.requests,
      retries: session.retries,
      ...learnedRow(session),
      timings,
      ...(objects === undefined ? {} : { objects }),
    },
    files: first.rows.map((row) => {
      const ranges = looks?.volatile.get(row.instance);
      return ranges === undefined ? row : { ...row, volatileRanges: ranges };
    }),
  };
}
