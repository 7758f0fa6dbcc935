// What one direction of one transfer has learnt about how large a request may be: a ladder of frames,
// widest first. Silence goes down a step, many answers try the step above once, and a step that
// failed when it was tried is not tried again. What is wider than where it began is kept only while it is faster:
// a device that gains nothing by it is not given it. Pure; knows no octet counts of services.

/** What fits one APDU, or several segments, in one direction. */
export interface Frame {
  /** Octets of one APDU. */
  readonly apdu: number;
  /** 1: unsegmented. */
  readonly segments: number;
}

/** What is believed before anything was seen; being wrong costs one request, or some speed. */
export interface ChunkHints {
  /** Most octets of one request that an earlier run found to work. */
  readonly octets?: number;
  /** Most octets of one request, whatever the limits allow: of a known deviation. */
  readonly octetsMax?: number;
  /** Most records of one request that an earlier run found to work. */
  readonly records?: number;
  /** Most records of one request, of a known deviation. */
  readonly recordsMax?: number;
}

/** Answers at one size after which a larger one is tried again; a lost one between them is chance. */
export const GROW_AFTER = 16;

/** Answers at one step beyond the beginning, or right below it, by which the step is judged. */
export const JUDGED_BY = 4;

/** What a step must take at most of the time for each octet that the one below took, to be worth it. */
const WORTH = 0.9;

/** How much was moved, and how long it took. */
export interface Moved {
  readonly octets: number;
  readonly ms: number;
}

/** A device that aborts requests of this size is not helped by smaller ones. */
export const CHUNK_OCTETS_MIN = 16;

export class ChunkLadder {
  readonly #frames: readonly Frame[];
  /** Where it begins. */
  readonly #first: number;
  readonly #ceiling: number;
  readonly #recordsCeiling: number;
  /** From an earlier run: where to begin, and where to come back to when more does not work. */
  #hint: number | undefined;
  #octetsMax: number;
  #recordsMax: number;
  #level: number;
  /** The widest frame that is still worth a try. */
  #widest = 0;
  /** The widest frame that is not slower than what is below it. */
  #fastest = 0;
  /** Time for each octet at this step, of each answer that judges it; and at the step below. */
  #paces: number[] = [];
  #paceBelow = Infinity;
  #trying: 'frame' | 'hint' | undefined;
  #answers = 0;
  #silences = 0;

  /** `frames`: widest first, one at least; `first`: with which of them it begins. */
  constructor(frames: readonly Frame[], hints: ChunkHints = {}, first = 0) {
    this.#frames = frames;
    this.#first = first;
    this.#level = first;
    this.#ceiling = Math.max(CHUNK_OCTETS_MIN, hints.octetsMax ?? Infinity);
    this.#recordsCeiling = hints.recordsMax ?? Infinity;
    this.#hint = hints.octets === undefined ? undefined : Math.max(CHUNK_OCTETS_MIN, hints.octets);
    this.#octetsMax = Math.min(this.#hint ?? Infinity, this.#ceiling);
    this.#recordsMax = this.#recordsCeiling;
  }

  get frame(): Frame {
    const frame = this.#frames[this.#level];
    if (frame === undefined) throw new RangeError('a ladder without this step');
    return frame;
  }

  /** What a record may take that cannot be made smaller: as much as there ever was. */
  get widest(): Frame {
    return this.#frames[0] ?? this.frame;
  }

  /** Most octets of one request, besides what the frame holds. */
  get octetsMax(): number {
    return this.#octetsMax;
  }

  get recordsMax(): number {
    return this.#recordsMax;
  }

  /** Whether the next request is a try at more than is known to work. */
  get trying(): boolean {
    return this.#trying !== undefined;
  }

  /** Whether the size is below what the limits in force would allow. */
  get reduced(): boolean {
    return this.#level > this.#first || this.#widest > 0 || this.#octetsMax < this.#ceiling;
  }

  /** Begins another record file: records of another size. */
  beginRecords(): void {
    this.#recordsMax = this.#recordsCeiling;
  }

  /** The device aborted a request of this many units as too large. False: it cannot be made smaller. */
  aborted(unit: 'octets' | 'records', asked: number): boolean {
    this.#answers = 0;
    this.#silences = 0;
    if (this.#fellBack()) return true;
    if (unit === 'records') {
      if (asked <= 1) return false;
      this.#recordsMax = Math.floor(asked / 2);
      return true;
    }
    if (asked <= CHUNK_OCTETS_MIN) return false;
    if (this.frame.segments > 1) {
      this.#become(this.#level + 1);
      // The device said no: what it can do in one APDU is all there is.
      this.#widest = this.#level;
    } else {
      this.#octetsMax = Math.max(CHUNK_OCTETS_MIN, Math.floor(asked / 2));
      this.#hint = undefined;
    }
    return true;
  }

  /**
   * Nobody answered, although the request was repeated. Segments are given up at once, all of them; from the second
   * silence in a row the APDU falls too, since a VPN or a narrow network on the way may swallow frames.
   */
  silent(): void {
    this.#silences += 1;
    if (this.#fellBack()) return;
    if (this.frame.segments > 1) {
      const whole = this.#frames.findIndex(({ segments }) => segments === 1);
      this.#become(whole === -1 ? this.#level : whole);
    } else if (this.#silences > 1) {
      this.#become(Math.min(this.#level + 1, this.#frames.length - 1));
    }
  }

  /** A request was answered: what is silent later is silent anew. `moved`: where the time it took is known. */
  answered(moved?: Moved): void {
    this.#silences = 0;
    if (this.#trying === 'hint') this.#hint = undefined;
    this.#trying = undefined;
    this.#answers += 1;
    if (this.#level <= this.#first && this.#hint === undefined) {
      this.#judge(moved);
      return;
    }
    if (this.#answers < GROW_AFTER) return;
    if (this.#level > Math.max(this.#widest, this.#first)) {
      this.#become(this.#level - 1);
      this.#trying = 'frame';
    } else if (this.#hint !== undefined) {
      this.#octetsMax = this.#ceiling;
      this.#answers = 0;
      this.#trying = 'hint';
    }
  }

  /** Beyond the beginning: wider while that is faster, and back for good where it is not. */
  #judge(moved: Moved | undefined): void {
    if (moved === undefined || moved.octets === 0 || this.#paces.length >= JUDGED_BY) return;
    this.#paces.push(moved.ms / moved.octets);
    if (this.#paces.length < JUDGED_BY) return;
    // The slowest is left out: one lost datagram is chance.
    const pace = this.#paces.reduce((sum, one) => sum + one, 0) - Math.max(...this.#paces);
    if (this.#level < this.#first && pace > WORTH * this.#paceBelow) {
      this.#fastest = this.#level + 1;
      this.#become(this.#fastest);
    } else if (this.#level > Math.max(this.#widest, this.#fastest)) {
      this.#become(this.#level - 1);
      this.#paceBelow = pace;
      this.#trying = 'frame';
    }
  }

  #become(level: number): void {
    this.#level = level;
    this.#answers = 0;
    this.#paces = [];
    this.#paceBelow = Infinity;
  }

  /** A try at more failed: back to what worked, for good. */
  #fellBack(): boolean {
    if (this.#trying === undefined) return false;
    if (this.#trying === 'frame') {
      this.#become(this.#level + 1);
      this.#widest = this.#level;
    } else {
      this.#octetsMax = Math.min(this.#hint ?? Infinity, this.#ceiling);
      this.#hint = undefined;
    }
    this.#trying = undefined;
    this.#answers = 0;
    return true;
  }
}
