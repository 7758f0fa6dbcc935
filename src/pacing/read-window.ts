// How many reads of one file may be outstanding at one device: begun with one, more while its answers come as fast
// as before, fewer when some are lost or slow, and one for good when it says no. Pure: it is told what became of
// reads and gives a number. A device that can only do one thing at a time must not be hurried, and is found out at
// the price of a few lost requests. A device that has no room for more loses what comes beyond that, and the same read
// again; chance loses here and there: only the first is a reason to ask for less.

import { PassingMap } from '../../protocol/index.js';
import { SizeCeiling } from './size-ceiling.js';

/** How eagerly it grows. */
export type ReadPace = 'gentle' | 'auto' | 'fast';

/** Most reads outstanding, whatever the device bears: the most that four known stacks were seen to answer exactly. */
export const READS_OUTSTANDING_MAX = 64;

/** Reads after which a size is judged, at least. */
const ROUND_LEAST = 4;

/** Reads that are made one at a time before more are tried: what is short needs no hurry, and what is long has time. */
export const ALONE_FIRST = 16;

/** Answers are as fast as alone up to this, and much slower from that on. */
const FLAT = { factor: 1.1, ms: 1 } as const;
const SLOW = { factor: 2, ms: 10 } as const;

/** More than one read, and more than this part of what was sent in a round, is lost: too much, whoever loses it. */
const LOSSES_MAX = 1 / 6;

/** One of so many is lost beyond what the device was ever seen to take: it takes no more. */
const DROPS = 3;

/** From so many on it is one trouble when several are lost again, and not one for each. */
const MANY = 16;

/** Part of a size that the device must have had at once: what is lost holds a place, and is not at the device. */
const TAKEN_PART = 3 / 4;

/** Size of the first step, for devices that are known, or said, to bear it. */
const FAST_FIRST = 8;

export interface ReadWindowOptions {
  readonly pace?: ReadPace;
  /** What an earlier run learned; it says how to begin, no more. */
  readonly learned?: number | undefined;
}

/** A read that was sent. */
export interface SentRead {
  readonly round: number;
  /** Whether it was sent when no read of an earlier round was at the device any more. */
  readonly isTypical: boolean;
  /** Reads that were out before it, and are not known to be lost. */
  others: number;
  /** The round in which it was sent again; undefined: it was not. */
  repeatedIn: number | undefined;
}

export class ReadWindow {
  #size = 1;
  #most: number;
  /** Size after the first round. */
  readonly #first: number;
  readonly #ceiling: SizeCeiling;
  #wasRefused = false;
  /** Most reads that the device was seen to have at once. */
  #taken = 1;
  /** Reads that are out, the oldest first; and how many of them an earlier round sent. */
  readonly #out = new PassingMap<SentRead, SentRead>();
  #older = 0;
  /** Those of them that are known to be lost. */
  #lost = 0;
  /** Answer time alone, or the least mean of a round. */
  #baseMs: number | undefined;
  #patience: number = ALONE_FIRST;
  /** Grows with each change of the size; since then: reads that were sent, lost, and lost beyond what was taken. */
  #round = 0;
  #sent = 0;
  #losses = 0;
  #beyond = 0;
  /** Answers since the size was judged last, and their time. */
  #answers = 0;
  #totalMs = 0;

  constructor({ pace = 'auto', learned }: ReadWindowOptions = {}) {
    this.#most = pace === 'gentle' ? 1 : READS_OUTSTANDING_MAX;
    this.#first = learned === undefined ? (pace === 'fast' ? FAST_FIRST : 2) : Math.max(2, learned >> 1);
    this.#ceiling = new SizeCeiling(learned);
  }

  /** Reads that may be outstanding now. */
  get size(): number {
    return this.#size;
  }

  /** Octets that were read with so many reads outstanding were read again alone, and were the same. */
  provenTo = 1;

  /** A read is sent. What this gives goes with it, for a size is judged by the reads that were sent under it. */
  sent(): SentRead {
    this.#ceiling.sent();
    this.#sent += 1;
    const isTypical = this.#older === 0;
    const read: SentRead = {
      round: this.#round,
      isTypical,
      others: this.#out.size - this.#lost,
      repeatedIn: undefined,
    };
    this.#out.set(read, read);
    return read;
  }

