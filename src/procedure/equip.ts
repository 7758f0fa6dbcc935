// Fits a session to its device: what is known of such devices (quirks.ts), and what an earlier image learned
// of this very one. Also says what this run learned. Learned habits are hints: they belong to one firmware,
// they only say where to begin, and the device is believed where it shows something else.

import { PropertyId } from '../../protocol/index.js';
import { ChunkSizes, ReadWindow } from '../pacing/index.js';
import type { DeviceIdentity, ImageSummary, LearnedHabits, Repository } from '../repository/index.js';
import { isEngineError } from '../errors.js';
import { habitsOf } from '../transfer/index.js';
import { quirksOf, type Remedies, remedyWords, withKnownQuirks } from './quirks.js';
import type { Session } from './session.js';
import type { AppliedQuirk } from './types.js';

/** Called once the device has said who it is. */
export function equip(session: Session, identity: DeviceIdentity): void {
  const quirks = quirksOf(identity, withKnownQuirks(session.ownQuirks));
  session.remedies = Object.assign({}, ...quirks.map(({ remedies }) => remedies ?? {})) as Remedies;
  session.advice = quirks.map(({ advice }) => advice ?? {});
  session.quirks = quirks.map(({ name, remedies = {}, advice = {}, source }) => ({
    name,
    remedies: remedyWords(remedies),
    advice: Object.values(advice),
    source,
  }));
  for (const quirk of session.quirks) tell(session, quirk);
  const learned = stillTrue(session.remembered, identity);
  session.learnedBefore = learned;
  const { remedies } = session;
  session.withholdsPassword = remedies.password === 'when-asked' && session.password !== undefined;
  if (remedies.configurationFiles === 'by-index' || learned.configurationFiles === 'by-index')
    session.arraysByIndex.add(PropertyId.configurationFiles);
  // A network behind a router belongs to everybody on it, and carries one request at a time, none for long.
  const routed = session.device.address.network !== undefined;
  session.sizes = new ChunkSizes(session.device.limits, session.device.accepts, {
    wide: !routed && session.pace !== 'gentle',
    read: hints(learned.readOctets, remedies.readOctetsMax, learned.recordsPerRead, remedies.recordsMax),
    write: hints(learned.writeOctets, remedies.writeOctetsMax, undefined, remedies.recordsMax),
  });
  session.readWindow = new ReadWindow({
    pace: routed ? 'gentle' : session.pace,
    learned: learned.readsOutstanding,
  });
  session.habits = habitsOf({
    accessSwapped: learned.accessMethod === 'swapped',
    avoidsSizing:
      remedies.sizing === 'not-written'
        ? 'always'
        : learned.sizing === 'refused'
          ? 'when-growing'
          : undefined,
    readsPastEndOfFile: remedies.endOfFile === 'not-trusted',
  });
}

function hints(
  octets: number | undefined,
  octetsMax: number | undefined,
  records: number | undefined,
  recordsMax: number | undefined,
): { octets?: number; octetsMax?: number; records?: number; recordsMax?: number } {
  return {
    ...(octets === undefined ? {} : { octets }),
    ...(octetsMax === undefined ? {} : { octetsMax }),
    ...(records === undefined ? {} : { records }),
    ...(recordsMax === undefined ? {} : { recordsMax }),
  };
}

function tell(session: Session, quirk: AppliedQuirk): void {
  const { name, remedies, advice } = quirk;
  session.emit({ kind: 'quirk', device: session.device.instance, name, remedies, advice });
  if (remedies.length > 0) session.deviation(`known deviation ${name}: ${remedies.join(', ')}`);
}

/** What an earlier procedure learned, and of which device. */
export interface Remembered {
  readonly device: DeviceIdentity;
  readonly learned: LearnedHabits;
}

/** What of it still holds: nothing, when the device has become another one meanwhile. */
function stillTrue(before: Remembered | undefined, now: DeviceIdentity): LearnedHabits {
  return before !== undefined && isSame(before.device, now) ? before.learned : {};
}

