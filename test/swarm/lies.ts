// What nothing can tell: the few ways in which a simulated device lies so that no client, however careful,
// could know better. Each is one quirk, what exactly it may make of one file, and what the engine must say
// of it all the same. Everything else that is not equal is a fault of the engine.

import { enumName, SystemStatus } from '../../protocol/index.js';
import type { ProcedureFacts } from '../../src/repository/index.js';
import type { Content, WatchedDevice } from './watched-device.js';

interface Lie {
  /** Why no client can know. */
  readonly why: string;
  readonly told: (device: WatchedDevice, access: 'stream' | 'record') => boolean;
  /** Whether the device, holding `held`, may have let `read` be read. */
  readonly makes: (held: Content, read: Content) => boolean;
  /** One of these must be among what is said about the file: the engine admits that it is not sure. */
  readonly admitted: readonly string[];
}

const LIES: readonly Lie[] = [
  {
    why: 'the file changed and changed back while it was read, so that two whole readings were equal; or it tells no date, and its size stayed the same',
    told: (device) => device.hasQuirk('file-changes'),
    makes: (held, read) => same(withFirstOctetInverted(held), read),
    admitted: [
      'was read twice and differed',
      'two readings were equal',
      'went on changing',
      'Modification_Date is not readable',
    ],
  },
  {
    why: 'a file gives one octet or record more than its size says, as files do that grow, or whose content is made when it is read; no more, since one is asked for there',
    told: (device) => device.hasQuirk('long-reads'),
    makes: (held, read) => excess(held, read) === 1,
    admitted: ['but there were'],
  },
  {
    why: 'a file that tells no size gives more at its end than it has',
    told: (device, access) => device.hasQuirk('long-reads') && device.hidesSize(access),
    makes: (held, read) => excess(held, read) !== undefined,
    admitted: ['File_Size is not readable', 'Record_Count is not readable'],
  },
  {
    why: 'no size tells that octets are missing, and a device that never says End_Of_File ends just so',
    told: (device, access) => device.hidesSize(access) && device.hasQuirkOf('zero-octets', 'always'),
    makes: (_, read) => sizeOf(read) === 0,
    admitted: ['taken as the end'],
  },
];

/**
 * Whether nobody could have known that the device holds something else than was read, and it was admitted:
 * `said` are the deviations and what is called unproven.
 */
export function untold(
  device: WatchedDevice,
  file: { readonly instance: number; readonly access: 'stream' | 'record' },
  held: Content,
  read: Content,
  said: readonly string[],
): boolean {
  const about = said.filter((text) => /^file (\d+)\b/.exec(text)?.[1] === String(file.instance));
  return LIES.some(
    ({ told, makes, admitted }) =>
      told(device, file.access) &&
      makes(held, read) &&
      about.some((text) => admitted.some((words) => text.includes(words))),
  );
}

/**
 * Whether the device may be taken as released although it is not: it shows the state of nobody's procedure,
 * or of another kind, and no System_Status speaks against it.
 */
export function hidesProcedure(device: WatchedDevice): boolean {
  return device.hasQuirk('state-shows') && device.hidesStatus;
}

/**
 * Whether neither state nor status tell that the device has left a procedure by itself, or never entered it,
 * and the image admits that. A device that leaves before it was first looked at shows no other status than one
 * that never shows any.
 */
export function hidesLeaving(
  device: WatchedDevice,
  { deviations, systemStatusSeen }: Pick<ProcedureFacts, 'deviations' | 'systemStatusSeen'>,
): boolean {
  const status = enumName(SystemStatus, SystemStatus.backupInProgress);
  if (!device.hidesStatus && systemStatusSeen.includes(status)) return false;
  if (device.hasQuirk('state-shows')) return true;
  const stateless =
    device.spec.config.procedure?.stateProperties === false || device.hasQuirkOf('property-missing', '338');
  return stateless && deviations.some((text) => text.includes('Backup_And_Restore_State is not readable'));
}

/** How many zeros, or records with nothing in them, are behind the same content; undefined: it is another. */
function excess(held: Content, read: Content): number | undefined {
  const isZero = (octets: Uint8Array): boolean => octets.every((octet) => octet === 0);
  const [[mine], [theirs]] = [held, read];
  // A stream file is one part, however long.
  if (held.length === 1 && read.length === 1 && mine !== undefined && theirs !== undefined) {
    const more = theirs.length - mine.length;
    const isSame = same([mine], [theirs.subarray(0, mine.length)]) && isZero(theirs.subarray(mine.length));
    return isSame && more > 0 ? more : undefined;
  }
  const more = read.length - held.length;
  const isSame =
    same(held, read.slice(0, held.length)) && read.slice(held.length).every(({ length }) => length === 0);
  return isSame && more > 0 ? more : undefined;
}

/** What a device has given of a file that it then is called so long: cut there, or with nothing behind it. */
export function readAs(held: Content, access: 'stream' | 'record', units: number): Content {
  if (access === 'record') return Array.from({ length: units }, (_, at) => held[at] ?? new Uint8Array(0));
  const octets = new Uint8Array(units);
  octets.set((held[0] ?? octets).subarray(0, units));
  return [octets];
}

function sizeOf(content: Content): number {
  return content.reduce((sum, part) => sum + part.length, 0);
}

export function same(one: Content, other: Content): boolean {
  return (
    one.length === other.length &&
    one.every((part, i) => Buffer.compare(part, other[i] ?? new Uint8Array(0)) === 0)
  );
}

/** What the quirk file-changes makes of a file without "grow". */
function withFirstOctetInverted(content: Content): Content {
  const [first, ...rest] = content;
  if (first === undefined || first.length === 0) return content;
  const inverted = first.slice();
  inverted[0] = (inverted[0] ?? 0) ^ 0xff;
  return [inverted, ...rest];
}
