// Copies one File object of a device into an image draft, and makes sure that it stayed the same file
// from the first octet to the last. A copy that must begin anew leaves nothing behind: the draft sees its
// input fail and drops it. Memory holds an answer, and those that came before their turn.

import { ErrorCode, type ObjectId } from '../../protocol/index.js';
import type { ImageDraft, ImageFile } from '../repository/index.js';
import { fileError, refusalOf } from './asking.js';
import {
  changeBetween,
  FILE_RESTARTS_MAX,
  type FileProperties,
  moreWords,
  onlyDateChanged,
  readFileExtent,
  readFileProperties,
  restlessWords,
  sizeName,
  unitsOf,
} from './file-properties.js';
import { Fingerprint } from './fingerprint.js';
import { earlyEndWords } from './habits.js';
import { FileChanged, resumeUnchanged } from './resume.js';
import { download, type DownloadEnd, type DownloadPart, OtherAccess } from './run-download.js';
import type { FileAccess, FilePort } from './types.js';

/** Thrown into the draft's input: the file changed, and what was taken to its end is void. */
class ChangedAtEnd extends FileChanged {
  override readonly name = 'ChangedAtEnd';
  /** Of the content that was read. */
  readonly fingerprint: string;

  constructor(change: string, fingerprint: string) {
    super(change);
    this.fingerprint = fingerprint;
  }
}

/** Told while a file is copied. */
export interface CopyListener {
  /** It is about to be read: what the device says of it. */
  readonly begun?: (properties: FileProperties, access: FileAccess) => void;
  /** It was read to its end and has not changed: the device is not asked about it any more. */
  readonly read?: () => void;
}

/**
 * Reads one file into the draft and returns its row of the manifest, once it is saved. Rejects with EngineError
 * `transfer-failed`, `transfer-changed`, `transfer-unreadable`, `device-silent`, `cancelled`, or as the draft does.
 */
export async function copyFile(
  port: FilePort,
  draft: ImageDraft,
  file: ObjectId,
  listener: CopyListener = {},
): Promise<ImageFile> {
  let access: FileAccess | undefined;
  let restarts = 0;
  let lastReading: string | undefined;
  for (;;) {
    const properties = await readFileProperties(port, file, restarts > 0 ? 'alone' : 'at-once', access);
    const said = properties.accessMethod ?? 'stream';
    const attempt = access ?? (port.habits.accessSwapped ? otherThan(said) : said);
    listener.begun?.(properties, attempt);
    const source = new FileSource(port, file, attempt, properties, {
      lastReading,
      wasRead: (octets) => {
        noteAccess(port, file, properties.accessMethod, attempt, octets > 0);
        listener.read?.();
      },
    });
    try {
      return imageFile(file, attempt, properties, await source.saveTo(draft));
    } catch (error) {
      // A store may wrap what its input threw: what the source itself met comes first.
      const cause = source.failure ?? error;
      if (cause instanceof OtherAccess && access === undefined) {
        access = otherThan(attempt);
      } else if (cause instanceof OtherAccess) {
        throw fileError(
          file,
          'transfer-failed',
          `neither stream nor record access: ${cause.message}`,
          undefined,
          cause,
        );
      } else if (cause instanceof FileChanged) {
        restarts += 1;
        lastReading = cause instanceof ChangedAtEnd ? cause.fingerprint : undefined;
        if (restarts > FILE_RESTARTS_MAX) {
          throw fileError(file, 'transfer-changed', `it changed in ${restarts} readings: ${cause.message}`);
        }
        port.repeated(restarts + 1, cause.message);
      } else {
        throw cause;
      }
    }
  }
}

function otherThan(access: FileAccess): FileAccess {
  return access === 'stream' ? 'record' : 'stream';
}

/** Stacks that have the two values swapped have them so for every file; an empty file proves nothing. */
function noteAccess(
  port: FilePort,
  file: ObjectId,
  said: FileAccess | undefined,
  taken: FileAccess,
  hadContent: boolean,
): void {
  if (said === undefined) return;
  if (said !== taken) {
    port.deviation(`file ${file.instance}: File_Access_Method says ${said}, the device wants ${taken}`);
  }
  if (hadContent) port.habits.accessSwapped = said !== taken;
}

