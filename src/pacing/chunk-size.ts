// How much of a file goes into one AtomicReadFile or AtomicWriteFile, computed from the limits in force
// (clauses 14.1, 14.2, 20.1, 20.2). Pure. The size never needs segmentation unless both sides can do it;
// it shrinks when the device aborts or the path swallows large frames; how it grows back, and how a write to a device
// on our own link grows beyond one default window, is the ladder's.

import {
  APDU_SIZES,
  type ApduLimits,
  COMPLEX_ACK_HEADER_OCTETS,
  COMPLEX_ACK_SEGMENT_HEADER_OCTETS,
  CONFIRMED_REQUEST_HEADER_OCTETS,
  CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS,
  SEGMENTS_ASSUMED,
} from '../../protocol/index.js';
import { type ChunkHints, ChunkLadder, type Frame, GROW_AFTER, type Moved } from './chunk-ladder.js';

/** Whether content comes from the device (AtomicReadFile) or goes to it (AtomicWriteFile). */
export type TransferDirection = 'read' | 'write';

/** Most segments with which a chunk begins: one default window, so that a chunk costs few round trips. */
export const CHUNK_SEGMENTS_MAX = 16;

/**
 * Most segments of a write to a device on our own link that has shown that it takes more, and is faster by it: the most
 * that can be said with a number (clause 20.1.2.4).
 */
export const WIDE_SEGMENTS_MAX = 64;

/**
 * Most octets of such a write. One of unknown outcome must be read back, so it must not be long; and no device was made
 * for lengths that need four octets (clause 20.2.1.3.1).
 */
export const WIDE_OCTETS_MAX = 65_535;

/** Most records per request: a count of one octet, which no device can misread. */
export const CHUNK_RECORDS_MAX = 255;

/** The least APDU to which silence makes us fall: LonTalk's, the smallest path that routers join. */
const SILENCE_APDU_MIN = 206;

/** Positions are signed 32-bit INTEGERs in every known stack. */
const POSITION_MAX = 0x7fffffff;

/** Octets of an INTEGER that holds a position of 0 or more, in minimal two's complement. */
export function positionOctets(position: number): number {
  if (position < 0x80) return 1;
  if (position < 0x8000) return 2;
  if (position < 0x800000) return 3;
  return position < 0x80000000 ? 4 : 5;
}

/** Octets of an Unsigned, without its tag. */
function countOctets(count: number): number {
  if (count < 0x100) return 1;
  if (count < 0x10000) return 2;
  return count < 0x1000000 ? 3 : 4;
}

/** Octets of an OCTET STRING of this length on the wire, with its tag (clause 20.2.1.3). */
export function octetStringOctets(length: number): number {
  if (length <= 4) return 1 + length;
  if (length <= 253) return 2 + length;
  return (length <= 65535 ? 4 : 6) + length;
}

/** The longest OCTET STRING that fits into this many octets with its tag; 0 when nothing does. */
export function longestOctetString(room: number): number {
  if (room >= 65536 + 6) return room - 6;
  if (room >= 254 + 4) return Math.min(65535, room - 4);
  if (room >= 5 + 2) return Math.min(253, room - 2);
  return Math.max(0, Math.min(4, room - 1));
}

/** Octets for the service's own payload. */
function serviceOctets(direction: TransferDirection, frame: Frame): number {
  if (direction === 'read') {
    return frame.segments === 1
      ? frame.apdu - COMPLEX_ACK_HEADER_OCTETS
      : frame.segments * (frame.apdu - COMPLEX_ACK_SEGMENT_HEADER_OCTETS);
  }
  return frame.segments === 1
    ? frame.apdu - CONFIRMED_REQUEST_HEADER_OCTETS
    : frame.segments * (frame.apdu - CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS);
}

/** Room for content after endOfFile or the object identifier, the choice's tags and the position. */
function contentRoom(direction: TransferDirection, frame: Frame, position: number): number {
  const head = direction === 'read' ? 1 : 5;
  return serviceOctets(direction, frame) - head - 1 - (1 + positionOctets(position)) - 1;
}

