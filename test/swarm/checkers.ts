// What must be true after every act, whatever the network, the device and the disk did. A checker returns
// what is wrong, in words, or nothing. It asks the truth itself: the device's inside. The only excuses are
// those of lies.ts, where nothing could have told.

import { BackupState, enumName } from '../../protocol/index.js';
import { EngineError, type ErrorDetails } from '../../src/errors.js';
import type {
  FailedRestore,
  FileComparison,
  RestoreReport,
  SecondReading,
  VerifyReport,
} from '../../src/procedure/index.js';
import type { ImageManifest, ImageSummary, Repository, UnitRange } from '../../src/repository/index.js';
import { joined } from '../support/world.js';
import { hidesLeaving, hidesProcedure, readAs, same, untold } from './lies.js';
import type { Content, WatchedDevice } from './watched-device.js';

/** Contents of files, by instance. */
export type Contents = ReadonlyMap<number, Content>;

/** What an image holds. */
export async function imageContent(
  repository: Repository,
  image: ImageSummary,
): Promise<Map<number, Content>> {
  const files = new Map<number, Content>();
  for (const file of image.manifest.files) {
    if (file.accessMethod === 'stream') {
      files.set(file.instance, [await joined(repository.content(file))]);
    } else {
      const records: Uint8Array[] = [];
      for await (const record of repository.records(file)) records.push(record);
      files.set(file.instance, records);
    }
  }
  return files;
}

/** Whether a difference in one file is excused. */
type Excuse = (instance: number, wanted: Content, found: Content) => boolean;

const none: Excuse = () => false;

/** Where two contents differ, in words; undefined when they are equal, octet by octet, but for excuses. */
export function difference(wanted: Contents, found: Contents, excused: Excuse = none): string | undefined {
  for (const [instance, parts] of wanted) {
    const other = found.get(instance);
    if (other === undefined) return `file ${instance} is missing`;
    if (same(parts, other) || excused(instance, parts, other)) continue;
    if (parts.length !== other.length)
      return `file ${instance} has ${other.length} parts, not ${parts.length}`;
    const index = parts.findIndex((part, i) => !same([part], other.slice(i, i + 1)));
    return `part ${index} of file ${instance} is another (${other[index]?.length} octets, not ${parts[index]?.length})`;
  }
  const more = [...found.keys()].filter((instance) => !wanted.has(instance));
  return more.length > 0 ? `files ${more.join(', ')} are too many` : undefined;
}

/** Excuses what a device lied about, where the engine could not know and said that it was not sure. */
function excusedBy(device: WatchedDevice, told: readonly string[]): Excuse {
  return (instance, held, read) => {
    const file = device.view.files.find((candidate) => candidate.instance === instance);
    return file !== undefined && untold(device, file, held, read, told);
  };
}

/** The image holds what the device holds, or held when it was read. `content`: what is in the image. */
export function checkImage(
  device: WatchedDevice,
  image: ImageSummary,
  content: Contents,
  eventsBefore: number,
  secondReading?: SecondReading['outcome'],
): string | undefined {
  const { files, procedure } = image.manifest;
  const deviations = [...procedure.deviations];
  for (const { instance, volatileRanges = [] } of files) {
    if (volatileRanges.length > 0 || secondReading === 'different')
      deviations.push(`file ${instance}: was read twice and differed`);
  }
  const excused = excusedBy(device, deviations);
  const found = nearest(device.readings(eventsBefore), (held) => difference(held, content, excused));
  return found === undefined ? undefined : `WRONG IMAGE ${image.id.slice(0, 8)}: ${found}`;
}

/** What is wrong with the last of these, unless one of them is right. */
function nearest(
  candidates: readonly Contents[],
  wrong: (candidate: Contents) => string | undefined,
): string | undefined {
  let found: string | undefined = 'the device was never read';
  for (const candidate of candidates) {
    found = wrong(candidate);
    if (found === undefined) break;
  }
  return found;
}

/** What happened while an act ran. */
export interface Course {
  /** When the last octets came. */
  readonly readMs: number | undefined;
  /** Events of the device before it. */
  readonly eventsBefore: number;
  /** Whether another client started a procedure on the device. */
  readonly othersStarted: boolean;
}

/**
 * A backup that is reported was one procedure from START until the last of its octets came: no restart and
 * no watchdog in between. Later, the device may leave it in any way.
 */
export function checkWhole(
  device: WatchedDevice,
  { manifest }: ImageSummary,
  { readMs, eventsBefore, othersStarted }: Course,
): string | undefined {
  // After ours was lost, somebody else's began: the device shows what it would show in ours.
  if (othersStarted) return undefined;
  if (readMs === undefined || hidesLeaving(device, manifest.procedure)) return undefined;
  let held = false;
  for (const event of device.since(eventsBefore)) {
    if (event.kind !== 'state' || event.now > readMs) continue;
    if (event.on === 'start-backup') held = true;
    else if (event.on !== 'prepared') held = false;
  }
  return held ? undefined : 'it was reported, and the device had left the backup before its last octets came';
}

