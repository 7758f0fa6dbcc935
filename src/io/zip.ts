// Archives as ZIP files: written beside their final name and given it at the end, read in any order. Never
// replaces a file, and never gives out a name that leads out of the archive.

import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, rename, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import yauzl, { type Entry, type ZipFile as OpenZip } from 'yauzl';
import { ZipFile } from 'yazl';
import { EngineError } from '../errors.js';
import type { ArchiveEntry, ArchiveReader, ArchiveWriter } from '../ports.js';
import { nodeFileSystem, systemCode } from './file-system.js';
import { onFile, storeError } from './store-errors.js';

/** More than any site fills: a year of nights of 800 controllers. */
const ENTRIES_MAX = 1_000_000;

/**
 * Begins a ZIP file. Rejects `usage` when there is a file of that name, `store-...` when its folder cannot be
 * written to. `unixTimeMs` is the time that the files in it carry.
 */
export async function createZip(path: string, unixTimeMs: number): Promise<ArchiveWriter> {
  const final = resolve(path);
  await requireFree(final);
  const writer = new ZipWriter(final, new Date(unixTimeMs));
  await writer.open();
  return writer;
}

async function requireFree(final: string): Promise<void> {
  try {
    await stat(final);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw storeError('look at', final, error);
  }
  throw taken(final);
}

function taken(final: string): EngineError {
  return new EngineError('usage', `${final} is there already; an export never replaces a file`, {
    details: { path: final },
  });
}

class ZipWriter implements ArchiveWriter {
  readonly place: string;
  readonly #temporary: string;
  readonly #time: Date;
  readonly #zip = new ZipFile();
  #written: Promise<void> = Promise.resolve();
  #over = false;

  constructor(final: string, time: Date) {
    this.place = final;
    this.#temporary = `${final}.${randomBytes(4).toString('hex')}.part`;
    this.#time = time;
  }

  async open(): Promise<void> {
    const stream = createWriteStream(this.#temporary, { flags: 'wx', flush: true });
    await onFile(
      'make',
      this.#temporary,
      () =>
        new Promise<void>((done, fail) => {
          stream.once('open', () => done());
          stream.once('error', fail);
        }),
    );
    // What went wrong is told by the content or by the file that is written, where it can be answered.
    this.#zip.on('error', () => undefined);
    this.#written = pipeline(this.#zip.outputStream, stream);
    this.#written.catch(() => undefined); // Told by whoever waits for it next.
  }

  async add(name: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    const stream = Readable.from(content instanceof Uint8Array ? [Buffer.from(content)] : content, {
      objectMode: false,
    });
    this.#zip.addReadStream(stream, name, { mtime: this.#time, mode: 0o100644 });
    const read = finished(stream, { writable: false });
    // A full disk stops the reading, and must not leave us waiting for its end.
    await Promise.race([read, this.#written.then(() => read)].map((step) => step.catch(this.#failed)));
  }

  async finish(): Promise<void> {
    this.#zip.end();
    await this.#written.catch(this.#failed);
    await this.#name();
    this.#over = true;
    await onFile('sync', dirname(this.place), () => nodeFileSystem.syncFolder(dirname(this.place)));
  }

  async discard(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    const { outputStream } = this.#zip;
    if (outputStream instanceof Readable) outputStream.destroy();
    await this.#written.catch(() => undefined);
    await unlink(this.#temporary).catch(() => undefined);
  }

  /** A hard link never replaces; where there are none, the name is free as far as anybody can tell. */
  async #name(): Promise<void> {
    try {
      await link(this.#temporary, this.place);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') throw taken(this.place);
      await requireFree(this.place);
      await onFile('save', this.place, () => rename(this.#temporary, this.place));
      return;
    }
    await unlink(this.#temporary).catch(() => undefined);
  }

  readonly #failed = (error: unknown): never => {
    throw systemCode(error) === undefined || error instanceof EngineError
      ? error
      : storeError('write', this.#temporary, error);
  };
}

/** Opens a ZIP file. Rejects `usage` when there is none, `archive-damaged` when it is no ZIP file. */
export async function openZip(path: string): Promise<ArchiveReader> {
  const place = resolve(path);
  let zip: OpenZip;
  try {
    zip = await yauzl.openPromise(place, { strictFileNames: true, autoClose: false });
  } catch (error) {
    if (systemCode(error) === undefined) throw damaged(place, error);
    if (systemCode(error) === 'ENOENT')
      throw new EngineError('usage', `${place} is not there`, { cause: error });
    throw storeError('open', place, error);
  }
  try {
    return await ZipReader.of(place, zip);
  } catch (error) {
    zip.close();
    throw error instanceof EngineError ? error : damaged(place, error);
  }
}

function damaged(place: string, cause: unknown): EngineError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new EngineError('archive-damaged', `${place} is no whole ZIP file: ${words}`, {
    cause,
    details: { place },
  });
}

class ZipReader implements ArchiveReader {
  readonly place: string;
  readonly entries: readonly ArchiveEntry[];
  readonly #zip: OpenZip;
  readonly #byName: ReadonlyMap<string, Entry>;

  private constructor(place: string, zip: OpenZip, files: readonly Entry[]) {
    this.place = place;
    this.#zip = zip;
    this.entries = files.map(({ fileName, uncompressedSize }) => ({
      name: fileName,
      octets: uncompressedSize,
    }));
    this.#byName = new Map(files.map((entry) => [entry.fileName, entry]));
  }

  static async of(place: string, zip: OpenZip): Promise<ZipReader> {
    const files: Entry[] = [];
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue; // Folders say nothing.
      if (files.length === ENTRIES_MAX) throw new Error(`it has more than ${ENTRIES_MAX} files`);
      files.push(entry);
    }
    return new ZipReader(place, zip, files);
  }

  async *read(name: string): AsyncIterable<Uint8Array> {
    const entry = this.#byName.get(name);
    if (!entry) throw new EngineError('archive-damaged', `${name} is not in ${this.place}`);
    try {
      const stream = await this.#zip.openReadStreamPromise(entry);
      // The library compares the length as it unpacks; what is in it is compared with the sums.
      yield* stream as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw new EngineError('archive-damaged', `${name} in ${this.place} cannot be unpacked`, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    this.#zip.close();
    await Promise.resolve();
  }
}
