// Export: images out of the repository into one archive that anybody can read. Every octet is hashed on its way
// out and compared with the manifest; an archive with a wrong octet is never finished.

import { EngineError } from '../../errors.js';
import type { ArchiveWriter, Store } from '../../ports.js';
import { readImage } from '../catalogue.js';
import { Hasher, hashing, sha256Of } from '../digest.js';
import { factNames, readFact } from '../facts.js';
import { fileContent, objectContent } from '../image-content.js';
import { loadSmall } from '../json.js';
import { MANIFEST_LIMIT } from '../manifest.js';
import { imageHandle, parseImageName } from '../names.js';
import { TOOL } from '../tool.js';
import type { ExportReport } from '../catalogue-types.js';
import type { ImageSummary } from '../types.js';
import { contentPlaces, inImages, README, readmeText, sumLine, SUMS } from './layout.js';

/**
 * Writes images with their facts into an archive and finishes it; on any failure nothing is left of it. Rejects
 * `usage` (no image, or one twice), `repository-corrupt`, or with `store-...`.
 */
export async function exportImages(
  store: Store,
  images: readonly ImageSummary[],
  archive: ArchiveWriter,
): Promise<ExportReport> {
  try {
    requireEach(images);
    const out = new Export(store, archive);
    await out.add(README, new TextEncoder().encode(readmeText(images, TOOL)));
    for (const image of images) await out.image(image);
    await archive.add(SUMS, new TextEncoder().encode(out.sums.join('')));
    await archive.finish();
    return { kind: 'export-report', images: images.map(({ id }) => id), place: archive.place, ...out.counts };
  } finally {
    await archive.discard();
  }
}

function requireEach(images: readonly ImageSummary[]): void {
  if (images.length === 0) throw new EngineError('usage', 'an export needs at least one image');
  if (new Set(images.map(({ id }) => id)).size < images.length)
    throw new EngineError('usage', 'an image is named twice');
}

class Export {
  readonly sums: string[] = [];
  readonly counts = { files: 0, octets: 0 };
  readonly #store: Store;
  readonly #archive: ArchiveWriter;

  constructor(store: Store, archive: ArchiveWriter) {
    this.#store = store;
    this.#archive = archive;
  }

  async image(image: ImageSummary): Promise<void> {
    const { name } = imageHandle(image.manifest, image.id);
    const says = parseImageName(name);
    const reading = says && (await readImage(this.#store, { name, says }));
    if (reading?.kind !== 'image' || reading.image.id !== image.id)
      throw new EngineError('repository-corrupt', `images/${name} is not the image ${image.id.slice(0, 12)}`);
    await this.add(inImages(name), await this.#octetsOf(name));
    await this.#facts(name);
    // What was read from the store a moment ago, not what the caller holds.
    for (const [index, file] of reading.image.manifest.files.entries()) {
      const places = contentPlaces(image, index, file);
      await this.add(places.content, fileContent(this.#store, file));
      this.counts.files += 1;
      this.counts.octets += file.octets;
      if (file.recordLengths)
        await this.add(places.recordLengths, objectContent(this.#store, file.recordLengths));
    }
  }

  async add(name: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    if (content instanceof Uint8Array) {
      await this.#archive.add(name, content);
      this.sums.push(sumLine(sha256Of(content), name));
      return;
    }
    const hasher = new Hasher();
    await this.#archive.add(name, hashing(content, hasher));
    this.sums.push(sumLine(hasher.digest().sha256, name));
  }

  /** Whole facts only: a damaged one says nothing, and `check` reports it. */
  async #facts(manifest: string): Promise<void> {
    for await (const name of factNames(this.#store, manifest)) {
      if ((await readFact(this.#store, name)).kind === 'fact')
        await this.add(inImages(name), await this.#octetsOf(name));
    }
  }

  async #octetsOf(name: string): Promise<Uint8Array> {
    const octets = await loadSmall(this.#store, { area: 'images', name }, MANIFEST_LIMIT);
    if (!octets) throw new EngineError('repository-corrupt', `images/${name} is larger than 16 MiB`);
    return octets;
  }
}