/** What the device holds of the files of an image. */
export function heldOf(device: WatchedDevice, image: Contents): Map<number, Content> {
  const held = new Map<number, Content>();
  for (const { instance, access } of device.view.files) {
    if (image.has(instance)) held.set(instance, device.content(instance, access));
  }
  return held;
}

/**
 * The device held the whole image when it was told to use it. `held` is what it held then; a device that
 * refuses to be read during a restore is told all the same, and then nothing is called read back.
 */
export function checkBeforeEnd(
  device: WatchedDevice,
  report: Pick<RestoreReport, 'readBack' | 'deviations' | 'unproven'>,
  image: Contents,
  held: Contents | undefined,
): string | undefined {
  if (held === undefined) return 'a restore was reported that was never ended';
  if (report.readBack === 'not-possible') return undefined;
  const excused = excusedBy(device, [...report.deviations, ...report.unproven]);
  const found = difference(among(held, image), image, excused);
  return found === undefined ? undefined : `ENDRESTORE with wrong content: ${found}`;
}

/**
 * A restore that failed has told the device to use nothing but a whole image: its own, or that of its undo.
 * `ended`: what the device held at each ENDRESTORE. One that cannot be read back is told all the same.
 */
export function checkEnded(
  device: WatchedDevice,
  ended: readonly Contents[],
  images: readonly Contents[],
  { deviations = [] }: Pick<ErrorDetails, 'deviations'>,
): string | undefined {
  if (device.hasQuirk('reads-refused', 'abort-above', 'silent-above')) return undefined;
  const excused = excusedBy(device, deviations);
  for (const held of ended) {
    const found = nearest(images, (image) => difference(among(held, image), image, excused));
    if (found !== undefined) return `ENDRESTORE of a restore that failed, with wrong content: ${found}`;
  }
  return undefined;
}

/** The device holds what the image holds, when the report says so; outside what the report says is volatile. */
export function checkRestored(
  device: WatchedDevice,
  report: RestoreReport,
  image: Contents,
  eventsBefore: number,
): string | undefined {
  const { verdict, unproven, release } = report;
  const activated = device.since(eventsBefore).some(({ kind }) => kind === 'restored');
  if (unproven.length === 0 && !activated) return 'it calls proven what the device never activated';
  if ((verdict === 'verified') !== (unproven.length === 0 && release === 'released'))
    return `it is called ${verdict}, with ${unproven.length} doubts and the release ${release}`;
  if (verdict !== 'verified') {
    if (unproven.length === 0 && release === 'released') return 'it is not verified, and nothing says why';
    // Not readable during the restore: reported, never as proven.
    if (report.readBack === 'not-possible') return undefined;
  }
  // It held the image when it was told to use it. That it then did not is what is called unproven.
  if (!activated) return undefined;
  // A backup that came to nothing has changed what such a device holds, and nobody could read it.
  if (device.spec.living !== undefined && report.proof.outcome === 'not-possible') return undefined;
  const excused = excusedBy(device, [...report.deviations, ...unproven]);
  const found = nearest([heldOf(device, image), ...device.readings(eventsBefore)], (candidate) =>
    difference(
      among(candidate, image),
      image,
      (instance, held, wanted) =>
        excused(instance, held, wanted) || isEqualOutside(held, wanted, toldOf(report, instance)),
    ),
  );
  return found === undefined ? undefined : `WRONG RESTORE, called ${verdict}: ${found}`;
}

/** Those of the files that an image has. */
function among(held: Contents, image: Contents): Contents {
  return new Map([...held].filter(([instance]) => image.has(instance)));
}

/**
 * Where a file may differ from the image: in places that change by themselves; and, in a report that is no proof,
 * in all those that it names.
 */
function toldOf(
  { proof, verdict }: Pick<RestoreReport, 'proof' | 'verdict'>,
  instance: number,
): readonly UnitRange[] {
  const file = proof.files.find((one) => one.file === instance);
  return (verdict === 'verified' ? file?.volatile : file?.ranges) ?? [];
}

/** Whether two contents of one size differ nowhere but in these octets, or records. */
function isEqualOutside(one: Content, other: Content, ranges: readonly UnitRange[]): boolean {
  const isVolatile = (at: number): boolean => ranges.some(({ start, end }) => start <= at && at < end);
  const [[first], [second]] = [one, other];
  if (one.length === 1 && other.length === 1 && first !== undefined && second !== undefined)
    return (
      first.length === second.length && first.every((octet, at) => octet === second[at] || isVolatile(at))
    );
  return (
    one.length === other.length &&
    one.every((part, at) => same([part], other.slice(at, at + 1)) || isVolatile(at))
  );
}

/** What was known of a device before an act. */
export interface Known {
  /** What it held. */
  readonly former: Contents;
  /** Events of it until then. */
  readonly eventsBefore: number;
}

/**
 * A restore that failed says the truth of the device: no file was touched, or it may have been; and the state
 * that it showed last was one that it was in.
 */
