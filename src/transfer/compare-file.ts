// Compares a File object of the device with content of an image while both stream past: octet by octet,
// or record by record. Judges nothing: it says where they differ and how long each is.

import type { ObjectId } from '../../protocol/index.js';
import { OctetFeeder, RecordFeeder } from './feeder.js';
import { addOctetDifferences, type DifferentRange, NEAR_OCTETS, RangeList, sameOctets } from './ranges.js';
import { moreWords } from './file-properties.js';
import { earlyEndWords } from './habits.js';
import type { MayResume } from './resume.js';
import { download, type DownloadPart } from './run-download.js';
import type { FileAccess, FilePort } from './types.js';

/** What the device should hold. */
export interface ExpectedContent {
  readonly access: FileAccess;
  /** A new iteration over the chunks of a stream file, or over the records of a record file. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

export interface Comparison {
  readonly equal: boolean;
  /** In octets of a stream file, records of a record file. */
  readonly ranges: readonly DifferentRange[];
  readonly imageSize: number;
  readonly deviceSize: number;
  /** What the device did where its size says that more must follow. */
  readonly early?: string;
}

export interface CompareOptions {
  readonly deviceUnits?: number;
  readonly patienceMs?: number;
  /** Asked before reading goes on after an outage. */
  readonly mayResume: MayResume;
}

/** Reads the whole file and compares. Rejects as `download` does, OtherAccess and `mayResume` included. */
export async function compareFile(
  port: FilePort,
  file: ObjectId,
  expected: ExpectedContent,
  options: CompareOptions,
): Promise<Comparison> {
  const { deviceUnits, patienceMs, mayResume } = options;
  const parts = download(port, file, {
    access: expected.access,
    mayResume,
    ...(deviceUnits === undefined ? {} : { expected: deviceUnits }),
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  const ranges = new RangeList(expected.access === 'stream' ? NEAR_OCTETS : 1);
  const side =
    expected.access === 'stream'
      ? new StreamSide(expected.open(), ranges)
      : new RecordSide(expected.open(), ranges);
  let octets = 0;
  try {
    for (;;) {
      const next = await parts.next();
      if (next.done === true) {
        const { units, end } = next.value;
        const imageSize = await side.size(units);
        // A device that ends before the size that it tells holds more than it gave: that is no equal file.
        const deviceSize = Math.max(units, deviceUnits ?? 0);
        if (deviceUnits !== undefined && units > deviceUnits)
          port.deviation(moreWords(file, expected.access, deviceUnits, units));
        ranges.add(Math.min(imageSize, units), Math.max(imageSize, deviceSize));
        const found = ranges.ranges;
        return {
          equal: found.length === 0,
          ranges: found,
          imageSize,
          deviceSize,
          ...(units < deviceSize ? { early: earlyEndWords(end, units) } : {}),
        };
      }
      await side.compare(next.value);
      octets += next.value.parts.reduce((sum, part) => sum + part.length, 0);
      const records = expected.access === 'record' ? next.value.start + next.value.parts.length : undefined;
      port.progress(file.instance, octets, records);
    }
  } finally {
    await side.close();
  }
}

/** The image's side of a stream file. */
class StreamSide {
  readonly #feeder: OctetFeeder;
  readonly #ranges: RangeList;
  #given = 0;

  constructor(content: AsyncIterable<Uint8Array>, ranges: RangeList) {
    this.#feeder = new OctetFeeder(content);
    this.#ranges = ranges;
  }

  async compare(part: DownloadPart): Promise<void> {
    for (const octets of part.parts) {
      const mine = await this.#feeder.take(octets.length);
      addOctetDifferences(this.#ranges, this.#given, mine, octets);
      this.#given += mine.length;
    }
  }

  /** The size of the whole content, of which the device gave `compared` octets. */
  async size(compared: number): Promise<number> {
    if (this.#given < compared) return this.#given;
    return this.#given + (await this.#feeder.skip(Infinity));
  }

  close(): Promise<void> {
    return this.#feeder.close();
  }
}

/** The image's side of a record file. */
class RecordSide {
  readonly #feeder: RecordFeeder;
  readonly #ranges: RangeList;
  #given = 0;

  constructor(content: AsyncIterable<Uint8Array>, ranges: RangeList) {
    this.#feeder = new RecordFeeder(content);
    this.#ranges = ranges;
  }

  async compare(part: DownloadPart): Promise<void> {
    for (const record of part.parts) {
      const [mine] = await this.#feeder.take(1);
      if (mine === undefined) return;
      if (!sameOctets(mine, record)) this.#ranges.add(this.#given, this.#given + 1);
      this.#given += 1;
    }
  }

  /** The number of records of the whole content. */
  async size(compared: number): Promise<number> {
    if (this.#given < compared) return this.#given;
    while ((await this.#feeder.take(1)).length > 0) this.#given += 1;
    return this.#given;
  }

  close(): Promise<void> {
    return this.#feeder.close();
  }
}
