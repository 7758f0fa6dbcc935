// ZIP archives member by member. An archive is foreign: its names are text and never paths, its sizes are
// claims, and not more is unpacked than was agreed, whatever it says of itself. Damaged ones are not taken apart.

import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { excerpt } from '../excerpt.js';
import { CHANGES_MAX, CONTENT_OCTETS_MAX, MEMBERS_MAX, UNPACKED_OCTETS_MAX } from '../limits.js';
import { gather } from '../memory-content.js';
import type { ContentView, MemberDiff, MemberSide, ZipView } from '../types.js';
import { decodeText } from './charset.js';

/** How two members are shown, once they are unpacked. */
export type ShowContents = (a: Uint8Array, b: Uint8Array) => Promise<ContentView | undefined>;

/** undefined when either is no archive, or a damaged one. */
export async function zipView(
  a: Uint8Array,
  b: Uint8Array,
  show: ShowContents,
): Promise<ZipView | undefined> {
  if (!isArchive(a) || !isArchive(b)) return undefined;
  try {
    return await compare(await Archive.open(a), await Archive.open(b), show);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** It begins with a member, or is the end of an empty one. */
function isArchive([p, k, three, four]: Uint8Array): boolean {
  return p === 0x50 && k === 0x4b && ((three === 3 && four === 4) || (three === 5 && four === 6));
}

/** An archive that is not taken apart. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

interface Member {
  readonly name: string;
  readonly entry: Entry;
}

class Archive {
  readonly #file: ZipFile;
  readonly members: readonly Member[];
  readonly octets: number;

  private constructor(file: ZipFile, members: readonly Member[], octets: number) {
    this.#file = file;
    this.members = members;
    this.octets = octets;
  }

  static async open(octets: Uint8Array): Promise<Archive> {
    try {
      const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
      // Names as octets: the library would refuse a whole archive for one name that is a path.
      const file = await yauzl.fromBufferPromise(buffer, {
        lazyEntries: true,
        decodeStrings: false,
        autoClose: false,
      });
      const members: Member[] = [];
      for await (const entry of file.eachEntry()) {
        if (members.length === MEMBERS_MAX) throw new Unreadable('too many members');
        members.push({ name: nameOf(entry.fileNameRaw), entry });
      }
      return new Archive(file, members, octets.length);
    } catch (error) {
      throw new Unreadable('damaged', { cause: error });
    }
  }

  /** The octets of a member, packed or not; rejects `Unreadable` when there are not just as many as it says. */
  async read(entry: Entry, packed: boolean): Promise<Uint8Array> {
    try {
      const stream = await this.#file.openReadStreamPromise(entry, packed ? { decodeFileData: false } : {});
      const octets = packed ? entry.compressedSize : entry.uncompressedSize;
      return await gather(stream as AsyncIterable<Uint8Array>, octets);
    } catch (error) {
      throw new Unreadable('damaged', { cause: error });
    }
  }
}

function nameOf(raw: Uint8Array): string {
  return decodeText(raw)?.text ?? String.fromCharCode(...raw.subarray(0, 1024));
}

async function compare(a: Archive, b: Archive, show: ShowContents): Promise<ZipView> {
  // Members of a sound archive lie side by side; some others are made of the same octets a thousand times.
  const packed = new Budget(a.octets + b.octets);
  const unpacked = new Budget(UNPACKED_OCTETS_MAX);
  const members: MemberDiff[] = [];
  let equal = 0;
  let more = 0;
  const tell = (member: MemberDiff): void => {
    if (members.length < CHANGES_MAX) members.push(member);
    else more += 1;
  };
  const waiting = byName(a.members);
  for (const { name, entry } of b.members) {
    const before = waiting.get(name)?.shift();
    const shown = excerpt(name);
    if (before === undefined) tell({ name: shown, change: 'added', b: sideOf(entry) });
    else {
      const full = members.length >= CHANGES_MAX;
      const found = await compareMembers(a, before, b, entry, { packed, unpacked, show, full });
      if (found === undefined) equal += 1;
      else tell({ name: shown, ...found, a: sideOf(before), b: sideOf(entry) });
    }
  }
  for (const [name, left] of waiting)
    for (const entry of left) tell({ name: excerpt(name), change: 'removed', a: sideOf(entry) });
  return { kind: 'zip', members, more, equal };
}

/** A name may be there more than once. */
function byName(members: readonly Member[]): Map<string, Entry[]> {
  const named = new Map<string, Entry[]>();
  for (const { name, entry } of members) {
    const alike = named.get(name);
    if (alike) alike.push(entry);
    else named.set(name, [entry]);
  }
  return named;
}

function sideOf(entry: Entry): MemberSide {
  const { uncompressedSize, compressedSize, crc32 } = entry;
  return {
    octets: uncompressedSize,
    packedOctets: compressedSize,
    crc32: (crc32 >>> 0).toString(16).padStart(8, '0'),
  };
}

/** What may still be read, or unpacked. */
class Budget {
  #left: number;

  constructor(octets: number) {
    this.#left = octets;
  }

  /** Whether two members of these sizes may be; if so, they are counted. */
  take(...octets: readonly number[]): boolean {
    const sum = octets.reduce((total, some) => total + some, 0);
    if (sum > this.#left || octets.some((some) => some > CONTENT_OCTETS_MAX)) return false;
    this.#left -= sum;
    return true;
  }
}

interface Manner {
  readonly packed: Budget;
  readonly unpacked: Budget;
  readonly show: ShowContents;
  /** So much is shown already that this one will not be. */
  readonly full: boolean;
}

type Found = Pick<MemberDiff, 'change' | 'view' | 'reason'>;

/** undefined: the same content. Octets decide, not what the archive says of them. */
async function compareMembers(
  a: Archive,
  one: Entry,
  b: Archive,
  other: Entry,
  { packed, unpacked, show, full }: Manner,
): Promise<Found | undefined> {
  try {
    const alike =
      one.compressionMethod === other.compressionMethod && one.compressedSize === other.compressedSize;
    if (alike && packed.take(one.compressedSize, other.compressedSize)) {
      if (sameOctets(await a.read(one, true), await b.read(other, true))) return undefined;
    }
    const changed: Found = { change: 'changed' };
    const differ = one.uncompressedSize !== other.uncompressedSize || one.crc32 !== other.crc32;
    if (full && differ) return changed;
    const work = (entry: Entry): number => Math.max(entry.uncompressedSize, entry.compressedSize);
    if (!unpacked.take(work(one), work(other))) {
      const reason = 'more octets than are unpacked for a comparison';
      return differ ? { ...changed, reason } : { change: 'unread', reason };
    }
    const plain = [await a.read(one, false), await b.read(other, false)] as const;
    if (sameOctets(...plain)) return undefined;
    const view = full ? undefined : await show(...plain);
    return view === undefined ? changed : { ...changed, view };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return {
      change: 'unread',
      reason: 'it cannot be unpacked: damaged, encrypted, or packed in another way',
    };
  }
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, at) => octet === b[at]);
}
