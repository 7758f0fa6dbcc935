// A repository over a store: what users of the library hold in their hands. Puts the parts together and
// decides nothing itself. Never writes anything but new files, and never takes anything away but what it was asked to.

import { EngineError, isEngineError } from '../errors.js';
import type {
  ArchiveReader,
  ArchiveWriter,
  Clock,
  Log,
  Processes,
  Random,
  SourceFolder,
  Store,
} from '../ports.js';
import { imageByPrefix, latestImage, listImages, readImage, type ImageFilter } from './catalogue.js';
import { checkRepository } from './check.js';
import { Draft } from './draft.js';
import { factsOf, recordFact } from './facts.js';
import { finder } from './find.js';
import { importForeign } from './foreign/import.js';
import type { ForeignWords, Layout } from './foreign/types.js';
import { forget } from './forget.js';
import { contentFaults, fileContent, fileRecords } from './image-content.js';
import { imageHistory } from './history.js';
import { cachedImages, confirmed, deviceNames } from './index-cache.js';
import { StoredJournal } from './journal.js';
import { Locks, type LockTimes } from './lock.js';
import { exportImages } from './portable/export.js';
import { importImages } from './portable/import.js';
import { StoredMemo } from './memo.js';
import { imageHandle, parseImageName } from './names.js';
import { prune } from './prune.js';
import { loadRepositoryFile, newRepositoryFile, REPOSITORY_HANDLE } from './repository-file.js';
import { repair } from './repair.js';
import { beginRun, readRun, runNames } from './run-log.js';
import type { RepositoryFile } from './schema.js';
import type {
  ExportReport,
  ForeignImportReport,
  FoundImage,
  ImageQuery,
  ImportReport,
} from './catalogue-types.js';
import type {
  FactBody,
  ImageDraft,
  ImageFact,
  ImageFile,
  DatedImage,
  ImageSummary,
  Journal,
  Memo,
  Repository,
  RepositoryOptions,
  RunLog,
  RunReading,
} from './types.js';
import type {
  CheckOptions,
  CheckReport,
  DeviceReference,
  ForgetOptions,
  ForgetReport,
  Hold,
  PruneOptions,
  PruneReport,
  SoleHold,
} from './upkeep-types.js';

export interface OpenOptions {
  /** Where the store is, for messages: the folder. */
  readonly place: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes?: Processes;
  readonly log?: Log;
  /** Where procedures under way are noted, when not here: a repository that is thrown away must not hold that. */
  readonly journal?: Journal;
  /** Other times than those of the format, for tests. */
  readonly lockTimes?: LockTimes;
}

export interface InitOptions extends OpenOptions {
  readonly defaultSite: string;
}

/**
 * Makes a new, empty repository in the store and opens it.
 * Rejects with EngineError `repository-exists`, `usage` (no site name), or `store-...`.
 */
export async function initRepository(store: Store, options: InitOptions): Promise<Repository> {
  const octets = newRepositoryFile(options.clock, options.random, options.defaultSite);
  try {
    await store.save(REPOSITORY_HANDLE, octets);
  } catch (error) {
    if (!isEngineError(error, 'store-exists')) throw error;
    throw new EngineError('repository-exists', `there is a repository in ${options.place} already`, {
      cause: error,
      details: { place: options.place },
    });
  }
  return openRepository(store, options);
}

/**
 * Opens the repository in the store. Reads repository.json alone.
 * Rejects with EngineError `repository-not-found`, `repository-format`, `repository-corrupt`, or `store-...`.
 */
export async function openRepository(store: Store, options: OpenOptions): Promise<Repository> {
  return new StoredRepository(store, options, await loadRepositoryFile(store, options.place));
}

class StoredRepository implements Repository {
  readonly id: string;
  readonly options: RepositoryOptions;
  readonly place: string;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log | undefined;
  readonly #locks: Locks;
  readonly journal: Journal;
  readonly memo: Memo;

  constructor(store: Store, options: OpenOptions, file: RepositoryFile) {
    const { place, clock, random, processes, log, journal, lockTimes } = options;
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
    this.#locks = new Locks({ store, clock, random, processes, log, place, times: lockTimes });
    this.memo = new StoredMemo(store, log);
    this.journal = journal ?? new StoredJournal({ store, clock, random, processes });
    this.place = place;
    this.id = file.id;
    this.options = { defaultSite: file.options.defaultSite };
  }

