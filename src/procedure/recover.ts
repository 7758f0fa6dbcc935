// Releases a device from what we began on it and did not end: a process was killed, the network was gone.
// Whose a procedure is comes from the journal alone; what may be somebody else's is told and left alone,
// unless it is asked for by name.

import { PropertyId } from '../../protocol/index.js';
import type { Device } from '../client/index.js';
import { EngineError } from '../errors.js';
import { isUndo, type Repository } from '../repository/index.js';
import { numberOf, textOf } from '../transfer/index.js';
import { leftWith } from './failure.js';
import { readDeviceProperty } from './identify.js';
import { procedureShown } from './judgement.js';
import { OpenEntry } from './open-entry.js';
import { letGo, RELEASE_COMMAND } from './release.js';
import { Session } from './session.js';
import { isSameDevice, settleEntries, type Settled } from './settle-entries.js';
import { type ProcedureKind, sightingWords, stateName, STATUS_DURING, statusName } from './states.js';
import { RECOVERY_WAIT_MS } from './timing.js';
import type { EntryOutcome, RecoverOptions, RecoverReport } from './types.js';

/**
 * Settles the open entries of a device, and says what became of each. Rejects with EngineError
 * `device-silent` (then every entry stays), `usage` (another instance is said in `foreign`), `cancelled`, or what
 * the store rejects with. That something was left alone is a result, not an error.
 */
export async function recover(
  device: Device,
  repository: Repository,
  options: RecoverOptions = {},
): Promise<RecoverReport> {
  const session = new Session(device, options);
  try {
    session.throwIfCancelled();
    requireSameInstance(device, options);
    const all = await repository.journal.entries();
    const entries = all.filter(
      ({ instance, site }) => instance === device.instance && site === (options.site ?? site),
    );
    session.deviceName = textOf(await readDeviceProperty(session, PropertyId.objectName));
    const timeoutS = numberOf(await readDeviceProperty(session, PropertyId.backupFailureTimeout));
    const settled = await settleEntries({
      session,
      journal: repository.journal,
      entries,
      timeoutS,
      waitMs: options.foreign === undefined ? (options.waitMs ?? RECOVERY_WAIT_MS) : 0,
      isSameDevice: (entry) => isSameDevice(session, entry),
    });
    const report = await finished(session, repository, settled, options);
    const brokenOff = await brokenRestore(repository, report);
    return brokenOff === undefined ? report : { ...report, brokenOff };
  } catch (error) {
    throw leftWith(session, error, 'not-started');
  }
}

/** The last restore of ours that was not seen to end, and to what the device could be put back. */
async function brokenRestore(
  repository: Repository,
  { device, entries }: RecoverReport,
): Promise<RecoverReport['brokenOff']> {
  const last = entries.findLast(
    ({ entry, verdict }) =>
      entry.procedure === 'restore' && entry.note.standing !== 'starting' && verdict !== 'under-way',
  );
  if (last === undefined) return undefined;
  const { openedAt, site } = last.entry;
  const images = await repository.images({ site, instance: device });
  const undo = images.find(({ manifest }) => isUndo(manifest) && manifest.createdAt <= openedAt);
  return { openedAt, ...(undo === undefined ? {} : { undo: undo.id }) };
}

function requireSameInstance(device: Device, { foreign }: RecoverOptions): void {
  if (foreign === undefined || foreign.instance === device.instance) return;
  const text = `device ${foreign.instance} was to be released, and this is device ${device.instance}`;
  throw new EngineError('usage', text);
}

async function finished(
  session: Session,
  repository: Repository,
  settled: Settled,
  { foreign }: RecoverOptions,
): Promise<RecoverReport> {
  const { sighting, outcomes, released } = settled;
  if (released !== undefined) {
    const { procedure, release, words } = released;
    return report(session, settled, outcomes, { released: { procedure, foreign: false, release, words } });
  }
  if (sighting.silent)
    throw new EngineError('device-silent', 'it stopped answering when asked for its state');
  const procedure = procedureShown(sighting);
  if (procedure === undefined) return report(session, settled, outcomes, {});
  if (foreign !== undefined) return endForeign(session, repository, settled, procedure);
  const why =
    outcomes.find(({ entry, closed }) => !closed && entry.procedure === procedure)?.why ??
    "the journal knows nothing of it, so it is somebody else's";
  return report(session, settled, outcomes, { leftAlone: { procedure, why } });
}

/** Ends what is not known to be ours, as asked. That this was done is in the log of a run before it is. */
async function endForeign(
  session: Session,
  repository: Repository,
  settled: Settled,
  procedure: ProcedureKind,
): Promise<RecoverReport> {
  const { sighting, outcomes } = settled;
  const { journal } = repository;
  const { clock, device } = session;
  const shown = sightingWords(sighting);
  const run = await repository.beginRun('recover', {
    device: device.instance,
    foreign: true,
    procedure,
    shown,
  });
  const mayBeIt = (outcome: EntryOutcome): boolean =>
    !outcome.closed && outcome.verdict !== 'under-way' && outcome.entry.procedure === procedure;
  const open = new Map(
    outcomes.filter(mayBeIt).map((outcome) => [outcome, new OpenEntry(clock, journal, outcome.entry)]),
  );
  for (const entry of open.values()) await entry.ending();
  session.enter(procedure === 'backup' ? 'end' : 'abort');
  const statusSeen = sighting.status === STATUS_DURING[procedure];
  const released = await letGo(session, procedure, RELEASE_COMMAND[procedure], statusSeen);
  const after: EntryOutcome[] = [];
  for (const outcome of outcomes) {
    const entry = open.get(outcome);
    await entry?.settle(released);
    after.push(entry === undefined ? outcome : { ...outcome, ...entry.outcome(released) });
  }
  const { release, words } = released;
  await run.end(release, { words });
  return report(session, { ...settled, sighting: released.sighting ?? sighting }, after, {
    released: { procedure, foreign: true, release, words },
  });
}

function report(
  session: Session,
  { sighting }: Settled,
  entries: readonly EntryOutcome[],
  result: Pick<RecoverReport, 'released' | 'leftAlone'>,
): RecoverReport {
  const { deviceName, device } = session;
  return {
    kind: 'recover-report',
    device: device.instance,
    ...(deviceName === undefined ? {} : { name: deviceName }),
    ...(sighting.state === undefined ? {} : { state: stateName(sighting.state) }),
    ...(sighting.status === undefined ? {} : { systemStatus: statusName(sighting.status) }),
    entries: entries.toSorted((a, b) => (a.entry.openedAt < b.entry.openedAt ? -1 : 1)),
    ...result,
  };
}
