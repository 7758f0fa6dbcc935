// The backup procedure (clause 19.1.2): START, prepare, list, copy every file in order, END, and only then
// publish the image. Nothing is written to the device, not even its timeout. An image appears whole or
// not at all, and the device is released on every way out.

import type { ObjectId } from '../../protocol/index.js';
import type { Device } from '../client/index.js';
import { EngineError } from '../errors.js';
import type {
  ImageDraft,
  ImageFile,
  ImageManifest,
  ProcedureTimings,
  Repository,
} from '../repository/index.js';
import { requireSite, TOOL, utcText } from '../repository/index.js';
import { copyFile } from '../transfer/index.js';
import { readConfigurationFiles } from './configuration-files.js';
import { leftWith } from './failure.js';
import { filePort } from './file-port.js';
import { reachedAt } from './identify.js';
import { keptAlive } from './keep-alive.js';
import { holding, Lease } from './lease.js';
import { openEntryOf } from './open-entry.js';
import { open, type Opening } from './opening.js';
import { type PhaseRow, runPhases } from './phases.js';
import { prepare } from './prepare.js';
import { type Released, showsFailure } from './release.js';
import { Session } from './session.js';
import { sightingWords } from './states.js';
import { keepAliveMs } from './timing.js';
import type { BackupOptions, BackupReport, Phase } from './types.js';

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
 * seen to leave the procedure.
 */
export async function backup(
  device: Device,
  repository: Repository,
  options: BackupOptions = {},
): Promise<BackupReport> {
  const session = new Session(device, options);
  const { clock } = session;
  const beganMs = clock.now();
  let released: Released | undefined;
  try {
    const site = requireSite(options.site ?? repository.options.defaultSite);
    const opening = await open(session, 'backup', options);
    const startedAt = utcText(clock.unixTime());
    const rows: ImageFile[] = [];
    const draft = repository.begin();
    released = await holding(
      session,
      () => Lease.start(session, 'backup', opening, { journal: repository.journal, site }),
      async (lease) => {
        await runPhases(BACKUP_PHASES, { session, lease, opening, draft, files: [], rows });
        return lease.release();
      },
    );
    const manifest = manifestOf(session, site, opening, startedAt, rows);
    const image = await draft.publish(manifest);
    return {
      kind: 'backup-report',
      device: device.instance,
      imageId: image.id,
      manifest: image.manifest,
      files: rows.length,
      octets: rows.reduce((sum, row) => sum + row.octets, 0),
      durationMs: clock.now() - beganMs,
      release: released.release,
      ...openEntryOf(session),
    };
  } catch (error) {
    throw leftWith(session, error, released?.release ?? 'not-started');
  }
}

async function copyAll(run: BackupRun): Promise<void> {
  const { session, lease, draft, files, rows, opening } = run;
  const port = filePort(session);
  await keptAlive(session, files[0], keepAliveMs(opening.facts.backupFailureTimeoutS), async () => {
    for (const [index, file] of files.entries()) {
      rows.push(
        await copyFile(port, draft, file, (properties, access) => {
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
        }),
      );
      // A device whose watchdog fired goes on answering; what it then gives is no backup.
      await lease.checkHeld();
    }
  });
}

/** Ends a backup. Rejects `procedure-failed` when the device then says that it failed. */
export async function endBackup(lease: Lease): Promise<void> {
  const released = await lease.release();
  if (released.sighting !== undefined && showsFailure('backup', released.sighting)) {
    throw new EngineError(
      'procedure-failed',
      `the backup failed at its end: ${sightingWords(released.sighting)}`,
    );
  }
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
  site: string,
  opening: Opening,
  startedAt: string,
  files: readonly ImageFile[],
): ImageManifest {
  const now = utcText(session.clock.unixTime());
  return {
    kind: 'bacvault-image',
    format: 1,
    site,
    createdAt: now,
    tool: TOOL,
    device: opening.identity,
    reachedAt: reachedAt(session),
    procedure: {
      startedAt,
      endedAt: now,
      ...opening.facts,
      statesSeen: session.statesSeen,
      systemStatusSeen: session.systemStatusSeen,
      passwordUsed: session.password !== undefined,
      deviations: session.deviations,
      requests: session.requests,
      retries: session.retries,
      timings: timingsOf(session),
    },
    files,
  };
}
