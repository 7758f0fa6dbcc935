// Runs the upload machine against a device: one request at a time, each acknowledged before the next.
// Never repeats a write whose outcome is unknown before it has looked; holds one portion in memory.

import { type BacnetValue, type ObjectId, PropertyId, refusalWords } from '../../protocol/index.js';
import { askPatiently, fileError, refusalCode, tooMuchFor } from './asking.js';
import { checkPart } from './check-part.js';
import { FILE_RESTARTS_MAX, readFileUnits, sizeName } from './file-properties.js';
import { openOutgoing, type Outgoing, type OutgoingPortion } from './outgoing.js';
import { FileChanged } from './resume.js';
import type { FileAccess, FilePort } from './types.js';
import { Upload, type UploadOptions, type UploadStep } from './upload.js';

export interface UploadResult {
  /** Octets that were written and acknowledged. */
  readonly octets: number;
  /** Whether a request that may empty the file is still unanswered: it may act late. */
  readonly truncationUnknown: boolean;
}

/**
 * Writes one file, or one range of it. `open` gives the whole file from its start. A part whose outcome is
 * unknown is read back before anything else is written; a device that lost what it had acknowledged gets the
 * file from its start again, twice at most. Rejects with EngineError `transfer-failed`, `transfer-changed`,
 * `transfer-unreadable`, `device-silent`, `procedure-failed`, `cancelled`, or as the content does.
 */
export async function uploadFile(
  port: FilePort,
  file: ObjectId,
  options: UploadOptions,
  open: () => AsyncIterable<Uint8Array>,
): Promise<UploadResult> {
  let octets = 0;
  let truncationUnknown = false;
  let attempt = options;
  for (let restarts = 0; ; restarts += 1) {
    const machine = new Upload(attempt);
    const outgoing = await openOutgoing(file, attempt.access, open(), port.sizes, attempt.range?.from ?? 0);
    const run = new UploadRun(port, file, attempt, machine, outgoing);
    try {
      await run.toEnd();
      return {
        octets: octets + run.octets,
        truncationUnknown: truncationUnknown || machine.truncationUnknown,
      };
    } catch (error) {
      if (!(error instanceof FileChanged)) throw error;
      if (restarts >= FILE_RESTARTS_MAX) {
        const what = `it lost what was written in ${restarts + 1} attempts: ${error.message}`;
        throw fileError(file, 'transfer-changed', what);
      }
      port.repeated(restarts + 2, error.message);
      octets += run.octets;
      truncationUnknown ||= machine.truncationUnknown;
      attempt = { access: options.access, total: options.total };
    } finally {
      for (const text of machine.deviations) port.deviation(`file ${file.instance}: ${text}`);
      port.habits.sizingRefused ??= machine.sizingRefused;
      await outgoing.close();
    }
  }
}

/** One writing of one file: the machine decides, this does. */
class UploadRun {
  readonly #port: FilePort;
  readonly #file: ObjectId;
  readonly #options: UploadOptions;
  readonly #machine: Upload;
  readonly #outgoing: Outgoing;
  #portion: OutgoingPortion | undefined;
  #octets = 0;
  #repeats = 1;

  constructor(port: FilePort, file: ObjectId, options: UploadOptions, machine: Upload, outgoing: Outgoing) {
    this.#port = port;
    this.#file = file;
    this.#options = options;
    this.#machine = machine;
    this.#outgoing = outgoing;
  }

  /** Octets written so far. */
  get octets(): number {
    return this.#octets;
  }

  /** Until the machine is done. */
  async toEnd(): Promise<void> {
    for (;;) {
      const step = this.#machine.step;
      if (step.kind === 'done') return;
      if (step.kind === 'failed') throw this.#failure(step);
      await this.#do(step);
    }
  }

