// An image while it is made: content first, manifest last, and the manifest only when everything that it
// names has been read back and found right; saved only when all of it is still there once the manifest is.
// A draft that is dropped leaves no image.

import { EngineError, isEngineError } from '../errors.js';
import type { Log, Store } from '../ports.js';
import { digestOf, type Digest, Hasher, hashing } from './digest.js';
import { contentFaults, objectPlace, piecesOf } from './image-content.js';
import { loadSmall } from './json.js';
import type { Held } from './lock.js';
import { encodeManifest, MANIFEST_LIMIT, readManifest } from './manifest.js';
import { imageHandle, objectHandle, requireSite } from './names.js';
import { joined } from './octets.js';
import { encodeRecordLength } from './record-lengths.js';
import { recall } from './trash.js';
import type { ImageDraft, ImageFile, ImageManifest, ImageSummary, Sha256 } from './types.js';

export interface DraftContext {
  readonly store: Store;
  readonly log: Log | undefined;
  /** Rejects when the repository that was opened is not at its place any more. */
  readonly stillThere: () => Promise<void>;
  /** Says to every prune that objects are in use. */
  readonly hold: Pick<Held, 'confirm' | 'release'>;
}

/** Lines of the list of record lengths that are put together before they are kept. */
const LINES = 8192;

export class Draft implements ImageDraft {
  readonly #context: DraftContext;
  #closed = false;

  constructor(context: DraftContext) {
    this.#context = context;
  }

  async addStream(
    content: AsyncIterable<Uint8Array>,
  ): Promise<Pick<ImageFile, 'octets' | 'sha256' | 'objects'>> {
    const piece = await this.#saveObject(content);
    return { octets: piece.octets, sha256: piece.sha256, objects: [piece] };
  }

  async addRecords(
    records: AsyncIterable<Uint8Array>,
  ): Promise<Pick<ImageFile, 'octets' | 'sha256' | 'objects' | 'recordLengths'>> {
    const lengths = new LengthList();
    const content = await this.addStream(lengths.passing(records));
    return { ...content, recordLengths: await this.#saveObject(lengths.chunks()) };
  }

  async publish(manifest: ImageManifest): Promise<ImageSummary> {
    requireSite(manifest.site);
    const { octets, image } = encodeManifest(manifest);
    return this.#publish(octets, image);
  }

  async publishOctets(octets: Uint8Array): Promise<ImageSummary> {
    const reading = readManifest(octets);
    if (!reading.ok) throw new EngineError('internal', `this is no manifest: ${reading.fault}`);
    return this.#publish(octets, reading.image);
  }

  async #publish(octets: Uint8Array, image: ImageSummary): Promise<ImageSummary> {
    if (this.#closed) throw new EngineError('internal', 'a draft is published once, before it is closed');
    const { store, hold, stillThere } = this.#context;
    await stillThere();
    await hold.confirm();
    for (const sha256 of objectsOf(image.manifest)) await recall(store, sha256);
    const faults = await contentFaults(store, image.manifest.files);
    if (faults.length > 0) throw notSaved(`its content did not read back right: ${shown(faults)}`, faults);
    let isNew = true;
    try {
      await store.save(imageHandle(image.manifest, image.id), octets);
    } catch (error) {
      if (!(await this.#isSaved(image, octets, error))) throw error;
      isNew = false;
    }
    try {
      await this.#makeSure(image);
    } catch (error) {
      // Nobody was told of it yet.
      if (isNew) await store.remove(imageHandle(image.manifest, image.id)).catch(() => undefined);
      throw error;
    }
    await this.close();
    return image;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#context.hold.release();
  }

  /**
   * A prune that held us for dead (this computer slept) may have taken objects before the manifest was there.
   * From now on every prune sees the manifest before it deletes: so what is there now stays.
   */
  async #makeSure({ manifest }: ImageSummary): Promise<void> {
    const { store } = this.#context;
    const gone: string[] = [];
    for (const sha256 of objectsOf(manifest))
      if (!(await recall(store, sha256))) gone.push(`${objectPlace(sha256)} is missing`);
    if (gone.length > 0)
      throw notSaved(`a prune took objects away that it names: ${shown(gone)}. Back up again`, gone);
  }

  /** The very same manifest, octet for octet, is the same image: it is saved already. */
  async #isSaved(image: ImageSummary, octets: Uint8Array, error: unknown): Promise<boolean> {
    if (!isEngineError(error, 'store-exists')) return false;
    const there = await loadSmall(this.#context.store, imageHandle(image.manifest, image.id), MANIFEST_LIMIT);
    return there?.length === octets.length && there.every((octet, at) => octet === octets[at]);
  }

  async #saveObject(content: AsyncIterable<Uint8Array>): Promise<Digest> {
    const hasher = new Hasher();
    let digest: Digest | undefined;
    await this.#context.store.saveNamed('objects', hashing(content, hasher), async () => {
      digest = hasher.digest();
      await this.#makeRoom(digest);
      return objectHandle(digest.sha256).name;
    });
    if (!digest) throw new EngineError('internal', 'the store did not ask for the name of an object');
    return digest;
  }

  /**
   * The store keeps an object that exists and drops the new copy. If the old one is damaged, that would damage
   * the new image as well: so it is read first, and taken away when its octets are not those of its name.
   */
  async #makeRoom(digest: Digest): Promise<void> {
    const { store, log } = this.#context;
    const handle = objectHandle(digest.sha256);
    if (!(await store.exists(handle))) return;
    let found: Digest;
    try {
      found = await digestOf(store.load(handle, { passing: true }));
    } catch (error) {
      if (isEngineError(error, 'store-missing')) return;
      throw error;
    }
    if (found.sha256 === digest.sha256) return;
    await store.remove(handle);
    log?.log('warn', 'a damaged object was replaced by a fresh copy', {
      place: objectPlace(digest.sha256),
      octets: digest.octets,
      octetsFound: found.octets,
    });
  }
}

/** Every object that the image needs, each once. */
function objectsOf({ files }: ImageManifest): ReadonlySet<Sha256> {
  return new Set(files.flatMap((file) => piecesOf(file).map(({ sha256 }) => sha256)));
}

function notSaved(why: string, faults: readonly string[]): EngineError {
  return new EngineError('repository-corrupt', `the image was not saved, because ${why}`, {
    details: { faults },
  });
}

function shown(faults: readonly string[]): string {
  return faults.slice(0, 5).join('; ');
}

/** Writes down the length of each record that passes. Keeps the list in memory: a few octets a record. */
class LengthList {
  readonly #lines: Uint8Array[] = [];
  readonly #whole: Uint8Array[] = [];

  async *passing(records: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const record of records) {
      this.#lines.push(encodeRecordLength(record.length));
      if (this.#lines.length === LINES) this.#gather();
      if (record.length > 0) yield record;
    }
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    this.#gather();
    for (const chunk of this.#whole) yield await Promise.resolve(chunk);
  }

  #gather(): void {
    const chunk = joined(this.#lines);
    this.#lines.length = 0;
    if (chunk.length > 0) this.#whole.push(chunk);
  }
}
