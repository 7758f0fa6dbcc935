// A FilePort over files in memory, for tests of the transfers without a device, a network or time. Every
// request is noted; a test may put its own answer in the place of any of them.

import {
  type BacnetValue,
  ErrorClass,
  ErrorCode,
  FileAccessMethod,
  type ObjectId,
  PropertyId,
  type ReadFileAck,
  type ReadFileRequest,
  type Refusal,
  type WriteFileRequest,
} from '../../protocol/index.js';
import type { Reply } from '../../src/client/index.js';
import { ChunkSizes, ReadWindow } from '../../src/pacing/index.js';
import { type FilePort, habitsOf, type PropertyValues } from '../../src/transfer/index.js';

export const FILE: ObjectId = { type: 10, instance: 1 };

export const yes = <T>(value: T): Reply<T> => ({ ok: true, value });
export const no = (refusal: Refusal): Reply<never> => ({ ok: false, refusal });
export const error = (errorCode: number, errorClass: number = ErrorClass.services): Reply<never> =>
  no({ kind: 'error', errorClass, errorCode });
export const SILENCE = no({ kind: 'timeout', attempts: 4 });

type Scripted<Request, Value> = (request: Request, port: FakePort) => Reply<Value> | undefined;

export interface Script {
  readonly read?: Scripted<ReadFileRequest, ReadFileAck>;
  readonly write?: Scripted<WriteFileRequest, { start: number }>;
  readonly property?: Scripted<number, BacnetValue[]>;
  readonly setProperty?: Scripted<number, void>;
}

/** One file, stream or record. */
export class FakePort implements FilePort {
  content: Uint8Array | Uint8Array[];
  script: Script;
  readonly sizes: ChunkSizes;
  readonly readWindow = new ReadWindow({ pace: 'gentle' });
  readonly habits = habitsOf();
  /** What it tells of its properties at once. */
  atOnce: PropertyValues = new Map();
  patienceMs = 10_000;
  outageMs = 30_000;
  /** Goes on with pauses, and by 12 s with every unanswered question. */
  clockMs = 0;
  /** "120 after 12000 ms" for each transfer that went on after an outage. */
  readonly resumptions: string[] = [];
  /** Whether the device is still in the procedure. */
  ours: () => Promise<void> = () => Promise.resolve();
  /** "read 0+100", "write 0+50", "clear", in order. */
  readonly requests: string[] = [];
  readonly deviations: string[] = [];
  readonly repeats: string[] = [];
  readonly done: number[] = [];
  pausedMs = 0;

  constructor(
    content: Uint8Array | Uint8Array[],
    script: Script = {},
    maxApdu = 128,
    segmentation: 'none' | 'both' = 'none',
  ) {
    this.content = content;
    this.script = script;
    const limits = { maxApdu, segmentation, maxSegments: 16 } as const;
    this.sizes = new ChunkSizes(limits, limits);
  }

  get access(): 'stream' | 'record' {
    return Array.isArray(this.content) ? 'record' : 'stream';
  }

  readFile(request: ReadFileRequest): Promise<Reply<ReadFileAck>> {
    this.requests.push(`read ${request.start}+${request.count}`);
    return Promise.resolve(this.#timed(this.script.read?.(request, this) ?? this.honestRead(request)));
  }

  settleDoubt(): Promise<void> {
    return Promise.resolve();
  }

  honestRead({ access, start, count }: ReadFileRequest): Reply<ReadFileAck> {
    if (access !== this.access) return error(ErrorCode.invalidFileAccessMethod);
    if (start > this.content.length) return error(ErrorCode.invalidFileStartPosition);
    const endOfFile = start + count >= this.content.length;
    const part = this.content.slice(start, start + count);
    return Array.isArray(part)
      ? yes({ access: 'record', endOfFile, start, records: part })
      : yes({ access: 'stream', endOfFile, start, octets: part });
  }

  writeFile(request: WriteFileRequest): Promise<Reply<{ start: number }>> {
    const count = request.access === 'stream' ? request.octets.length : request.records.length;
    this.requests.push(`write ${request.start}+${count}`);
    return Promise.resolve(this.#timed(this.script.write?.(request, this) ?? this.honestWrite(request)));
  }

  honestWrite(request: WriteFileRequest): Reply<{ start: number }> {
    const { start } = request;
    if (request.access === 'stream' && !Array.isArray(this.content)) {
      const grown = new Uint8Array(Math.max(this.content.length, start + request.octets.length));
      grown.set(this.content);
      grown.set(request.octets, start);
      this.content = grown;
    } else if (request.access === 'record' && Array.isArray(this.content)) {
      this.content.splice(start, request.records.length, ...request.records);
    } else {
      return error(ErrorCode.invalidFileAccessMethod);
    }
    return yes({ start });
  }

  readProperty(_file: ObjectId, property: number): Promise<Reply<BacnetValue[]>> {
    return Promise.resolve(this.#timed(this.script.property?.(property, this) ?? this.#property(property)));
  }

  readAtOnce(): Promise<PropertyValues> {
    return Promise.resolve(this.atOnce);
  }

  #property(property: number): Reply<BacnetValue[]> {
    const stream = !Array.isArray(this.content);
    switch (property) {
      case PropertyId.fileSize:
        return yes([{ type: 'unsigned', value: Array.isArray(this.content) ? 0 : this.content.length }]);
      case PropertyId.recordCount:
        return stream
          ? error(ErrorCode.unknownProperty)
          : yes([{ type: 'unsigned', value: this.content.length }]);
      case PropertyId.fileAccessMethod:
        return yes([
          { type: 'enumerated', value: stream ? FileAccessMethod.stream : FileAccessMethod.record },
        ]);
      default:
        return error(ErrorCode.unknownProperty, ErrorClass.property);
    }
  }

  writeProperty(_file: ObjectId, property: number): Promise<Reply<void>> {
    this.requests.push('clear');
    const scripted = this.script.setProperty?.(property, this);
    if (scripted !== undefined) return Promise.resolve(scripted);
    this.clear();
    return Promise.resolve(yes(undefined));
  }

  clear(): void {
    this.content = Array.isArray(this.content) ? [] : new Uint8Array(0);
  }

  now(): number {
    return this.clockMs;
  }

  stillOurs(): Promise<void> {
    return this.ours();
  }

  resumed(_file: number, position: number, silentMs: number): void {
    this.resumptions.push(`${position} after ${silentMs} ms`);
  }

  #timed<T>(reply: Reply<T>): Reply<T> {
    if (!reply.ok && reply.refusal.kind === 'timeout') this.clockMs += 12_000;
    return reply;
  }

  pause(ms: number): Promise<void> {
    this.clockMs += ms;
    this.pausedMs += ms;
    return Promise.resolve();
  }

  repeated(_attempt: number, reason: string): void {
    this.repeats.push(reason);
  }

  deviation(text: string): void {
    this.deviations.push(text);
  }

  progress(_file: number, octetsDone: number): void {
    this.done.push(octetsDone);
  }
}

/** Chunks of content as a repository gives them. */
export async function* chunked(octets: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += size) yield await Promise.resolve(octets.slice(at, at + size));
}

export async function* each(records: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const record of records) yield await Promise.resolve(record);
}
