// Which part of a file is written next, and what an answer to AtomicWriteFile or to the truncating
// WriteProperty means (clauses 12.13, 14.2): one pure machine. Positions are explicit and only ascend;
// truncation is acknowledged alone; nothing whose outcome is unknown is sent again before the device was
// read. Writing at 0 after a later position is a new machine's job: a complete restart of the file.

import { AbortReason, type Refusal, refusalWords } from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { isTooLarge } from './download.js';
import { sizeName } from './file-properties.js';
import type { FileAccess } from './types.js';

export interface UploadOptions {
  readonly access: FileAccess;
  /** Octets or records that the file must hold in the end. */
  readonly total: number;
  /** What it holds now, where the device tells it. */
  readonly present?: number;
  /** Writes only [from, to) again, with from > 0, and does not touch the size. */
  readonly range?: { readonly from: number; readonly to: number };
  /** When the truncating WriteProperty is left out: the size is looked at after the writing in any case. */
  readonly avoidsSizing?: 'always' | 'when-growing' | undefined;
}

export type UploadStep =
  /** File_Size or Record_Count := 0, and nothing else until it is answered. */
  | { readonly kind: 'clear' }
  /** A zero-length AtomicWriteFile at 0: the last way to empty a file whose size cannot be written. */
  | { readonly kind: 'clear-by-writing' }
  /** Nobody answered the truncation: read the size. */
  | { readonly kind: 'read-size' }
  /** Write the next part, at most up to `end`. */
  | { readonly kind: 'write'; readonly start: number; readonly end: number }
  /** Nobody answered, or with another position: read [start, start + count) and compare. */
  | {
      readonly kind: 'check';
      readonly start: number;
      readonly count: number;
      readonly pauseMs: number;
      /** Nobody answered: the device may have been away. */
      readonly silent: boolean;
    }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly text: string; readonly refusal?: Refusal };

/** What the loop must do before the next step. */
export type UploadAdvice = 'go-on' | 'smaller' | 'silent';

/** Unanswered writes of one part, each looked at by reading back, before the device is given up. */
const SILENCES_MAX = 4;

/** Answers with another position, with pauses longer than any answer cache lives, before giving up. */
const STALE_PAUSES_MS: readonly number[] = [0, 0, 500, 1000, 2000, 4000, 8000];

/** Unanswered truncations before the device is given up. */
const CLEARS_MAX = 3;

/** One writing of one file, or of one range of it. */
export class Upload {
  readonly #options: UploadOptions;
  readonly #end: number;
  readonly #deviations: string[] = [];
  #step: UploadStep;
  #position: number;
  #clears = 0;
  #silences = 0;
  #stale = 0;
  #truncationUnknown = false;
  #sizingRefused: string | undefined;

  constructor(options: UploadOptions) {
    this.#options = options;
    this.#position = options.range?.from ?? 0;
    this.#end = options.range?.to ?? options.total;
    if (options.range !== undefined && options.range.from <= 0) {
      throw new RangeError('a range that begins at 0 is a complete restart of the file');
    }
    this.#step = this.#needsClearing() ? { kind: 'clear' } : this.#writing();
  }

  get step(): UploadStep {
    return this.#step;
  }

  /** Octets or records that the device has acknowledged, counted from the start of the file. */
  get position(): number {
    return this.#position;
  }

  /**
   * Whether a request that may empty the file, on this or another kind of device, went unanswered: it may
   * still be under way, and then do its work late.
   */
  get truncationUnknown(): boolean {
    return this.#truncationUnknown;
  }

  /** Its words when it refused to set its size. */
  get sizingRefused(): string | undefined {
    return this.#sizingRefused;
  }

  /** Departures from the standard that this writing met. */
  get deviations(): readonly string[] {
    return this.#deviations;
  }

  /** The answer to `clear` or `clear-by-writing`. */
  cleared(reply: Reply<unknown>): UploadAdvice {
    const byWriting = this.#step.kind === 'clear-by-writing';
    if (reply.ok) {
      this.#step = this.#writing();
      return 'go-on';
    }
    const { refusal } = reply;
    if (isSilence(refusal)) {
      this.#truncationUnknown = true;
      this.#clears += 1;
      this.#step =
        this.#clears >= CLEARS_MAX
          ? { kind: 'failed', text: 'the device does not answer when its file is to be emptied', refusal }
          : { kind: 'read-size' };
      return 'go-on';
    }
    const what = byWriting ? 'an empty write' : `${sizeName(this.#options.access)} := 0`;
    this.#sizingRefused = `refused ${what} (${refusalWords(refusal)})`;
    this.#deviations.push(this.#sizingRefused);
    // A size that cannot be written is tolerated; whether the end is right is checked after writing.
    this.#step = this.#end === 0 && !byWriting ? { kind: 'clear-by-writing' } : this.#writing();
    return 'go-on';
  }

