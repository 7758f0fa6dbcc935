// What must be true after every act, whatever the network, the device and the disk did. A checker returns
// what is wrong, in words, or nothing; it knows no faults and asks the truth itself: the device's inside.

import { EngineError } from '../../src/errors.js';
import type { BackupReport, RestoreReport, VerifyReport } from '../../src/procedure/index.js';
import type { ImageSummary, Repository } from '../../src/repository/index.js';
import { joined } from '../support/world.js';
import type { Content, WatchedDevice } from './watched-device.js';

export type ActReport = BackupReport | RestoreReport | VerifyReport;

/** What an image holds, by file instance. */
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

/** Where two contents differ, in words; undefined when they are equal, octet by octet. */
export function difference(
  wanted: ReadonlyMap<number, Content>,
  found: ReadonlyMap<number, Content>,
): string | undefined {
  for (const [instance, parts] of wanted) {
    const other = found.get(instance);
    if (other === undefined) return `file ${instance} is missing`;
    if (parts.length !== other.length)
      return `file ${instance} has ${other.length} parts, not ${parts.length}`;
    for (const [index, part] of parts.entries()) {
      const same = Buffer.compare(part, other[index] ?? new Uint8Array(0)) === 0;
      if (!same)
        return `part ${index} of file ${instance} is another (${other[index]?.length} octets, not ${part.length})`;
    }
  }
  const more = [...found.keys()].filter((instance) => !wanted.has(instance));
  return more.length > 0 ? `files ${more.join(', ')} are too many` : undefined;
}

/** Whether nobody could know better what the device holds, or the image itself says that it may be late. */
export function mayDiffer(device: WatchedDevice, image: ImageSummary): boolean {
  if (device.lies('image')) return true;
  // It changed back and forth between two readings, and then once more: both readings were true once.
  const { deviations } = image.manifest.procedure;
  return (
    device.hasQuirk('file-changes') && deviations.some((text) => text.includes('two readings were equal'))
  );
}

/** The image holds what the device holds. */
export async function checkImage(
  device: WatchedDevice,
  repository: Repository,
  image: ImageSummary,
): Promise<string | undefined> {
  if (mayDiffer(device, image)) return undefined;
  const found = difference(device.configuration(), await imageContent(repository, image));
  return found === undefined ? undefined : `WRONG IMAGE ${image.id.slice(0, 8)}: ${found}`;
}

/** Quirks with which a client cannot see what the procedure does in the device. */
const BLINDING = ['property-missing', 'state-shows', 'state-late', 'end-always-acked', 'never-prepared'];

/**
 * A backup that is reported was one procedure from START until END was sent: no restart and no watchdog in
 * between. Later, the device may leave it in any way.
 */
export function checkWhole(
  device: WatchedDevice,
  report: BackupReport,
  endSentMs: number,
  eventsBefore: number,
): string | undefined {
  if (device.spec.config.procedure?.stateProperties === false || device.hasQuirk(...BLINDING))
    return undefined;
  let held = false;
  let whole = false;
  for (const event of device.since(eventsBefore)) {
    if (event.kind !== 'state') continue;
    if (event.on === 'start-backup') held = true;
    else if (held && event.now >= endSentMs) whole = true;
    else if (event.on !== 'prepared') held = false;
  }
  // END was refused, and the report says so.
  whole ||= held && report.release === 'unproven';
  return whole ? undefined : 'it was reported, and the device was not in one backup from START to END';
}

/** The device holds the whole image when it is told to use it. */
export function checkBeforeEnd(
  device: WatchedDevice,
  image: ReadonlyMap<number, Content>,
): string | undefined {
  const found = difference(image, heldOf(device, image));
  return found === undefined ? undefined : `ENDRESTORE with wrong content: ${found}`;
}

function heldOf(device: WatchedDevice, image: ReadonlyMap<number, Content>): Map<number, Content> {
  const held = new Map<number, Content>();
  for (const { instance, access } of device.view.files) {
    if (image.has(instance)) held.set(instance, device.content(instance, access));
  }
  return held;
}

/** The device holds what the image holds, when the report says so. */
export function checkRestored(
  device: WatchedDevice,
  report: RestoreReport,
  image: ReadonlyMap<number, Content>,
  eventsBefore: number,
): string | undefined {
  if (device.lies('content')) return undefined;
  const activated = device.since(eventsBefore).some(({ kind }) => kind === 'restored');
  if (report.unproven.length === 0 && !activated) return 'it calls proven what the device never activated';
  // Not readable during the restore: reported, never as proven.
  if (report.readBack === 'not-possible') {
    return report.unproven.length === 0 ? 'nothing was read back, and nothing is called unproven' : undefined;
  }
  const found = difference(image, heldOf(device, image));
  return found === undefined ? undefined : `WRONG RESTORE: ${found}`;
}

/** The comparison says the truth. */
export function checkVerified(
  device: WatchedDevice,
  report: VerifyReport,
  image: ReadonlyMap<number, Content>,
): string | undefined {
  if (device.lies('image')) return undefined;
  const found = difference(image, device.configuration());
  const equal = found === undefined;
  // The order of the files is part of the comparison and not of `difference`.
  const misplaced = equal && report.files.some((file) => file.problem !== undefined);
  if (report.equal === equal || misplaced) return undefined;
  return `WRONG COMPARISON: it says ${report.equal ? 'equal' : 'different'}; ${found ?? 'they are equal'}`;
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
  if (release === 'unproven' || device.lies('release')) return undefined;
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
