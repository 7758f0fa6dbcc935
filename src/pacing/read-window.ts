// How many reads of one file may be outstanding at one device: begun with one, more while its answers come as fast
// as before, fewer when some are lost or slow, and one for good when it says no. Pure: it is told what became of
// reads and gives a number. A device that can only do one thing at a time must not be hurried, and is found out at
// the price of a few lost requests. A device that drops what is too much does so each time, and chance does not: a
// size is given up when it failed again and again, and is good again when it worked once.

/** How eagerly it grows. */
export type ReadPace = 'gentle' | 'auto' | 'fast';

/** Most reads outstanding, whatever the device bears: the most that four known stacks were seen to answer exactly. */
export const READS_OUTSTANDING_MAX = 64;

/** Reads after which a size is judged, at least. */
const ROUND_LEAST = 4;

/** Reads that are made one at a time before more are tried: what is short needs no hurry, and what is long has time. */
export const ALONE_FIRST = 16;

/** Answers are as fast as alone up to this, and much slower from that on. */
const FLAT = { factor: 1.15, ms: 2 } as const;
const SLOW = { factor: 2, ms: 10 } as const;

/** One lost read of so many is chance, and says nothing about the window. */
const LOSSES_PARDONED = 8;

/** Part of the reads that are lost, over the last ones: more than this, and it is the device that drops them. */
const LOSS_RATE = { chance: 0.1, gain: 1 / 32 } as const;

/** A size that was met with losses so often, and never without, is not tried again for long: two, or more. */
const STRIKES_MAX = { two: 2, more: 3 } as const;

/** Size of the first step, for devices that are known, or said, to bear it. */
const FAST_FIRST = 8;

/**
 * What a device was found to drop is tried again after so many reads, and then after so many times as many: it may
 * have been the link all the same. One that an earlier run found to bear one is tried sooner.
 */
const TRY_AGAIN = { after: 1024, factor: 4, known: 256 } as const;

export interface ReadWindowOptions {
  readonly pace?: ReadPace;
  /** What an earlier run learned; it says how to begin, no more. */
  readonly learned?: number | undefined;
}

/** A read, by the round in which it was sent, and its number in that. */
export interface SentRead {
  readonly round: number;
  readonly index: number;
}

export class ReadWindow {
  #size = 1;
  #most: number;
  /** Size after the first round. */
  readonly #first: number;
  /** The least size that was met with losses and did not work since, or that is to be tried with care; and how often. */
  #struck = Infinity;
  #strikes = 0;
  /** Reads that are out, and those of them that were sent before the round. */
  #out = 0;
  #older = 0;
  /** Answer time alone, or the least mean of a round. */
  #baseMs: number | undefined;
  #round = 0;
  #sent = 0;
  #results = 0;
  #losses = 0;
  #answers = 0;
  #totalMs = 0;
  #patience: number;
  /** The most was found out, and is not ours. */
  #limited = false;
  #lossRate = 0;
  /** Reads until a most that was found out by losses is tried again, and how many it will be next time. */
  #untilAgain = Infinity;
  #againAfter: number = TRY_AGAIN.after;

  constructor({ pace = 'auto', learned }: ReadWindowOptions = {}) {
    this.#most = pace === 'gentle' ? 1 : READS_OUTSTANDING_MAX;
    this.#first = learned === undefined ? (pace === 'fast' ? FAST_FIRST : 2) : Math.max(2, learned >> 1);
    const bearsOne = learned === 1;
    this.#patience = bearsOne ? TRY_AGAIN.known : ALONE_FIRST;
    if (bearsOne) {
      this.#struck = 2;
      this.#strikes = STRIKES_MAX.two - 1;
    }
  }

  /** Reads that may be outstanding now. */
  get size(): number {
    return this.#size;
  }

  /** Octets that were read with so many reads outstanding were read again alone, and were the same. */
  provenTo = 1;