function isSame(one: DeviceIdentity, other: DeviceIdentity): boolean {
  const keys = [
    'instance',
    'vendorId',
    'modelName',
    'firmwareRevision',
    'applicationSoftwareVersion',
  ] as const;
  return keys.every((key) => one[key] === other[key]);
}

/** What an image and the restores of it learned. Hints must not stop anything: facts that cannot be read are none. */
export async function remember(repository: Repository, image: ImageSummary): Promise<Remembered> {
  const { device, procedure } = image.manifest;
  let { learned = {} } = procedure;
  try {
    for (const { fact } of await repository.facts(image)) {
      if (fact.type === 'learned') learned = { ...learned, ...fact.learned };
    }
  } catch (error) {
    if (!isEngineError(error)) throw error;
  }
  return { device, learned };
}

/** What the newest image of a device learned; undefined when there is none. */
export async function rememberNewest(
  repository: Repository,
  site: string,
  instance: number,
): Promise<Remembered | undefined> {
  try {
    return await remember(repository, await repository.image('latest', { site, instance }));
  } catch (error) {
    if (isEngineError(error)) return undefined;
    throw error;
  }
}

/** Keeps what a restore learned beside its image, where that is news. A store that refuses loses a hint, no more. */
export async function keepLearned(
  session: Session,
  repository: Repository,
  image: ImageSummary,
  device: DeviceIdentity,
): Promise<void> {
  const learned = learnedOf(session);
  if (learned === undefined || !isSame(image.manifest.device, device)) return;
  const known: LearnedHabits = session.remembered?.learned ?? {};
  const keys = Object.keys(learned) as (keyof LearnedHabits)[];
  if (keys.every((key) => known[key] === learned[key])) return;
  try {
    await repository.record(image, { type: 'learned', learned });
  } catch (error) {
    if (!isEngineError(error)) throw error;
  }
}

/** What this run found out, for the next one; undefined when the device did everything as it should. */
export function learnedOf(session: Session): LearnedHabits | undefined {
  const { sizes, readWindow, habits, learnedBefore } = session;
  const found: { [K in keyof LearnedHabits]: LearnedHabits[K] | undefined } = {
    readOctets: sizes.learnt('read'),
    // A backup writes nothing: what an earlier restore learned is passed on.
    writeOctets: sizes.learnt('write') ?? (session.filesTouched ? undefined : learnedBefore.writeOctets),
    recordsPerRead: sizes.learntRecords(),
    // Of a device that bears more now, what was learnt is no longer true.
    readsOutstanding: readWindow.learnt ?? (readWindow.wasUsed ? undefined : learnedBefore.readsOutstanding),
    endOfFile: habits.endOfFile === 'with-last' ? undefined : habits.endOfFile,
    accessMethod: habits.accessSwapped ? 'swapped' : undefined,
    sizing:
      habits.sizingRefused === undefined && (session.filesTouched || learnedBefore.sizing === undefined)
        ? undefined
        : 'refused',
    configurationFiles: session.arraysByIndex.has(PropertyId.configurationFiles) ? 'by-index' : undefined,
    // What is known to be done wrongly is not tried again.
    readPropertyMultiple:
      session.multipleReads === 'unusable' ? 'unusable' : learnedBefore.readPropertyMultiple,
  };
  const told = Object.entries(found).filter(([, value]) => value !== undefined);
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

/** The row of a manifest, where there is something to tell. */
export function learnedRow(session: Session): { readonly learned?: LearnedHabits } {
  const learned = learnedOf(session);
  return learned === undefined ? {} : { learned };
}

/** The row of a report, where something is known of the device. */
export function quirksRow({ quirks }: Session): { readonly quirks?: readonly AppliedQuirk[] } {
  return quirks.length === 0 ? {} : { quirks };
}