  /** Whether a size was judged yet. */
  get wasUsed(): boolean {
    return this.#round > 0;
  }

  /** Most that the device was found to bear; undefined where it was not found out. */
  get learnt(): number | undefined {
    return this.#wasRefused ? 1 : this.#ceiling.learnt;
  }

  /** A read that was sent once was answered, in full. */
  answered(read: SentRead, ms: number): void {
    this.#taken = Math.max(this.#taken, this.#companyOf(read) + 1);
    this.ended(read);
    if (read.round !== this.#round) return;
    // Older ones that are still out were lost: at the device are those of this round.
    this.#older = 0;
    if (!read.isTypical) return;
    this.#answers += 1;
    this.#totalMs += ms;
    if (this.#answers >= Math.max(ROUND_LEAST, this.#size, this.#patience)) this.#judge();
  }

  /** A read has ended in another way: it was repeated, or the answer was not the whole of it. */
  ended(read: SentRead): void {
    if (!this.#out.delete(read)) return;
    if (read.repeatedIn !== undefined) this.#lost -= 1;
    if (read.round !== this.#round) this.#older = Math.max(0, this.#older - 1);
  }

  /**
   * A read is sent again. Told when that happens, so that room is made for the repetition. Several beyond what the
   * device was ever seen to take, or one that is lost again, were too much.
   */
  lost(read: SentRead): void {
    const company = this.#companyOf(read);
    const { repeatedIn } = read;
    if (repeatedIn === undefined) this.#noteLost(read);
    else if (repeatedIn === this.#round || this.#size < MANY) this.#tooMuch(this.#size);
    read.repeatedIn = this.#round;
    if (read.round !== this.#round || this.#size === 1) return;
    this.#losses += 1;
    if (company >= this.#taken) this.#beyond += 1;
    if (DROPS * this.#beyond >= this.#size) this.#tooMuch(this.#taken + 1);
    else if (this.#losses > 1 && this.#losses > LOSSES_MAX * this.#sent) this.#tooMuch(this.#size);
  }

  /** Reads that the device had when this one came: those that were sent before it and are still out were lost. */
  #companyOf(read: SentRead): number {
    let company = read.others;
    for (const earlier of this.#out.values()) {
      if (earlier === read) break;
      if (earlier.repeatedIn === undefined) company -= 1;
    }
    return company;
  }

  /** It holds a place, and was no company to those that were sent after it. */
  #noteLost(read: SentRead): void {
    this.#lost += 1;
    let isAfter = false;
    for (const one of this.#out.values()) {
      if (isAfter) one.others -= 1;
      isAfter ||= one === read;
    }
  }

  #tooMuch(size: number): void {
    if (this.#size === 1) return;
    this.#ceiling.tooMuch(size);
    this.#become(Math.min(this.#ceiling.most, this.#size >> 1));
  }

  /** The device said no, or something else than was asked, while more than one read was out: one, for good. */
  refused(): void {
    this.#most = 1;
    this.#wasRefused = true;
    this.#become(1);
  }

  /** Nobody answered at all. */
  silent(): void {
    this.#become(1);
  }

  /** So many answers came, of reads that were sent under this size. */
  #judge(): void {
    this.#patience = 0;
    this.#ceiling.borne(this.#size);
    const meanMs = this.#totalMs / this.#answers;
    this.#baseMs = Math.min(this.#baseMs ?? meanMs, meanMs);
    if (meanMs > SLOW.factor * this.#baseMs + SLOW.ms) this.#become(this.#size >> 1);
    else if (meanMs <= FLAT.factor * this.#baseMs + FLAT.ms) this.#become(this.#larger());
    else this.#become(this.#size);
  }

  /** Twice as many, where the device has taken so many as are allowed now. */
  #larger(): number {
    const size = this.#size;
    if (this.#taken < TAKEN_PART * size) return size;
    return Math.min(size === 1 ? this.#first : 2 * size, this.#ceiling.most);
  }

  #become(size: number): void {
    this.#answers = 0;
    this.#totalMs = 0;
    const next = Math.min(this.#most, Math.max(1, size));
    if (next === this.#size) return;
    this.#size = next;
    this.#round += 1;
    this.#older = this.#out.size;
    this.#sent = 0;
    this.#losses = 0;
    this.#beyond = 0;
  }
}