  async #do(step: Exclude<UploadStep, { kind: 'done' | 'failed' }>): Promise<void> {
    switch (step.kind) {
      case 'clear':
        this.#machine.cleared(await this.#clear());
        return;
      case 'clear-by-writing':
        this.#machine.cleared(await this.#clearByWriting());
        return;
      case 'read-size':
        return this.#readSize();
      case 'write':
        return this.#write(step.start, step.end);
      case 'check':
        return this.#check(step);
    }
  }

  #clear(): ReturnType<FilePort['writeProperty']> {
    const property = this.#options.access === 'stream' ? PropertyId.fileSize : PropertyId.recordCount;
    const zero: BacnetValue = { type: 'unsigned', value: 0 };
    return askPatiently(this.#port, () => this.#port.writeProperty(this.#file, property, zero));
  }

  #clearByWriting(): ReturnType<FilePort['writeFile']> {
    const file = this.#file;
    return askPatiently(this.#port, () =>
      this.#port.writeFile(
        this.#options.access === 'stream'
          ? { file, access: 'stream', start: 0, octets: new Uint8Array(0) }
          : { file, access: 'record', start: 0, records: [] },
      ),
    );
  }

  async #write(start: number, end: number): Promise<void> {
    const portion = await this.#outgoing.portion(start, end);
    this.#portion = portion;
    const { sizes, patienceMs } = this.#port;
    const isTooMuch = tooMuchFor(sizes, 'write', this.#options.access, portion.count);
    let askedMs = 0;
    const ask = (): ReturnType<FilePort['writeFile']> => {
      askedMs = this.#port.now();
      return this.#port.writeFile(portion.request);
    };
    const reply = await askPatiently(this.#port, ask, patienceMs, isTooMuch);
    const advice =
      !reply.ok && isTooMuch(reply.refusal) ? 'smaller' : this.#machine.written(portion.count, reply);
    if (advice === 'silent') this.#port.sizes.silent('write');
    if (advice === 'smaller' && !reply.ok) {
      const unit = unitName(this.#options.access);
      if (!this.#port.sizes.aborted('write', unit, portion.count)) {
        const what =
          unit === 'records'
            ? `record ${start} of ${portion.octets} octets is larger than one request to this device`
            : `the device does not even take ${portion.count} octets at ${start}`;
        throw fileError(this.#file, 'transfer-unreadable', what, reply.refusal);
      }
    }
    if (reply.ok) {
      const { octets } = portion;
      this.#port.sizes.answered('write', { octets, ms: this.#port.now() - askedMs });
    } else this.#again(refusalWords(reply.refusal));
    if (this.#machine.position > start) await this.#advanced(portion);
  }

  async #readSize(): Promise<void> {
    const units = await readFileUnits(this.#port, this.#file, this.#options.access);
    await this.#port.stillOurs();
    this.#machine.sizeIs(units);
  }

  async #check({ start, count, pauseMs, silent }: UploadStep & { kind: 'check' }): Promise<void> {
    const portion = this.#portion;
    if (portion === undefined) throw new Error('a check before any write');
    const beganMs = this.#port.now();
    if (pauseMs > 0) await this.#port.pause(pauseMs, 'the acknowledgement named another position');
    const verdict = await checkPart(this.#port, this.#file, this.#options.access, start, portion.parts);
    if (silent) await this.#mayGoOn(start, this.#port.now() - beganMs);
    this.#machine.checked(count, verdict);
    if (verdict === 'equal') this.#port.sizes.answered('write');
    if (this.#machine.position > start) await this.#advanced(portion);
    else this.#again(`reading back at ${start}: ${verdict}`);
  }

  /** The device was silent: it must still be in the restore, and hold what it acknowledged before. */
  async #mayGoOn(start: number, silentMs: number): Promise<void> {
    await this.#port.stillOurs();
    const { access } = this.#options;
    const units = await readFileUnits(this.#port, this.#file, access);
    if (units !== undefined && units < start) {
      throw new FileChanged(
        `${sizeName(access)} is ${units}, after ${start} ${unitName(access)} were acknowledged`,
      );
    }
    this.#port.resumed(this.#file.instance, start, silentMs);
  }

  async #advanced(portion: OutgoingPortion): Promise<void> {
    this.#repeats = 1;
    this.#octets += portion.octets;
    await this.#outgoing.accept(portion.count);
    const records = this.#options.access === 'record' ? this.#machine.position : undefined;
    this.#port.progress(this.#file.instance, this.#octets, records);
  }

  #again(reason: string): void {
    this.#repeats += 1;
    this.#port.repeated(this.#repeats, reason);
  }

  #failure(step: UploadStep & { kind: 'failed' }): Error {
    const code =
      step.refusal === undefined ? 'transfer-failed' : refusalCode(step.refusal, 'transfer-failed');
    return fileError(this.#file, code, step.text, step.refusal);
  }
}

function unitName(access: FileAccess): 'octets' | 'records' {
  return access === 'stream' ? 'octets' : 'records';
}