/** Octets of stream content per request for given limits; the table of protocol facts, as a function. */
export function streamOctets(
  direction: TransferDirection,
  apdu: number,
  segments: number,
  position: number,
): number {
  return longestOctetString(contentRoom(direction, { apdu, segments }, position));
}

function sends(limits: ApduLimits): boolean {
  return limits.segmentation === 'both' || limits.segmentation === 'transmit';
}

function receives(limits: ApduLimits): boolean {
  return limits.segmentation === 'both' || limits.segmentation === 'receive';
}

/** Widest first: with segments where both sides can, then one APDU, then less of it. */
function framesOf(
  direction: TransferDirection,
  peer: ApduLimits,
  own: ApduLimits,
  wide = false,
): readonly Frame[] {
  const [from, to] = direction === 'read' ? [peer, own] : [own, peer];
  const apdu = direction === 'read' ? Math.min(peer.maxApdu, own.maxApdu) : peer.maxApdu;
  const most = sends(from) && receives(to) ? (to.maxSegments ?? SEGMENTS_ASSUMED) : 1;
  const segments = Math.min(most, CHUNK_SEGMENTS_MAX);
  const smaller = APDU_SIZES.filter((size) => size < apdu && size >= SILENCE_APDU_MIN).reverse();
  return [
    ...(wide ? segmentsBeyond(segments, most, apdu) : []).map((count) => ({ apdu, segments: count })),
    ...(segments > 1 ? [{ apdu, segments }] : []),
    ...[apdu, ...smaller].map((octets) => ({ apdu: octets, segments: 1 })),
  ];
}

/** Twice as many at each step; the most first. */
function segmentsBeyond(first: number, most: number, apdu: number): readonly number[] {
  const whole = Math.floor(WIDE_OCTETS_MAX / (apdu - CONFIRMED_REQUEST_SEGMENT_HEADER_OCTETS));
  const least = Math.min(most, WIDE_SEGMENTS_MAX, whole);
  const steps: number[] = [];
  for (let count = 2 * first; count < least; count *= 2) steps.unshift(count);
  return least > first ? [least, ...steps] : [];
}

/** The step with which a direction begins: one default window, or what an earlier run found to work beyond it. */
function firstOf(direction: TransferDirection, frames: readonly Frame[], hints: ChunkHints = {}): number {
  const known = Math.min(hints.octets ?? 0, hints.octetsMax ?? Infinity);
  return frames.findIndex(
    ({ apdu, segments }) =>
      segments <= CHUNK_SEGMENTS_MAX || streamOctets(direction, apdu, segments, POSITION_MAX) <= known,
  );
}

/** What is known about each direction before it was used. */
export interface SizeHints {
  readonly read?: ChunkHints;
  readonly write?: ChunkHints;
  /** Whether writes may become longer than one default window, up to what the device says it takes; default no. */
  readonly wide?: boolean;
}

/** Chunk sizes for one device, with what was learnt about it while it was used. */
export class ChunkSizes {
  readonly #read: ChunkLadder;
  readonly #write: ChunkLadder;
  #recordOctetsSeen = 0;
  #recordsAsked = 0;
  /** From an earlier run: how many records to begin with. */
  #recordsHint: number | undefined;
  #recordAnswers = 0;
  #recordsLearnt: number | undefined;

  /** `peer`: what may be sent to the device and what it can segment; `own`: what we accept. */
  constructor(peer: ApduLimits, own: ApduLimits, hints: SizeHints = {}) {
    this.#read = new ChunkLadder(framesOf('read', peer, own), hints.read);
    const { octetsMax = Infinity } = hints.write ?? {};
    const beyond = streamOctets('write', peer.maxApdu, CHUNK_SEGMENTS_MAX, POSITION_MAX);
    const frames = framesOf('write', peer, own, hints.wide === true && octetsMax > beyond);
    this.#write = new ChunkLadder(frames, hints.write, firstOf('write', frames, hints.write));
    this.#recordsHint = hints.read?.records;
  }

