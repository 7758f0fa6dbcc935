// The restore procedure itself (clause 19.1.3): the image is checked whole and matched with the device before
// START; every file is written, read back and compared before ENDRESTORE; on any failure the restore is
// aborted. What cannot be proven is reported as unproven, never as done.

import { formatPlace } from '../client/index.js';
import type { Comeback } from './comeback.js';
import { EngineError } from '../errors.js';
import type { DeviceIdentity, ImageSummary, Repository } from '../repository/index.js';
import { fileError } from '../transfer/index.js';
import { keepLearned, learnedRow, quirksRow, remember } from './equip.js';
import { filePort } from './file-port.js';
import { measure } from './image-content.js';
import { keptAlive } from './keep-alive.js';
import { holding, Lease } from './lease.js';
import { openEntryOf } from './open-entry.js';
import { open, type Opening } from './opening.js';
import { type PhaseRow, runPhases } from './phases.js';
import { prepare } from './prepare.js';
import { checkUnchanged } from './unchanged.js';
import { endRestore, Return, type Returned } from './return.js';
import type { Session } from './session.js';
import { sightingReport } from './states.js';
import { keepAliveMs } from './timing.js';
import type { RestoreOptions, RestoreReport } from './types.js';
import { type FilePlan, FileWriter, planFile } from './write-files.js';

/** What is to be written to. */
export interface PlannedTarget {
  /** Who the device was when all was checked: it must still be the same right before START. */
  readonly identity: DeviceIdentity;
  /** As what and where it may come back; undefined: as it is. */
  readonly comeback: Comeback | undefined;
}

/** One restore, while the device is ours. */
interface RestoreRun extends Pick<PlannedTarget, 'comeback'> {
  readonly session: Session;
  readonly lease: Lease;
  readonly opening: Opening;
  readonly plans: readonly FilePlan[];
  readonly writer: FileWriter;
  readonly options: RestoreOptions;
  acknowledged: boolean;
  returned: Returned | undefined;
}

/** The restore procedure as a table; "identify" and "start" come before it, "abort" on any failure. */
export const RESTORE_PHASES: readonly PhaseRow<RestoreRun>[] = [
  { phase: 'prepare', run: ({ session, lease, opening }) => prepare(session, lease, opening.preparationMs) },
  { phase: 'write', run: (run) => keepingAlive(run, () => run.writer.writeAll()) },
  {
    phase: 'read-back',
    run: async (run) => {
      await keepingAlive(run, () => run.writer.readBackAll());
      await run.lease.checkHeld();
    },
  },
  {
    phase: 'end',
    run: async (run) => {
      run.acknowledged = await endRestore(run.session);
    },
  },
  {
    phase: 'return',
    run: async (run) => {
      const { session, lease, opening, options, acknowledged, comeback } = run;
      run.returned = await new Return(
        session,
        lease,
        opening.facts,
        acknowledged,
        options.returnTimeoutMs,
        comeback,
      ).follow();
    },
  },
];

/** An image that was written and ended, and what the device showed when it was back. */
export interface WrittenRestore extends Pick<
  RestoreReport,
  | 'readBack'
  | 'after'
  | 'octets'
  | 'octetsRewritten'
  | 'unproven'
  | 'release'
  | 'deviations'
  | 'learned'
  | 'quirks'
  | 'openEntry'
> {
  /** Who the device was right before START. */
  readonly identity: DeviceIdentity;
  /** What could not be read back before the end: an equal backup afterwards makes it good. */
  readonly unread: readonly string[];
  /** Why `release` is "unproven". */
  readonly stillIn?: string;
}

/**
 * Writes an image into the device and follows it until it is back. Rejects with EngineError; its details say
 * what became of the device (`release`). That it resolves is no proof of success.
 */
export async function writeRestore(
  session: Session,
  repository: Repository,
  image: ImageSummary,
  options: RestoreOptions,
  planned: PlannedTarget,
): Promise<WrittenRestore> {
  const plans = await plan(repository, image);
  const ledger = { journal: repository.journal, site: image.manifest.site };
  session.remembered = await remember(repository, image);
  const opening = await open(
    session,
    'restore',
    { ...options, takenAllowed: isTakenAllowed(options) },
    ledger,
  );
  checkUnchanged(planned.identity, opening.identity);
  requireSendable(session, plans);
  const files = plans.map(({ file }) => file);
  const writer = new FileWriter(session, filePort(session), files, options.quietMs);
  const returned = await holding(
    session,
    () => Lease.start(session, 'restore', opening),
    async (lease) => {
      const run: RestoreRun = {
        session,
        lease,
        opening,
        plans: files,
        writer,
        options,
        comeback: planned.comeback,
        acknowledged: false,
        returned: undefined,
      };
      await runPhases(RESTORE_PHASES, run);
      if (run.returned === undefined) throw new Error('a restore without its last phase');
      return run.returned;
    },
  );
  await keepLearned(session, repository, image, opening.identity);
  return report(session, opening, writer, returned);
}

/** Whether somebody allowed to begin on a device that shows somebody's procedure. */
function isTakenAllowed({ allow = [] }: RestoreOptions): boolean {
  return allow.includes('backup-state') || allow.includes('system-status');
}

interface MeasuredPlan {
  readonly file: FilePlan;
  readonly longestRecord: number;
}

/** Reads and hashes the whole image before anything is started. */
async function plan(repository: Repository, image: ImageSummary): Promise<readonly MeasuredPlan[]> {
  const { files } = image.manifest;
  if (files.length === 0) {
    throw new EngineError(
      'usage',
      `image ${image.id.slice(0, 8)} has no files, so there is nothing to restore`,
    );
  }
  await repository.verifyImage(image);
  const plans: MeasuredPlan[] = [];
  for (const row of files) {
    const { units, longestRecord } = await measure(repository, row);
    plans.push({ file: planFile(repository, row, units), longestRecord });
  }
  return plans;
}

/** A record that cannot travel is known before START, not when half the device is written. */
function requireSendable(session: Session, plans: readonly MeasuredPlan[]): void {
  for (const { file, longestRecord } of plans) {
    if (file.units > 0 && session.sizes.recordsToWrite(file.units, [longestRecord]) === 0) {
      const what = `its longest record has ${longestRecord} octets, which is larger than one request to this device`;
      throw fileError(file.file, 'transfer-unreadable', what);
    }
  }
}

function keepingAlive(run: RestoreRun, body: () => Promise<void>): Promise<void> {
  const { session, plans, opening } = run;
  return keptAlive(session, plans[0]?.file, keepAliveMs(opening.facts.backupFailureTimeoutS), body);
}

function report(session: Session, opening: Opening, writer: FileWriter, returned: Returned): WrittenRestore {
  const { written } = writer;
  const { sighting, revision, release, stillIn } = returned;
  return {
    identity: opening.identity,
    readBack: written.readBack,
    after: {
      ...sightingReport(sighting),
      databaseRevision: beforeAfter(opening.facts.databaseRevision, revision.databaseRevision),
      lastRestoreTime: beforeAfter(opening.facts.lastRestoreTime, revision.lastRestoreTime),
      address: formatPlace(session.device.address),
    },
    octets: written.octets,
    octetsRewritten: written.octetsRewritten,
    unread: written.unproven,
    unproven: returned.unproven,
    release,
    ...(stillIn === undefined ? {} : { stillIn }),
    deviations: session.deviations,
    ...learnedRow(session),
    ...quirksRow(session),
    ...openEntryOf(session),
  };
}

function beforeAfter<T>(
  before: T | undefined,
  after: T | undefined,
): { readonly before?: T; readonly after?: T } {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}