  /** A read is sent. What this gives goes with it, for a size is judged by the reads that were sent under it. */
  sent(): SentRead {
    this.#out += 1;
    this.#untilAgain -= 1;
    // While earlier ones are out, as lost ones are for long, fewer are at the device than the size says.
    if (this.#older === 0) this.#sent += 1;
    return { round: this.#round, index: this.#older === 0 ? this.#sent : Infinity };
  }

  /** Whether a size was judged yet. */
  get wasUsed(): boolean {
    return this.#round > 0;
  }

  /** Most that the device was found to bear; undefined where it was not found out. */
  get learnt(): number | undefined {
    return this.#limited ? this.#most : undefined;
  }

  /** A read that was sent once was answered, in full. */
  answered(read: SentRead, ms: number): void {
    this.#lossRate -= LOSS_RATE.gain * this.#lossRate;
    if (!this.#judges(read)) return;
    this.#answers += 1;
    this.#totalMs += ms;
    this.#counted();
  }

  /** The answer to a read that was repeated came at last. */
  answeredLate(read: SentRead): void {
    if (this.#judges(read)) this.#counted();
  }

  /** A read has ended in another way. */
  ended(read: SentRead): void {
    this.#judges(read);
  }

  /** A read had to be repeated. Told when that happens, so that room is made for the repetition. */
  lost({ round }: SentRead): void {
    this.#lossRate += LOSS_RATE.gain * (1 - this.#lossRate);
    if (round !== this.#round || this.#size === 1) return;
    this.#losses += 1;
    if (this.#losses <= this.#pardoned) return;
    const failed = this.#size;
    this.#strikes = failed >= this.#struck ? this.#strikes + 1 : 1;
    this.#struck = Math.min(this.#struck, failed);
    if (this.#strikes >= this.#strikesMax) {
      this.#most = this.#struck - 1;
      this.#limited = true;
      this.#untilAgain = this.#againAfter;
      this.#againAfter *= TRY_AGAIN.factor;
    }
    this.#become(failed >> 1);
  }

  /** The device said no, or something else than was asked, while more than one read was out: one, for good. */
  refused(): void {
    this.#most = 1;
    this.#limited = true;
    this.#untilAgain = Infinity;
    this.#become(1);
  }

  /** Nobody answered at all. */
  silent(): void {
    this.#become(1);
  }

  get #strikesMax(): number {
    return this.#struck <= 2 ? STRIKES_MAX.two : STRIKES_MAX.more;
  }

  /** Losses in a round that are chance. */
  get #pardoned(): number {
    return Math.floor(this.#size / LOSSES_PARDONED);
  }

  /**
   * The first so many reads of a round judge its size; all of them but those that may be lost: what is lost is heard
   * of last.
   */
  get #judging(): number {
    return Math.max(ROUND_LEAST, this.#size, this.#patience);
  }

  /** A read is over. Whether it is one of those that judge the size. */
  #judges({ round, index }: SentRead): boolean {
    this.#out -= 1;
    if (round !== this.#round) this.#older -= 1;
    return round === this.#round && index <= this.#judging;
  }

  #counted(): void {
    this.#results += 1;
    if (this.#results < this.#judging - this.#pardoned) return;
    this.#patience = 0;
    if (this.#untilAgain <= 0) this.#tryAgain();
    const meanMs = this.#answers === 0 ? Infinity : this.#totalMs / this.#answers;
    this.#baseMs = Math.min(this.#baseMs ?? meanMs, meanMs);
    const baseMs = this.#baseMs;
    if (this.#size >= this.#struck) {
      this.#struck = this.#nextCare();
      this.#strikes = 0;
    }
    if (meanMs > SLOW.factor * baseMs + SLOW.ms) this.#become(this.#size >> 1);
    else if (meanMs <= FLAT.factor * baseMs + FLAT.ms) this.#become(this.#larger());
    else this.#become(this.#size);
  }

  /**
   * It bears this size after all. Few that were lost were lost by chance; where more than that was, what lies beyond
   * is felt for, and one by one where much is lost.
   */
  #nextCare(): number {
    if (this.#lossRate > LOSS_RATE.chance) return this.#size + 1;
    return this.#size < LOSSES_PARDONED ? Infinity : this.#size + (this.#size >> 1);
  }

  /** Twice as many, while that is less than what was met with losses; else half of the way there, one at least. */
  #larger(): number {
    const leap = this.#size === 1 ? this.#first : 2 * this.#size;
    const step = Math.max(1, (this.#struck - this.#size) >> 1);
    return Math.min(leap >= this.#struck ? this.#size + step : leap, this.#most);
  }

  /** Once more beyond what was lost; a single failure is enough this time. */
  #tryAgain(): void {
    this.#most = READS_OUTSTANDING_MAX;
    this.#limited = false;
    this.#untilAgain = Infinity;
    this.#strikes = this.#strikesMax - 1;
  }

  #become(size: number): void {
    const next = Math.min(this.#most, Math.max(1, size));
    this.#round += 1;
    this.#older = this.#out;
    this.#sent = 0;
    this.#size = next;
    this.#results = 0;
    this.#losses = 0;
    this.#answers = 0;
    this.#totalMs = 0;
  }
}