export function checkLeft(
  device: WatchedDevice,
  { verdict, left }: Partial<FailedRestore>,
  { former, eventsBefore }: Known,
): string | undefined {
  if (verdict === undefined || left === undefined) return undefined;
  if (!left.filesTouched && !changesByItself(device)) {
    const found = difference(former, device.configuration());
    if (found !== undefined) return `it says that no file was touched, and ${found}`;
  }
  if (left.state === undefined || device.hasQuirk('state-shows', 'state-late')) return undefined;
  const states = device
    .since(eventsBefore)
    .flatMap((event) => (event.kind === 'state' ? [event.from, event.to] : []));
  return [device.view.backupState, ...states].some((state) => enumName(BackupState, state) === left.state)
    ? undefined
    : `it says that the device showed ${left.state}, and it was never in that state`;
}

/** Its files change when they are read, or when a backup begins. */
function changesByItself(device: WatchedDevice): boolean {
  return device.hasQuirk('file-changes') || device.spec.living !== undefined;
}

/** A device that is called rolled back holds what its undo image holds, and the image what it held before. */
export function checkRolledBack(
  device: WatchedDevice,
  failed: Partial<FailedRestore>,
  undo: Contents | undefined,
  eventsBefore: number,
): string | undefined {
  const { verdict, rollback } = failed;
  if (verdict === undefined || rollback === undefined) return undefined;
  if (verdict === 'failed') {
    const isBack = rollback.outcome === 'done' && rollback.report.verdict === 'verified';
    return isBack ? 'it was rolled back and proven, and is called failed' : undefined;
  }
  if (rollback.outcome !== 'done') return `it is called ${verdict}, and was not rolled back`;
  if (undo === undefined) return `it is called ${verdict}, and there is no undo image`;
  const { report } = rollback;
  const excused = excusedBy(device, [...report.deviations, ...report.unproven]);
  const found = nearest([heldOf(device, undo), ...device.readings(eventsBefore)], (candidate) =>
    difference(
      among(candidate, undo),
      undo,
      (instance, held, wanted) =>
        excused(instance, held, wanted) || isEqualOutside(held, wanted, toldOf(report, instance)),
    ),
  );
  return found === undefined ? undefined : `WRONG ROLLBACK: ${found}`;
}

/** An undo image holds what the device held before the restore, or, where that changes at every backup, then. */
export function checkUndo(
  device: WatchedDevice,
  { former, eventsBefore }: Known,
  undo: Contents,
  { procedure }: Pick<ImageManifest, 'procedure'>,
): string | undefined {
  // What such a device held when it was read, nobody knows any more.
  if (device.hasQuirk('file-changes')) return undefined;
  const excused = excusedBy(device, procedure.deviations);
  const candidates = device.spec.living === undefined ? [former] : device.readings(eventsBefore);
  const found = nearest(candidates, (held) => difference(held, undo, excused));
  return found === undefined ? undefined : `WRONG UNDO IMAGE: ${found}`;
}

/** The comparison says the truth. */
export function checkVerified(
  device: WatchedDevice,
  report: VerifyReport,
  image: Contents,
  eventsBefore: number,
): string | undefined {
  const { deviations } = report;
  const candidates = device.readings(eventsBefore);
  if (report.equal) {
    const excused = excusedBy(device, deviations);
    const wrong = nearest(candidates, (held) => difference(held, image, excused));
    return wrong === undefined ? undefined : `WRONG COMPARISON: it says equal; ${wrong}`;
  }
  // The order of the files is part of the comparison and not of `difference`.
  const misplaced = report.files.some((file) => file.problem !== undefined);
  const isLiedAbout = ({ file, unit, deviceSize }: FileComparison): boolean => {
    const access = unit === 'octets' ? 'stream' : 'record';
    return candidates.some((candidate) => {
      const held = candidate.get(file) ?? [];
      return untold(device, { instance: file, access }, held, readAs(held, access, deviceSize), deviations);
    });
  };
  const excused = report.files.filter(({ equal }) => !equal).some(isLiedAbout);
  // Which of its readings it was is not known: an earlier backup may have ended meanwhile, by itself (seed 701389).
  const areEqual = candidates.every((held) => difference(held, image) === undefined);
  return areEqual && !misplaced && !excused
    ? 'WRONG COMPARISON: it says different; they are equal'
    : undefined;
}

/** What a report or an error says of the device is what the device is. */
export function checkRelease(
  device: WatchedDevice,
  address: string,
  release: unknown,
  started: boolean,
): string | undefined {
  if (!['released', 'unproven', 'not-started'].includes(String(release)))
    return `it does not say whether the device was released: ${String(release)}`;
  if (release === 'not-started' && started) return 'it says "not-started", and the device had started';
  if (release === 'unproven' || hidesProcedure(device)) return undefined;
  return started && device.isHeldBy(address)
    ? `it says "${String(release)}", and the device is still in our procedure`
    : undefined;
}

/** A failure is one of the engine's own, with a code that is not a defect. */
export function checkError(error: unknown): string | undefined {
  if (!(error instanceof EngineError)) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `it failed with what is no EngineError: ${words}`;
  }
  if (error.code === 'internal') return `it failed with a defect: ${error.message} ${String(error.cause)}`;
  return undefined;
}
