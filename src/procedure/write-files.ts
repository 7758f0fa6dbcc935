// The two phases of a restore in which content moves: all files are written, then all are read back and
// compared, before the device is told to use them. A late duplicate of a request that empties a file is
// the fault that corrupts restores in silence (rivals 4.3); reading back after a quiet is the remedy.

import { type ObjectId, ObjectType, refusalWords } from '../../protocol/index.js';
import { isEngineError } from '../errors.js';
import type { ImageFile, Repository } from '../repository/index.js';
import {
  changeBetween,
  compareFile,
  type Comparison,
  type ExpectedContent,
  FILE_RESTARTS_MAX,
  FileChanged,
  type FileExtent,
  fileError,
  onlyDateChanged,
  OtherAccess,
  READ_BACK_PATIENCE_MS,
  readFileExtent,
  refusalOf,
  resumeUnchanged,
  sizeName,
  unitsOf,
  uploadFile,
  type UploadOptions,
} from '../transfer/index.js';
import { provideFile } from './file-object.js';
import type { SessionFilePort } from './file-port.js';
import { contentOf } from './image-content.js';
import type { Session } from './session.js';
import { QUIET_AFTER_SILENCE_MS, QUIET_MS, REWRITES_MAX } from './timing.js';
import { rangeWords } from './words.js';

/** One file of the image and what must be on the device in the end. */
export interface FilePlan {
  readonly row: ImageFile;
  readonly file: ObjectId;
  /** Octets of a stream file, records of a record file. */
  readonly units: number;
  readonly content: ExpectedContent;
}

export function planFile(repository: Repository, row: ImageFile, units: number): FilePlan {
  const file = { type: ObjectType.file, instance: row.instance };
  return { row, file, units, content: contentOf(repository, row) };
}

/** What was written, and what is known of it. */
export interface Written {
  octets: number;
  octetsRewritten: number;
  /** A request that may empty a file went unanswered. */
  truncationUnknown: boolean;
  readBack: 'equal' | 'not-possible';
  readonly unproven: string[];
}

export class FileWriter {
  readonly written: Written;
  readonly #session: Session;
  readonly #port: SessionFilePort;
  readonly #plans: readonly FilePlan[];
  readonly #quietMs: number;

  constructor(
    session: Session,
    port: SessionFilePort,
    plans: readonly FilePlan[],
    quietMs: number | undefined,
  ) {
    this.#session = session;
    this.#port = port;
    this.#plans = plans;
    this.#quietMs = quietMs ?? QUIET_MS;
    this.written = {
      octets: 0,
      octetsRewritten: 0,
      truncationUnknown: false,
      readBack: 'equal',
      unproven: [],
    };
  }

