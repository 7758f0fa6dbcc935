// Which part of a file is asked for next, and what an answer to AtomicReadFile means (clause 14.1): the
// reading rules as one pure machine for stream and record files alike. Time, sizes and sending are the
// loop's. It must never take octets whose position was not asked for, and never ask for ever.

import {
  AbortReason,
  ErrorCode,
  type ReadFileAck,
  type Refusal,
  refusalWords,
  RejectReason,
} from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import { isBusy } from '../pacing/index.js';
import type { EndOfFile } from './habits.js';
import type { FileAccess } from './types.js';

/** What the answer to one request means. */
export type DownloadVerdict =
  /** Keep these octets, or records, in order; then go on, or stop when it was the last part. */
  | { readonly kind: 'content'; readonly parts: readonly Uint8Array[]; readonly last: boolean }
  /** Ask once more for the same part, after this pause. */
  | { readonly kind: 'repeat'; readonly reason: string; readonly pauseMs: number }
  /** The part was too large for the device: ask for less. */
  | { readonly kind: 'smaller'; readonly refusal: Refusal }
  /** The file is of the other access method, says the device, and nothing was read yet. */
  | { readonly kind: 'other-access'; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly text: string; readonly refusal?: Refusal };

export interface DownloadOptions {
  readonly access: FileAccess;
  /** File_Size of a stream file or Record_Count of a record file, where the device tells it. */
  readonly expected?: number;
  /** An End_Of_File before `expected` is not believed: what lies behind it is read. */
  readonly readsPastEndOfFile?: boolean;
}

/** Stale answers in a row before the device is given up: with the pauses, longer than any answer cache lives. */
const STALE_PAUSES_MS: readonly number[] = [0, 0, 500, 1000, 2000, 4000, 8000];

/** Empty answers in a row without End_Of_File: asked again after these pauses, then taken for the end. */
const EMPTY_PAUSES_MS: readonly number[] = [500];

/** The same where no size tells afterwards that octets are missing: then the end must be surer. */
const EMPTY_PAUSES_UNTOLD_MS: readonly number[] = [500, 1000, 2000, 4000];

/** Answers in a row that do not decode before the device is given up. */
const MALFORMED_MAX = 3;

/** How far a file may run past its File_Size before we stop believing that it ends. */
const OVERRUN_MIN = 1 << 20;

/** Reject-Message-To-Network reason "message too long" (clause 6.4.4). */
const MESSAGE_TOO_LONG = 4;

/** Positions are signed 32-bit INTEGERs in every known stack. */
const POSITION_MAX = 0x7fffffff;

/** One reading of one file, from position 0 upward. */
export class Download {
  readonly #access: FileAccess;
  readonly #expected: number | undefined;
  readonly #readsPast: boolean;
  readonly #deviations: string[] = [];
  #position = 0;
  #emptyAnswers = 0;
  #staleAnswers = 0;
  #malformedAnswers = 0;
  /** End_Of_File was said, and nothing else tells where the end is: what lies behind it is looked at. */
  #saidEnd = false;
  #end: EndOfFile = 'with-last';

  constructor(options: DownloadOptions) {
    this.#access = options.access;
    this.#expected = options.expected;
    this.#readsPast = options.readsPastEndOfFile ?? false;
  }

  /** Where the next part begins, in octets or records. */
  get position(): number {
    return this.#position;
  }

  /** How the device said the end, once it has. */
  get end(): EndOfFile {
    return this.#end;
  }

  /** Departures from the standard that this reading met. */
  get deviations(): readonly string[] {
    return this.#deviations;
  }

  /** Judges the answer to a request for `asked` octets or records at `position`. */
  handle(asked: number, reply: Reply<ReadFileAck>): DownloadVerdict {
    if (!reply.ok) return this.#refused(asked, reply.refusal);
    const ack = reply.value;
    if (ack.access !== this.#access) {
      return {
        kind: 'failed',
        text: `answered with ${ack.access} access to a question for ${this.#access} access`,
      };
    }
    if (ack.start !== this.#position) return this.#stale(ack.start);
    const parts = ack.access === 'stream' ? [ack.octets] : ack.records;
    const units = ack.access === 'stream' ? ack.octets.length : ack.records.length;
    if (units > asked) {
      return { kind: 'failed', text: `answered with ${units} ${this.#unit} where ${asked} were asked for` };
    }
    this.#staleAnswers = 0;
    this.#malformedAnswers = 0;
    return units === 0 ? this.#empty(ack.endOfFile) : this.#content(parts, units, ack.endOfFile);
  }

  get #unit(): string {
    return this.#access === 'stream' ? 'octets' : 'records';
  }

