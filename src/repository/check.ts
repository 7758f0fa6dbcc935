// `check`: reads everything, hashes everything, says what is wrong and which images it hurts (FORMAT.md
// section 10). Never changes anything. Keeps a few numbers for each object, never content.

import { EngineError } from '../errors.js';
import type { Store } from '../ports.js';
import { imageEntries, readImage, type ImageEntry } from './catalogue.js';
import { checkJournal } from './check-journal.js';
import { digestOf, type Digest } from './digest.js';
import { readFact } from './facts.js';
import { fileKey, objectPlace, piecesOf, verifyWhole } from './image-content.js';
import { objectHandle, parseFactName, parseImageName, parseObjectName } from './names.js';
import { loadRepositoryFile, REPOSITORY_HANDLE } from './repository-file.js';
import type { ImageFile, ImageId, ImageSummary, Sha256 } from './types.js';
import type { CheckFinding, CheckReport } from './upkeep-types.js';

/** Reads the whole repository. Rejects `cancelled`, or what the store rejects with when it is gone. */
export async function checkRepository(
  store: Store,
  place: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<CheckReport> {
  return new Check(store, place, options.signal).run();
}

class Check {
  readonly #store: Store;
  readonly #place: string;
  readonly #signal: AbortSignal | undefined;
  readonly #findings: CheckFinding[] = [];
  /** Objects that images name, with the sizes that they claim: one, unless a manifest is wrong. */
  readonly #claims = new Map<Sha256, number[]>();
  /** Files that need more than right objects: those with record boundaries, and those of several objects. */
  readonly #wholes = new Map<string, ImageFile>();
  /** Objects found right, with their true sizes. */
  readonly #sizes = new Map<Sha256, number>();
  /** What is wrong with an object, until the images that need it are known. */
  readonly #badObjects = new Map<Sha256, Omit<CheckFinding, 'images'>>();
  /** What is wrong with a file of that key. */
  readonly #badFiles = new Map<string, string>();
  #images = 0;
  #objects = 0;
  #octets = 0;

  constructor(store: Store, place: string, signal: AbortSignal | undefined) {
    this.#store = store;
    this.#place = place;
    this.#signal = signal;
  }

  async run(): Promise<CheckReport> {
    this.#goOn();
    await this.#repositoryFile();
    // Images before objects: what a backup adds in the meantime is then too new, never missing.
    await this.#manifests();
    await this.#allObjects();
    await this.#missingObjects();
    await this.#wholeFiles();
    await this.#blame();
    for await (const finding of checkJournal(this.#store)) this.#findings.push(finding);
    await this.#leftovers();
    return { images: this.#images, objects: this.#objects, octets: this.#octets, findings: this.#findings };
  }

  async #repositoryFile(): Promise<void> {
    try {
      await loadRepositoryFile(this.#store, this.#place);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === 'repository-format') throw error;
      this.#error('repository-damaged', REPOSITORY_HANDLE.name, error.message);
    }
    for await (const name of this.#store.list('repository')) {
      if (name !== REPOSITORY_HANDLE.name) this.#unknown(name);
    }
  }

  async #manifests(): Promise<void> {
    for await (const name of this.#store.list('images')) {
      this.#goOn();
      if (parseFactName(name)) {
        await this.#fact(name);
        continue;
      }
      const says = parseImageName(name);
      if (!says) {
        this.#unknown(`images/${name}`);
        continue;
      }
      const reading = await this.#read({ name, says });
      if (typeof reading === 'string') this.#error('manifest-damaged', `images/${name}`, reading);
      else if (reading.kind === 'image') this.#note(reading.image);
      else if (reading.kind !== 'gone') this.#error(reading.kind, `images/${name}`, reading.fault);
    }
  }

  async #fact(name: string): Promise<void> {
    let fault: string | undefined;
    try {
      const reading = await readFact(this.#store, name);
      if (reading.kind === 'damaged') fault = reading.fault;
    } catch (error) {
      fault = unreadable(error);
    }
    if (fault !== undefined) this.#error('fact-damaged', `images/${name}`, fault);
  }

  /** A manifest that cannot be read at all is a damaged one: the check goes on. */
  async #read(entry: ImageEntry): Promise<Awaited<ReturnType<typeof readImage>> | string> {
    try {
      return await readImage(this.#store, entry);
    } catch (error) {
      return unreadable(error);
    }
  }

  #note({ manifest }: ImageSummary): void {
    this.#images += 1;
    for (const file of manifest.files) {
      for (const { sha256, octets } of piecesOf(file)) {
        const claimed = this.#claims.get(sha256);
        if (!claimed) this.#claims.set(sha256, [octets]);
        else if (!claimed.includes(octets)) claimed.push(octets);
      }
      if (file.recordLengths !== undefined || file.objects.length !== 1)
        this.#wholes.set(fileKey(file), file);
    }
  }

  async #allObjects(): Promise<void> {
    for await (const name of this.#store.list('objects')) {
      const sha256 = parseObjectName(name);
      if (sha256 === undefined) this.#unknown(`objects/${name}`);
      else if ((await this.#object(sha256)) && !this.#claims.has(sha256)) {
        this.#warn(
          'leftover',
          objectPlace(sha256),
          'no image names it: from a backup that failed, or one under way',
        );
      }
    }
  }

  /** Hashes one object; false when it is not there. */
  async #object(sha256: Sha256): Promise<boolean> {
    let found: Digest;
    try {
      found = await digestOf(this.#store.load(objectHandle(sha256)), () => this.#goOn());
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === 'cancelled') throw error;
      if (error.code === 'store-missing') return false;
      this.#badObject('object-damaged', sha256, unreadable(error));
      return true;
    }
    this.#objects += 1;
    this.#octets += found.octets;
    if (found.sha256 === sha256) this.#sizes.set(sha256, found.octets);
    else this.#badObject('object-damaged', sha256, `its ${found.octets} octets hash to ${found.sha256}`);
    return true;
  }

  async #missingObjects(): Promise<void> {
    for (const sha256 of this.#claims.keys()) {
      if (this.#sizes.has(sha256) || this.#badObjects.has(sha256)) continue;
      // Asked again by name: it may have been saved after the list had passed its place.
      if (!(await this.#object(sha256))) this.#badObject('object-missing', sha256, 'it is not there');
    }
  }

  async #wholeFiles(): Promise<void> {
    for (const [key, file] of this.#wholes) {
      this.#goOn();
      if (piecesOf(file).some((piece) => this.#sizes.get(piece.sha256) !== piece.octets)) continue;
      try {
        await verifyWhole(this.#store, file, () => this.#goOn());
      } catch (error) {
        if (!(error instanceof EngineError) || error.code === 'cancelled') throw error;
        this.#badFiles.set(key, error.message);
      }
    }
  }

  /** Reads the manifests once more, only when something is wrong, to say which images it hurts. */
  async #blame(): Promise<void> {
    const wrongSize = [...this.#claims].some(([sha256, claimed]) =>
      claimed.some((octets) => octets !== (this.#sizes.get(sha256) ?? octets)),
    );
    if (this.#badObjects.size === 0 && this.#badFiles.size === 0 && !wrongSize) return;
    const needed = new Map<Sha256, Set<ImageId>>();
    for await (const entry of imageEntries(this.#store)) {
      this.#goOn();
      const reading = await this.#read(entry);
      if (typeof reading === 'string' || reading.kind !== 'image') continue;
      const { id, manifest } = reading.image;
      for (const file of manifest.files) {
        const fault = this.#badFiles.get(fileKey(file)) ?? this.#sizeFault(file);
        if (fault !== undefined)
          this.#error('manifest-damaged', `images/${entry.name}`, `${file.objectIdentifier}: ${fault}`, [id]);
        for (const { sha256 } of piecesOf(file)) {
          if (!this.#badObjects.has(sha256)) continue;
          const images = needed.get(sha256) ?? new Set();
          needed.set(sha256, images.add(id));
        }
      }
    }
    for (const [sha256, finding] of this.#badObjects)
      this.#findings.push({ ...finding, images: [...(needed.get(sha256) ?? [])] });
  }

  #sizeFault(file: ImageFile): string | undefined {
    for (const { sha256, octets } of piecesOf(file)) {
      const size = this.#sizes.get(sha256);
      if (size !== undefined && size !== octets)
        return `it says that ${objectPlace(sha256)} has ${octets} octets, which has ${size}`;
    }
    return undefined;
  }

  async #leftovers(): Promise<void> {
    for await (const { place, octets } of this.#store.leftovers())
      this.#warn('leftover', place, `${octets} octets of a save that was interrupted, or is under way`);
  }

  #goOn(): void {
    if (this.#signal?.aborted === true)
      throw new EngineError('cancelled', 'the check was cancelled', { cause: this.#signal.reason });
  }

  #badObject(code: 'object-damaged' | 'object-missing', sha256: Sha256, message: string): void {
    this.#badObjects.set(sha256, { severity: 'error', code, place: objectPlace(sha256), message });
  }

  #error(code: CheckFinding['code'], place: string, message: string, images: readonly ImageId[] = []): void {
    this.#findings.push({ severity: 'error', code, place, message, images });
  }

  #warn(code: CheckFinding['code'], place: string, message: string): void {
    this.#findings.push({ severity: 'warning', code, place, message, images: [] });
  }

  #unknown(place: string): void {
    this.#warn('unknown-file', place, 'it is not a file of a repository; it was left alone');
  }
}

function unreadable(error: unknown): string {
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