  /** Writes every file from its start, in the image's order. */
  async writeAll(): Promise<void> {
    for (const [index, plan] of this.#plans.entries()) {
      const properties = await provideFile(this.#session, this.#port, plan.file, plan.row);
      this.#announce(index, plan);
      const present = plan.content.access === 'stream' ? properties.fileSize : properties.recordCount;
      const { avoidsSizing } = this.#port.habits;
      this.written.octets += await this.#upload(plan, {
        avoidsSizing,
        ...(present === undefined ? {} : { present }),
      });
    }
  }

  /** Reads every file back. Rejects `transfer-differs` when one cannot be made equal to the image. */
  async readBackAll(): Promise<void> {
    for (const [index, plan] of this.#plans.entries()) {
      await this.#quiet();
      this.#announce(index, plan);
      for (let rewrites = 0; ; rewrites += 1) {
        const found = await this.#readBack(plan);
        if (found === 'equal' || found === 'not-possible') break;
        if (rewrites >= REWRITES_MAX) throw differs(plan, found, rewrites, this.#port.habits.sizingRefused);
        this.#port.deviation(
          `file ${plan.file.instance}: did not read back equal (${found.words}); written again`,
        );
        this.written.octetsRewritten += await this.#upload(plan, found.again);
        await this.#quiet();
      }
    }
  }

  #announce(index: number, { row, file, content, units }: FilePlan): void {
    this.#session.emit({
      kind: 'file',
      device: this.#session.device.instance,
      file: file.instance,
      index,
      count: this.#plans.length,
      ...(row.name === undefined ? {} : { name: row.name }),
      access: content.access,
      octetsTotal: row.octets,
      ...(content.access === 'record' ? { recordsTotal: units } : {}),
    });
  }

  async #upload(plan: FilePlan, options: Omit<UploadOptions, 'access' | 'total'>): Promise<number> {
    const { access, open } = plan.content;
    const result = await uploadFile(this.#port, plan.file, { access, total: plan.units, ...options }, open);
    this.written.truncationUnknown ||= result.truncationUnknown;
    return result.octets;
  }

  /** Waits until no duplicate of a request that empties a file can be under way any more. */
  async #quiet(): Promise<void> {
    const { truncatedMs } = this.#port;
    if (truncatedMs === undefined) return;
    const quietMs = this.written.truncationUnknown
      ? Math.max(QUIET_AFTER_SILENCE_MS, this.#quietMs)
      : this.#quietMs;
    const leftMs = truncatedMs + quietMs - this.#session.clock.now();
    if (leftMs > 0) await this.#session.pause(leftMs, 'quiet before reading back');
  }

  async #readBack(plan: FilePlan): Promise<'equal' | 'not-possible' | Difference> {
    const { file, units, content } = plan;
    let last: string | undefined;
    for (let reading = 1; ; reading += 1) {
      const before = await readFileExtent(this.#port, file, content.access);
      const size = unitsOf(before, content.access);
      if (size !== undefined && size !== units) return wrongSize(plan, size);
      const comparison = await this.#compare(plan, before);
      if (comparison === 'not-possible') return comparison;
      if (comparison instanceof FileChanged) {
        if (reading > FILE_RESTARTS_MAX) throw keptChanging(plan, reading, comparison);
        last = undefined;
        this.#port.repeated(reading + 1, comparison.message);
        continue;
      }
      if (!comparison.equal) return difference(plan, comparison, size);
      // Equal, if it was still the same file at the end: a late duplicate may have come behind our back.
      const after = await readFileExtent(this.#port, file, content.access);
      const change = changeBetween(before, after);
      const found = JSON.stringify(comparison);
      if (change === undefined) return 'equal';
      if (onlyDateChanged(before, after) && found === last) {
        this.#port.deviation(`file ${file.instance}: ${change}, but two readings were equal`);
        return 'equal';
      }
      if (reading > FILE_RESTARTS_MAX) {
        this.written.unproven.push(
          `file ${file.instance} went on changing while it was read back: ${change}`,
        );
        return 'equal';
      }
      last = found;
      this.#port.repeated(reading + 1, change);
    }
  }

  async #compare(plan: FilePlan, before: FileExtent): Promise<Comparison | FileChanged | 'not-possible'> {
    const { file, content } = plan;
    const size = unitsOf(before, content.access);
    try {
      return await compareFile(this.#port, file, content, {
        mayResume: resumeUnchanged(this.#port, file, content.access, before),
        ...(size === undefined ? {} : { deviceUnits: size }),
        patienceMs: READ_BACK_PATIENCE_MS,
      });
    } catch (error) {
      if (error instanceof FileChanged) return error;
      const why = whyNotPossible(error);
      if (why === undefined) throw error;
      this.written.readBack = 'not-possible';
      const alone = size === undefined ? ', nor does it tell its size' : '; only its size is right';
      this.written.unproven.push(`file ${file.instance} could not be read back (${why})${alone}`);
      return 'not-possible';
    }
  }
}

/** What is wrong with a file, and how it is written again. */
interface Difference {
  readonly words: string;
  readonly again: Pick<UploadOptions, 'present' | 'range'>;
}

function wrongSize({ content, units }: FilePlan, size: number): Difference {
  return { words: `${sizeName(content.access)} is ${size} instead of ${units}`, again: { present: size } };
}

/**
 * From the first difference to the last, when the file's beginning is right: a write at position 0 would
 * empty the file on some devices. Else the whole file from its start.
 */
function difference({ content }: FilePlan, comparison: Comparison, size: number | undefined): Difference {
  const [first] = comparison.ranges;
  const last = comparison.ranges.at(-1);
  const early = comparison.early === undefined ? '' : `; the device ${comparison.early}`;
  const words = `${rangeWords(comparison.ranges, content.access === 'stream' ? 'octets' : 'records')}${early}`;
  const sameSize = comparison.imageSize === comparison.deviceSize;
  if (first !== undefined && last !== undefined && first.start > 0 && sameSize) {
    return { words, again: { range: { from: first.start, to: last.end } } };
  }
  return { words, again: size === undefined ? {} : { present: size } };
}

function differs(
  { file }: FilePlan,
  found: Difference,
  rewrites: number,
  sizingRefused: string | undefined,
): Error {
  const why = sizingRefused === undefined ? '' : `; the device ${sizingRefused}`;
  const words = `${found.words}${why}`;
  const what = `it does not read back equal to the image after it was written ${rewrites + 1} times: ${words}`;
  return fileError(file, 'transfer-differs', what);
}

function keptChanging({ file }: FilePlan, readings: number, change: FileChanged): Error {
  const what = `it changed in ${readings} readings while it was read back: ${change.message}`;
  return fileError(file, 'transfer-changed', what);
}

/** Why a device does not let its files be read during a restore; undefined when the error is another one. */
function whyNotPossible(error: unknown): string | undefined {
  if (error instanceof OtherAccess) return error.message;
  if (isEngineError(error, 'transfer-unreadable')) return error.message;
  if (!isEngineError(error, 'transfer-failed')) return undefined;
  // Only a device's own no is a reason; answers that make no sense are no better than wrong content.
  const refusal = refusalOf(error);
  const says = refusal?.kind === 'error' || refusal?.kind === 'reject' || refusal?.kind === 'abort';
  return says ? refusalWords(refusal) : undefined;
}