  async begin(command = 'backup'): Promise<ImageDraft> {
    const hold = await this.#locks.use(command);
    return new Draft({ store: this.#store, log: this.#log, stillThere: () => this.#stillThere(), hold });
  }

  hold(command: string): Promise<Hold> {
    return this.#locks.use(command);
  }

  serving(command: string): Promise<SoleHold> {
    return this.#locks.serve(command);
  }

  async images(filter?: ImageFilter): Promise<ImageSummary[]> {
    const images = await listImages(this.#store, filter);
    if (images.length === 0) await this.#stillThere(); // A share that vanished looks empty, too.
    return images;
  }

  async *history(filter?: ImageFilter): AsyncIterable<DatedImage> {
    let none = true;
    for await (const dated of imageHistory(this.#store, filter)) {
      none = false;
      yield dated;
    }
    if (none) await this.#stillThere();
  }

  async *devices(filter: ImageFilter = {}): AsyncIterable<DeviceReference> {
    let none = true;
    for await (const { site, instance, manifests } of deviceNames(this.#store, filter)) {
      if (manifests.length === 0) continue;
      none = false;
      yield { site, instance };
    }
    if (none) await this.#stillThere();
  }

  async image(which: string, filter?: ImageFilter): Promise<ImageSummary> {
    try {
      return await (which === 'latest'
        ? latestImage(this.#store, filter)
        : imageByPrefix(this.#store, which, filter));
    } catch (error) {
      if (isEngineError(error, 'image-not-found')) await this.#stillThere();
      throw error;
    }
  }

  content(file: ImageFile): AsyncIterable<Uint8Array> {
    return fileContent(this.#store, file);
  }

  records(file: ImageFile): AsyncIterable<Uint8Array> {
    return fileRecords(this.#store, file);
  }

  async verifyImage(image: ImageSummary): Promise<void> {
    const faults = await this.#manifestFaults(image);
    faults.push(...(await contentFaults(this.#store, image.manifest.files)));
    if (faults.length === 0) return;
    throw new EngineError(
      'repository-corrupt',
      `image ${image.id.slice(0, 12)} is damaged: ${faults.slice(0, 5).join('; ')}`,
      { details: { image: image.id, faults } },
    );
  }

  async *find(query: ImageQuery = {}): AsyncIterable<FoundImage> {
    const asked = finder(query);
    let none = true;
    for await (const names of deviceNames(this.#store, query)) {
      none = false;
      const fitting = asked.among(await cachedImages(this.#store, names, this.#log));
      for (const candidate of fitting) {
        // The index is only a hint: what is given out is what the manifest says now.
        const image = await confirmed(this.#store, names, candidate);
        if (!image || !asked.fits(image)) continue;
        yield image;
        if (query.newest === true) break;
      }
    }
    if (none) await this.#stillThere();
  }

  export(images: readonly ImageSummary[], archive: ArchiveWriter): Promise<ExportReport> {
    return this.#held('export', () => exportImages(this.#store, images, archive));
  }

  import(archive: ArchiveReader): Promise<ImportReport> {
    return importImages(this.#store, () => this.begin('import'), archive);
  }

  importForeign(folder: SourceFolder, layout: Layout, words: ForeignWords): Promise<ForeignImportReport> {
    return importForeign(() => this.begin('import'), this.#clock, folder, layout, words);
  }

  record(image: ImageSummary, fact: FactBody): Promise<ImageFact> {
    return recordFact(this.#store, image, fact, this.#clock.unixTime());
  }

  facts(image: ImageSummary): Promise<ImageFact[]> {
    return factsOf(this.#store, image);
  }

  beginRun(command: string, details?: Readonly<Record<string, unknown>>): Promise<RunLog> {
    return beginRun({ store: this.#store, clock: this.#clock, random: this.#random }, command, details);
  }

  runs(): AsyncIterable<string> {
    return runNames(this.#store);
  }

  readRun(name: string): Promise<RunReading> {
    return readRun(this.#store, name);
  }

  forget(options: ForgetOptions): Promise<ForgetReport> {
    const beginRun = (details: Readonly<Record<string, unknown>>): Promise<RunLog> =>
      this.beginRun('forget', details);
    return forget({ ...this.#parts(), beginRun }, options);
  }

  prune(options: PruneOptions = {}): Promise<PruneReport> {
    return prune({ ...this.#parts(), beginRun: () => this.beginRun('prune') }, options);
  }

  check(options: CheckOptions = {}): Promise<CheckReport> {
    const context = { ...this.#parts(), place: this.place };
    if (options.repair !== true) return checkRepository(context, options);
    return repair({ ...context, beginRun: () => this.beginRun('check', { repair: true }) }, options);
  }

  async close(): Promise<void> {
    await this.#locks.releaseAll();
  }

  #parts(): { store: Store; clock: Clock; random: Random; locks: Locks; log: Log | undefined } {
    return {
      store: this.#store,
      clock: this.#clock,
      random: this.#random,
      locks: this.#locks,
      log: this.#log,
    };
  }

  /** Whether the manifest is still the one in the store: what a caller holds may be old, or made by hand. */
  async #manifestFaults({ id, manifest }: ImageSummary): Promise<string[]> {
    const { name } = imageHandle(manifest, id);
    const says = parseImageName(name);
    if (!says) return [`images/${name} is no name of an image`];
    const reading = await readImage(this.#store, { name, says });
    if (reading.kind === 'gone') return [`images/${name} is missing`];
    if (reading.kind !== 'image') return [`images/${name}: ${reading.fault}`];
    const same =
      reading.image.id === id && JSON.stringify(reading.image.manifest) === JSON.stringify(manifest);
    return same ? [] : [`images/${name} is another manifest`];
  }

  /** Reads for long. Where no lock can be put down, on a read-only or a full disk, it reads without: every octet is hashed. */
  async #held<T>(command: string, work: () => Promise<T>): Promise<T> {
    let hold: Hold | undefined;
    try {
      hold = await this.hold(command);
    } catch (error) {
      if (!isEngineError(error)) throw error;
      this.#log?.log('info', `${command} reads without a lock: ${error.message}`);
    }
    try {
      return await work();
    } finally {
      await hold?.release();
    }
  }

  async #stillThere(): Promise<void> {
    const { id } = await loadRepositoryFile(this.#store, this.place);
    if (id === this.id) return;
    throw new EngineError('repository-not-found', `another repository is in ${this.place} now`, {
      details: { place: this.place, expected: this.id, found: id },
    });
  }
}