  /** The answer to `read-size`: octets or records, undefined when the device does not tell. */
  sizeIs(units: number | undefined): void {
    this.#step = units === 0 ? this.#writing() : { kind: 'clear' };
  }

  /** The answer to a `write` of `count` octets or records. */
  written(count: number, reply: Reply<{ readonly start: number }>): UploadAdvice {
    const start = this.#position;
    if (reply.ok) {
      if (reply.value.start === start) {
        this.#advance(count);
        return 'go-on';
      }
      return this.#mismatched(count, reply.value.start);
    }
    const { refusal } = reply;
    if (isSilence(refusal) || isPastEnd(refusal)) return this.#silent(count, refusal);
    if (isTooLarge(refusal, this.#options.access === 'record' && count > 1)) return 'smaller';
    this.#step = { kind: 'failed', text: `AtomicWriteFile at ${start} was refused`, refusal };
    return 'go-on';
  }

  /** What reading back showed. Unequal or unreadable: the same part is written again, at the same position. */
  checked(count: number, verdict: 'equal' | 'different' | 'not-possible'): void {
    if (verdict === 'equal') {
      this.#advance(count);
      return;
    }
    if (verdict === 'not-possible' && this.#stale > 0) {
      const text = `its answers to AtomicWriteFile at ${this.#position} name another position, and it cannot be read back`;
      this.#step = { kind: 'failed', text };
      return;
    }
    this.#step = { kind: 'write', start: this.#position, end: this.#end };
  }

  #needsClearing(): boolean {
    const { range, present, total, avoidsSizing } = this.#options;
    if (range !== undefined || present === 0 || present === total) return false;
    if (total === 0 || avoidsSizing === undefined) return true;
    return avoidsSizing === 'when-growing' && (present === undefined || present > total);
  }

  #writing(): UploadStep {
    if (this.#position >= this.#end) return { kind: 'done' };
    return { kind: 'write', start: this.#position, end: this.#end };
  }

  #advance(count: number): void {
    this.#silences = 0;
    this.#stale = 0;
    this.#position += count;
    this.#step = this.#writing();
  }

  /** The ACK of another write, cached or delayed: whether ours was done is unknown. */
  #mismatched(count: number, start: number): UploadAdvice {
    const text = `AtomicWriteFile at ${this.#position} was acknowledged for position ${start}`;
    const pauseMs = STALE_PAUSES_MS[this.#stale];
    this.#stale += 1;
    if (this.#stale === 1) this.#deviations.push(text);
    this.#noteTruncation();
    this.#step =
      pauseMs === undefined
        ? { kind: 'failed', text }
        : { kind: 'check', start: this.#position, count, pauseMs, silent: false };
    return 'go-on';
  }

  #silent(count: number, refusal: Refusal): UploadAdvice {
    this.#silences += 1;
    this.#noteTruncation();
    if (this.#silences >= SILENCES_MAX) {
      const text = `no answer to AtomicWriteFile at ${this.#position}`;
      this.#step = { kind: 'failed', text, refusal };
      return 'go-on';
    }
    const silent = isSilence(refusal);
    this.#step = { kind: 'check', start: this.#position, count, pauseMs: 0, silent };
    // A device that is there is given fewer segments only when they are of no use to it again and again.
    return silent || this.#silences > 1 ? 'silent' : 'go-on';
  }

  /** On some devices a write at 0 empties the file first: an unanswered one may do so later. */
  #noteTruncation(): void {
    if (this.#position === 0) this.#truncationUnknown = true;
  }
}

/**
 * What a device says to a segment that comes when it has taken the whole request already, and its answer was lost
 * (clause 5.4.5.1); or we to an answer that comes before its time. Whether it has done what was asked is open.
 */
function isPastEnd(refusal: Refusal): boolean {
  return refusal.kind === 'abort' && refusal.reason === AbortReason.invalidApduInThisState;
}

/** Whether a refusal leaves open what the device did. */
function isSilence(refusal: Refusal): boolean {
  return refusal.kind === 'timeout' || refusal.kind === 'malformed';
}
