// What is in a File object: octets that grow, or records that keep their boundaries. Positions are
// checked by whoever calls; nothing here may know a service or a property.

/** The most octets one stream file may have: far above any configuration, far below a full memory. */
export const FILE_OCTETS_MAX = 256 * 1024 * 1024;

/** The most records one record file may have. */
export const FILE_RECORDS_MAX = 1_000_000;

/** Octets of a stream file. The caller's array is shared until the first change, never written. */
export class StreamContent {
  readonly access = 'stream';
  #octets: Uint8Array;
  #size: number;
  #owned = false;
  /** Everything from here on is still zero, as it was allocated. */
  #zeroFrom: number;

  constructor(content: Uint8Array) {
    this.#octets = content;
    this.#size = content.length;
    this.#zeroFrom = content.length;
  }

  get size(): number {
    return this.#size;
  }

  get octetCount(): number {
    return this.#size;
  }

  /** A copy of at most `count` octets from `start`. */
  read(start: number, count: number): Uint8Array {
    return this.#octets.slice(start, Math.min(start + count, this.#size));
  }

  /** Overwrites and extends; a gap before `start` is filled with zeros. */
  write(start: number, octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.#own(Math.max(this.#size, start + octets.length), this.#size);
    this.#zero(this.#size, start);
    this.#octets.set(octets, start);
    this.#size = Math.max(this.#size, start + octets.length);
    this.#zeroFrom = Math.max(this.#zeroFrom, this.#size);
  }

  /** Truncates, or extends with zeros. */
  resize(size: number): void {
    this.#own(size, Math.min(size, this.#size));
    this.#zero(this.#size, size);
    this.#size = size;
  }

  /** Zeroes what an earlier, longer content left behind. What was never written is zero already. */
  #zero(from: number, to: number): void {
    this.#octets.fill(0, from, Math.max(from, Math.min(to, this.#zeroFrom)));
  }

  /** Makes the buffer ours and large enough; capacity doubles, so that growing copies each octet few times. */
  #own(size: number, keep: number): void {
    if (this.#owned && size <= this.#octets.length) return;
    const grown = new Uint8Array(this.#owned ? Math.max(size, this.#octets.length * 2) : Math.max(size, 64));
    grown.set(this.#octets.subarray(0, keep));
    this.#octets = grown;
    this.#zeroFrom = keep;
    this.#owned = true;
  }
}

/** All empty records are one: extending by many must not cost memory for each. */
const EMPTY_RECORD = new Uint8Array(0);

/** Records of a record file. */
export class RecordContent {
  readonly access = 'record';
  readonly #records: Uint8Array[];
  #octetCount = 0;

  constructor(records: readonly Uint8Array[]) {
    this.#records = [...records];
    for (const record of records) this.#octetCount += record.length;
  }

  /** Number of records. */
  get size(): number {
    return this.#records.length;
  }

  get octetCount(): number {
    return this.#octetCount;
  }

  read(start: number, count: number): Uint8Array[] {
    return this.#records.slice(start, start + count).map((record) => record.slice());
  }

  /** Overwrites and extends; a gap before `start` is filled with empty records. */
  write(start: number, records: readonly Uint8Array[]): void {
    if (records.length > 0 && start > this.size) this.resize(start);
    records.forEach((record, index) => {
      this.#octetCount += record.length - (this.#records[start + index]?.length ?? 0);
      this.#records[start + index] = record.slice();
    });
  }

  /** Truncates, or extends with empty records. */
  resize(size: number): void {
    for (const record of this.#records.slice(size)) this.#octetCount -= record.length;
    if (size < this.size) this.#records.length = size;
    while (this.size < size) this.#records.push(EMPTY_RECORD);
  }
}

export type FileContent = StreamContent | RecordContent;

/** Content of either kind, from what a configuration or a test gives. */
export function contentOf(content: Uint8Array | readonly Uint8Array[]): FileContent {
  return content instanceof Uint8Array ? new StreamContent(content) : new RecordContent(content);
}

/** All octets, records joined. A copy. */
export function joined(content: FileContent): Uint8Array {
  if (content.access === 'stream') return content.read(0, content.size);
  const octets = new Uint8Array(content.octetCount);
  let offset = 0;
  for (const record of content.read(0, content.size)) {
    octets.set(record, offset);
    offset += record.length;
  }
  return octets;
}
