// Runs the upload machine against a device: one request at a time, each acknowledged before the next.
// Never repeats a write whose outcome is unknown before it has looked; holds one portion in memory.

import { type BacnetValue, type ObjectId, PropertyId, refusalWords } from '../../protocol/index.js';
import { askPatiently, fileError, refusalCode, tooMuchFor } from './asking.js';
import { checkPart } from './check-part.js';
import { readFileUnits } from './file-properties.js';
import { openOutgoing, type Outgoing, type OutgoingPortion } from './outgoing.js';
import type { FilePort } from './types.js';
import { Upload, type UploadOptions, type UploadStep } from './upload.js';

export interface UploadResult {
  /** Octets that were written and acknowledged. */
  readonly octets: number;
  /** Whether a request that may empty the file is still unanswered: it may act late. */
  readonly truncationUnknown: boolean;
}

/**
 * Writes one file, or one range of it. `content` gives the whole file from its start. Rejects with
 * EngineError `transfer-failed`, `transfer-unreadable`, `device-silent`, `cancelled`, or as `content` does.
 */
export async function uploadFile(
  port: FilePort,
  file: ObjectId,
  options: UploadOptions,
  content: AsyncIterable<Uint8Array>,
): Promise<UploadResult> {
  const machine = new Upload(options);
  const outgoing = await openOutgoing(file, options.access, content, port.sizes, options.range?.from ?? 0);
  try {
    const octets = await new UploadRun(port, file, options, machine, outgoing).run();
    for (const text of machine.deviations) port.deviation(`file ${file.instance}: ${text}`);
    return { octets, truncationUnknown: machine.truncationUnknown };
  } finally {
    await outgoing.close();
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

  /** Until the machine is done; returns the octets written. */
  async run(): Promise<number> {
    for (;;) {
      const step = this.#machine.step;
      if (step.kind === 'done') return this.#octets;
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
        this.#machine.sizeIs(await readFileUnits(this.#port, this.#file, this.#options.access));
        return;
      case 'write':
        return this.#write(step.start, step.end);
      case 'check':
        return this.#check(step.start, step.count, step.pauseMs);
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
    const ask = (): ReturnType<FilePort['writeFile']> => this.#port.writeFile(portion.request);
    const reply = await askPatiently(this.#port, ask, patienceMs, isTooMuch);
    const advice =
      !reply.ok && isTooMuch(reply.refusal) ? 'smaller' : this.#machine.written(portion.count, reply);
    if (advice === 'silent') this.#port.sizes.silent('write');
    if (advice === 'smaller' && !reply.ok) {
      const unit = this.#options.access === 'stream' ? 'octets' : 'records';
      if (!this.#port.sizes.aborted('write', unit, portion.count)) {
        const what =
          unit === 'records'
            ? `record ${start} of ${portion.octets} octets is larger than one request to this device`
            : `the device does not even take ${portion.count} octets at ${start}`;
        throw fileError(this.#file, 'transfer-unreadable', what, reply.refusal);
      }
    }
    if (reply.ok) this.#port.sizes.answered('write');
    else this.#again(refusalWords(reply.refusal));
    if (this.#machine.position > start) await this.#advanced(portion);
  }

  async #check(start: number, count: number, pauseMs: number): Promise<void> {
    const portion = this.#portion;
    if (portion === undefined) throw new Error('a check before any write');
    if (pauseMs > 0) await this.#port.pause(pauseMs, 'the acknowledgement named another position');
    const verdict = await checkPart(this.#port, this.#file, this.#options.access, start, portion.parts);
    this.#machine.checked(count, verdict);
    if (verdict === 'equal') this.#port.sizes.answered('write');
    if (this.#machine.position > start) await this.#advanced(portion);
    else this.#again(`reading back at ${start}: ${verdict}`);
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