  #content(parts: readonly Uint8Array[], units: number, endOfFile: boolean): DownloadVerdict {
    if (this.#saidEnd) {
      return {
        kind: 'failed',
        text: `said End_Of_File at ${this.#position}, and gave ${units} ${this.#unit} more after it`,
      };
    }
    this.#emptyAnswers = 0;
    this.#position += units;
    const most =
      this.#expected === undefined ? POSITION_MAX : this.#expected + Math.max(this.#expected, OVERRUN_MIN);
    if (!endOfFile && this.#position > Math.min(most, POSITION_MAX)) {
      return { kind: 'failed', text: `gave ${this.#position} ${this.#unit} and no End_Of_File` };
    }
    // A premature End_Of_File is found out by the size. Without one, only by asking for more.
    this.#saidEnd = endOfFile && this.#expected === undefined;
    const early = endOfFile && this.#readsPast && this.#position < (this.#expected ?? 0);
    if (early && !this.#deviations.some((text) => text.startsWith('said End_Of_File'))) {
      this.#deviations.push(`said End_Of_File at ${this.#position} of ${this.#expected}; read on`);
    }
    return { kind: 'content', parts, last: endOfFile && !this.#saidEnd && !early };
  }

  /** Nothing came. At the very end this is how several stacks say End_Of_File; before it, never loop. */
  #empty(endOfFile: boolean): DownloadVerdict {
    if (this.#saidEnd) return this.#ended('with-last');
    if (!endOfFile && this.#position !== this.#expected) {
      const pauses = this.#expected === undefined ? EMPTY_PAUSES_UNTOLD_MS : EMPTY_PAUSES_MS;
      const pauseMs = pauses[this.#emptyAnswers];
      this.#emptyAnswers += 1;
      if (pauseMs !== undefined) {
        return { kind: 'repeat', reason: 'an empty answer without End_Of_File', pauseMs };
      }
    }
    if (!endOfFile) {
      this.#deviations.push(
        `gave no ${this.#unit} at ${this.#position} and End_Of_File FALSE; taken as the end`,
      );
    }
    return this.#ended(endOfFile ? 'late' : 'never');
  }

  #ended(how: EndOfFile): DownloadVerdict {
    this.#end = how;
    return { kind: 'content', parts: [], last: true };
  }

  /** An answer to another question: a cached or delayed one. Its octets are not the ones asked for. */
  #stale(start: number): DownloadVerdict {
    const pauseMs = STALE_PAUSES_MS[this.#staleAnswers];
    this.#staleAnswers += 1;
    const text = `answered with position ${start} to a question for position ${this.#position}`;
    return pauseMs === undefined ? { kind: 'failed', text } : { kind: 'repeat', reason: text, pauseMs };
  }

  #refused(asked: number, refusal: Refusal): DownloadVerdict {
    // There is nothing behind the end, in whatever words.
    if (this.#saidEnd && isNo(refusal)) return this.#ended('with-last');
    if (isTooLarge(refusal, this.#access === 'record' && asked > 1)) return { kind: 'smaller', refusal };
    if (refusal.kind === 'malformed') {
      this.#malformedAnswers += 1;
      if (this.#malformedAnswers < MALFORMED_MAX) {
        return { kind: 'repeat', reason: refusalWords(refusal), pauseMs: 0 };
      }
    }
    if (refusal.kind === 'error') {
      if (refusal.errorCode === ErrorCode.invalidFileAccessMethod && this.#position === 0) {
        return { kind: 'other-access', refusal };
      }
      if (refusal.errorCode === ErrorCode.invalidFileStartPosition) {
        const end = this.#refusedPosition(asked, refusal);
        if (end !== undefined) return end;
      }
    }
    return { kind: 'failed', text: `AtomicReadFile at ${this.#position} was refused`, refusal };
  }

  /**
   * "Invalid file start position" at the end of the file is how BACnet4J and others say End_Of_File, for an
   * empty file too. Where the size is known, it is believed only there: before it, octets are missing.
   */
  #refusedPosition(asked: number, refusal: Refusal): DownloadVerdict | undefined {
    const here = this.#position;
    if (this.#expected !== undefined && here < this.#expected) {
      // Some devices of one-record buffers count a request for more records as a bad position.
      return this.#access === 'record' && asked > 1 ? { kind: 'smaller', refusal } : undefined;
    }
    this.#deviations.push(
      `answered ${refusalWords(refusal)} at ${here} ${this.#unit}, the end; taken as End_Of_File`,
    );
    return this.#ended('refused');
  }
}

/** The device's own no, and not its "later". */
function isNo(refusal: Refusal): boolean {
  return ['error', 'reject', 'abort'].includes(refusal.kind) && !isBusy(refusal);
}

/** Whether a refusal says that the answer, or the request, would be too large. */
export function isTooLarge(refusal: Refusal, severalRecords: boolean): boolean {
  switch (refusal.kind) {
    case 'abort':
      return (
        refusal.reason === AbortReason.segmentationNotSupported ||
        refusal.reason === AbortReason.bufferOverflow ||
        refusal.reason === AbortReason.apduTooLong
      );
    case 'unsendable':
      return true;
    case 'network-reject':
      return refusal.reason === MESSAGE_TOO_LONG;
    case 'reject':
      // bacnet-stack rejects every request for more than one record as out of range.
      return (
        refusal.reason === RejectReason.bufferOverflow ||
        (severalRecords &&
          (refusal.reason === RejectReason.parameterOutOfRange ||
            refusal.reason === RejectReason.tooManyArguments))
      );
    default:
      return false;
  }
}