  /** Octets to ask for, or to write, at this position of a stream file. */
  octets(direction: TransferDirection, position: number): number {
    const { frame, octetsMax } = this.#of(direction);
    return Math.min(streamOctets(direction, frame.apdu, frame.segments, position), octetsMax);
  }

  /** What works, where it is less than the limits in force allow; undefined where nothing had to be learnt. */
  learnt(direction: TransferDirection): number | undefined {
    return this.#of(direction).reduced ? this.octets(direction, POSITION_MAX) : undefined;
  }

  /** Most records of one read that worked; undefined where the device took as many as fit. */
  learntRecords(): number | undefined {
    return this.#recordsLearnt ?? this.#recordsHint;
  }

  /** Begins another record file: records of another size. */
  beginRecords(): void {
    this.#recordOctetsSeen = 0;
    this.#recordsAsked = 0;
    this.#read.beginRecords();
    this.#write.beginRecords();
  }

  /**
   * Records to ask for at this position: one at first, then as many of the longest seen as fit, and never
   * more than twice the last number.
   */
  recordsToRead(position: number): number {
    const { frame, recordsMax } = this.#read;
    if (this.#recordOctetsSeen === 0) return 1;
    const known = Math.min(recordsMax, this.#recordsHint ?? Infinity, CHUNK_RECORDS_MAX);
    const most = Math.min(known, Math.max(1, 2 * this.#recordsAsked));
    const room = contentRoom('read', frame, position) - 1 - countOctets(most);
    return Math.max(1, Math.min(most, Math.floor(room / this.#recordOctetsSeen)));
  }

  /** Tells what an answer to `asked` records held, so that the next request fits. */
  sawRecords(asked: number, lengths: readonly number[]): void {
    this.#recordsAsked = asked;
    // What an earlier run found is given up after a while: if it still holds, the device says so once more.
    this.#recordAnswers += 1;
    if (this.#recordAnswers >= GROW_AFTER) this.#recordsHint = undefined;
    for (const length of lengths) {
      this.#recordOctetsSeen = Math.max(this.#recordOctetsSeen, octetStringOctets(length));
    }
  }

  /** How many of the next records, of these lengths, go into one request; 0 when not even the first does. */
  recordsToWrite(position: number, lengths: readonly number[]): number {
    const { frame, recordsMax, widest } = this.#write;
    const most = Math.min(lengths.length, recordsMax, CHUNK_RECORDS_MAX);
    let room = contentRoom('write', frame, position) - 1 - countOctets(most);
    let count = 0;
    while (count < most) {
      room -= octetStringOctets(lengths[count] ?? 0);
      if (room < 0) break;
      count += 1;
    }
    if (count > 0) return count;
    // A record is never split: alone, it may take as much as there ever was, even where chunks no longer do.
    const alone = contentRoom('write', widest, position) - 2;
    return octetStringOctets(lengths[0] ?? 0) <= alone ? 1 : 0;
  }

  /** Whether requests in this direction still take several segments. */
  segmented(direction: TransferDirection): boolean {
    return this.#of(direction).frame.segments > 1;
  }

  /** Whether the next request tries more than is known to work: it is not worth repeating. */
  trying(direction: TransferDirection): boolean {
    return this.#of(direction).trying;
  }

  /** The device aborted a request of this many units as too large. False: it cannot be made smaller. */
  aborted(direction: TransferDirection, unit: 'octets' | 'records', asked: number): boolean {
    const smaller = this.#of(direction).aborted(unit, asked);
    if (direction === 'read' && unit === 'records' && asked === 2) this.#recordsLearnt = 1;
    return smaller;
  }

  /** Nobody answered, although the request was repeated: see the ladder. */
  silent(direction: TransferDirection): void {
    this.#of(direction).silent();
  }

  /** A request was answered: what is silent later is silent anew. `moved`: where the time it took is known. */
  answered(direction: TransferDirection, moved?: Moved): void {
    this.#of(direction).answered(moved);
  }

  #of(direction: TransferDirection): ChunkLadder {
    return direction === 'read' ? this.#read : this.#write;
  }
}
