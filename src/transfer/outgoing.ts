// Image content on its way to a device, in portions that fit one request. A portion stays here until the
// device is known to hold it: the same octets, or fewer of them, can be given again.

import type { ObjectId, WriteFileRequest } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import { CHUNK_RECORDS_MAX, type ChunkSizes } from '../pacing/index.js';
import { fileError } from './asking.js';
import { OctetFeeder, RecordFeeder } from './feeder.js';
import type { FileAccess } from './types.js';

/** One AtomicWriteFile, and what is in it. */
export interface OutgoingPortion {
  readonly request: WriteFileRequest;
  /** Octets, or records. */
  readonly count: number;
  readonly octets: number;
  readonly parts: readonly Uint8Array[];
}

/** Gives portions in order, and again until they are accepted. */
export interface Outgoing {
  /** The portion at `start`, of what fits now; nothing of it lies at or beyond `end`. */
  portion(start: number, end: number): Promise<OutgoingPortion>;
  /** The device holds the first `count` units of the last portion. */
  accept(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Begins at `from`, in octets or records. */
export async function openOutgoing(
  file: ObjectId,
  access: FileAccess,
  content: AsyncIterable<Uint8Array>,
  sizes: ChunkSizes,
  from: number,
): Promise<Outgoing> {
  const outgoing =
    access === 'stream'
      ? new OutgoingOctets(file, content, sizes)
      : new OutgoingRecords(file, content, sizes);
  await outgoing.skip(from);
  return outgoing;
}

function endedEarly(file: ObjectId): EngineError {
  return new EngineError(
    'repository-corrupt',
    `file ${file.instance}: the image holds less than its manifest says`,
    {
      details: { file: file.instance },
    },
  );
}

class OutgoingOctets implements Outgoing {
  readonly #file: ObjectId;
  readonly #feeder: OctetFeeder;
  readonly #sizes: ChunkSizes;
  #held: Uint8Array = new Uint8Array(0);

  constructor(file: ObjectId, content: AsyncIterable<Uint8Array>, sizes: ChunkSizes) {
    this.#file = file;
    this.#feeder = new OctetFeeder(content);
    this.#sizes = sizes;
  }

  async skip(octets: number): Promise<void> {
    if ((await this.#feeder.skip(octets)) < octets) throw endedEarly(this.#file);
  }

  async portion(start: number, end: number): Promise<OutgoingPortion> {
    const wanted = Math.min(this.#sizes.octets('write', start), end - start);
    if (this.#held.length < wanted) {
      const more = await this.#feeder.take(wanted - this.#held.length);
      const joined = new Uint8Array(this.#held.length + more.length);
      joined.set(this.#held);
      joined.set(more, this.#held.length);
      this.#held = joined;
    }
    const octets = this.#held.subarray(0, wanted);
    if (octets.length < wanted) throw endedEarly(this.#file);
    const request: WriteFileRequest = { file: this.#file, access: 'stream', start, octets };
    return { request, count: octets.length, octets: octets.length, parts: [octets] };
  }

  accept(count: number): Promise<void> {
    this.#held = this.#held.subarray(count);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#feeder.close();
  }
}

class OutgoingRecords implements Outgoing {
  readonly #file: ObjectId;
  readonly #feeder: RecordFeeder;
  readonly #sizes: ChunkSizes;

  constructor(file: ObjectId, content: AsyncIterable<Uint8Array>, sizes: ChunkSizes) {
    this.#file = file;
    this.#feeder = new RecordFeeder(content);
    this.#sizes = sizes;
    sizes.beginRecords();
  }

  async skip(records: number): Promise<void> {
    for (let i = 0; i < records; i += 1) await this.accept(1);
  }

  async portion(start: number, end: number): Promise<OutgoingPortion> {
    const octetsMax = this.#sizes.octets('write', start);
    const ahead = await this.#feeder.peek(Math.min(CHUNK_RECORDS_MAX, end - start), octetsMax);
    if (ahead.length === 0) throw endedEarly(this.#file);
    const count = this.#sizes.recordsToWrite(
      start,
      ahead.map((record) => record.length),
    );
    if (count === 0) {
      const what = `record ${start} of ${ahead[0]?.length ?? 0} octets is larger than one request to this device`;
      throw fileError(this.#file, 'transfer-unreadable', what);
    }
    const records = ahead.slice(0, count);
    const request: WriteFileRequest = { file: this.#file, access: 'record', start, records };
    return {
      request,
      count,
      octets: records.reduce((sum, record) => sum + record.length, 0),
      parts: records,
    };
  }

  async accept(count: number): Promise<void> {
    if ((await this.#feeder.take(count)).length < count) throw endedEarly(this.#file);
  }

  close(): Promise<void> {
    return this.#feeder.close();
  }
}
