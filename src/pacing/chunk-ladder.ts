// What one direction of one transfer has learnt about how large a request may be: a ladder of frames,
// widest first. Silence goes down a step, a run of answers tries the step above once, and a step that
// failed when it was tried is not tried again. Pure; knows no octet counts of services.

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

/** Answers in a row after which a larger size is tried again. */
export const GROW_AFTER = 16;

/** A device that aborts requests of this size is not helped by smaller ones. */
export const CHUNK_OCTETS_MIN = 16;

export class ChunkLadder {
  readonly #frames: readonly Frame[];
  readonly #ceiling: number;
  readonly #recordsCeiling: number;
  /** From an earlier run: where to begin, and where to come back to when more does not work. */
  #hint: number | undefined;
  #octetsMax: number;
  #recordsMax: number;
  #level = 0;
  /** The widest frame that is still worth a try. */
  #widest = 0;
  #trying: 'frame' | 'hint' | undefined;
  #answers = 0;
  #silences = 0;

  /** `frames`: widest first, one at least. */
  constructor(frames: readonly Frame[], hints: ChunkHints = {}) {
    this.#frames = frames;
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
    return this.#level > 0 || this.#octetsMax < this.#ceiling;
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
      this.#level += 1;
      // The device said no: what it can do in one APDU is all there is.
      this.#widest = this.#level;
    } else {
      this.#octetsMax = Math.max(CHUNK_OCTETS_MIN, Math.floor(asked / 2));
      this.#hint = undefined;
    }
    return true;
  }

  /**
   * Nobody answered, although the request was repeated. Segments are given up at once; from the second
   * silence in a row the APDU falls too, since a VPN or a narrow network on the way may swallow frames.
   */
  silent(): void {
    this.#answers = 0;
    this.#silences += 1;
    if (this.#fellBack()) return;
    if (this.frame.segments > 1 || this.#silences > 1) {
      this.#level = Math.min(this.#level + 1, this.#frames.length - 1);
    }
  }

  /** A request was answered: what is silent later is silent anew. */
  answered(): void {
    this.#silences = 0;
    if (this.#trying === 'hint') this.#hint = undefined;
    this.#trying = undefined;
    this.#answers += 1;
    if (this.#answers < GROW_AFTER) return;
    this.#answers = 0;
    if (this.#level > this.#widest) {
      this.#level -= 1;
      this.#trying = 'frame';
    } else if (this.#hint !== undefined) {
      this.#octetsMax = this.#ceiling;
      this.#trying = 'hint';
    }
  }

  /** A try at more failed: back to what worked, for good. */
  #fellBack(): boolean {
    if (this.#trying === undefined) return false;
    if (this.#trying === 'frame') {
      this.#level += 1;
      this.#widest = this.#level;
    } else {
      this.#octetsMax = Math.min(this.#hint ?? Infinity, this.#ceiling);
      this.#hint = undefined;
    }
    this.#trying = undefined;
    return true;
  }
}