type Saved = Pick<ImageFile, 'octets' | 'sha256' | 'objects' | 'recordLengths'>;

function imageFile(file: ObjectId, access: FileAccess, properties: FileProperties, saved: Saved): ImageFile {
  return {
    objectIdentifier: `file,${file.instance}`,
    instance: file.instance,
    ...properties,
    accessMethod: access,
    ...saved,
  };
}

interface ReadingOptions {
  /** Fingerprint of the reading before, where that came to the end of the file. */
  readonly lastReading: string | undefined;
  /** Told when nothing is wrong with the file at its end. */
  readonly wasRead: (octets: number) => void;
}

/** One reading of one file, as the draft's input. */
class FileSource {
  readonly #port: FilePort;
  readonly #file: ObjectId;
  readonly #access: FileAccess;
  readonly #before: FileProperties;
  readonly #about: ReadingOptions;
  readonly #fingerprint = new Fingerprint();
  /** What ended the input early, where something did. */
  failure: Error | undefined;

  constructor(
    port: FilePort,
    file: ObjectId,
    access: FileAccess,
    before: FileProperties,
    about: ReadingOptions,
  ) {
    this.#about = about;
    this.#port = port;
    this.#file = file;
    this.#access = access;
    this.#before = before;
  }

  async saveTo(draft: ImageDraft): Promise<Saved> {
    const saved = await (this.#access === 'stream'
      ? draft.addStream(this.#content())
      : draft.addRecords(this.#content()));
    // A draft that stopped early and called it done must not pass for a whole file.
    if (this.failure !== undefined) throw this.failure;
    return saved;
  }

  async *#content(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#checked();
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  async *#checked(): AsyncGenerator<Uint8Array, void, undefined> {
    const expected = unitsOf(this.#before, this.#access);
    const parts = download(this.#port, this.#file, {
      access: this.#access,
      mayResume: resumeUnchanged(this.#port, this.#file, this.#access, this.#before),
      ...(expected === undefined ? {} : { expected }),
    });
    let octets = 0;
    for (;;) {
      const next = await this.#next(parts);
      if (next.done === true) {
        await this.#finished(next.value, expected);
        this.#about.wasRead(octets);
        return;
      }
      octets += lengthOf(next.value);
      const records = this.#access === 'record' ? next.value.start + next.value.parts.length : undefined;
      this.#port.progress(this.#file.instance, octets, records);
      for (const part of next.value.parts) {
        if (this.#access === 'stream') this.#fingerprint.addOctets(part);
        else this.#fingerprint.addRecord(part);
        yield part;
      }
    }
  }

  /** A position that is refused before the end may be beyond the end of a file that shrank meanwhile. */
  async #next(
    parts: AsyncGenerator<DownloadPart, DownloadEnd>,
  ): Promise<IteratorResult<DownloadPart, DownloadEnd>> {
    try {
      return await parts.next();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal?.kind !== 'error' || refusal.errorCode !== ErrorCode.invalidFileStartPosition) throw error;
      const change = changeBetween(this.#before, await readFileExtent(this.#port, this.#file, this.#access));
      throw change === undefined ? error : new FileChanged(change);
    }
  }

  /** After the last part: still the same file, and as long as the device says? */
  async #finished({ units: total, end }: DownloadEnd, expected: number | undefined): Promise<void> {
    const after = await readFileExtent(this.#port, this.#file, this.#access);
    const change = changeBetween(this.#before, after);
    if (change !== undefined) {
      const { text } = this.#fingerprint;
      // A device that gives the time of the question as Modification_Date never rests; its content does.
      if (!onlyDateChanged(this.#before, after) || text !== this.#about.lastReading)
        throw new ChangedAtEnd(change, text);
      this.#port.deviation(restlessWords(this.#file, change));
    }
    if (expected === undefined || total === expected) return;
    if (total < expected) {
      const what = `the device ${earlyEndWords(end, total)}, but ${sizeName(this.#access)} is ${expected}`;
      throw fileError(this.#file, 'transfer-failed', what);
    }
    this.#port.deviation(moreWords(this.#file, this.#access, expected, total));
  }
}

function lengthOf(part: DownloadPart): number {
  return part.parts.reduce((sum, octets) => sum + octets.length, 0);
}
