// Import: images out of an archive into the repository. Everything is read and judged before the first octet is
// written; images that are there already stay as they are. Never changes an id: manifests go in octet for octet.

import { EngineError, isEngineError } from '../../errors.js';
import type { ArchiveReader, Store } from '../../ports.js';
import { digestOf, Hasher, sha256Of } from '../digest.js';
import { judgeFact } from '../facts.js';
import { contentFaults } from '../image-content.js';
import { MANIFEST_LIMIT, readManifest } from '../manifest.js';
import { imageHandle, parseFactName, parseImageName } from '../names.js';
import { joined } from '../octets.js';
import { recordLengths } from '../record-lengths.js';
import type { ImportReport } from '../catalogue-types.js';
import type { ImageDraft, ImageFile, ImageSummary, Sha256 } from '../types.js';
import { contentPlaces, imagesName, parseSums, README, SUMS } from './layout.js';

/** An image of the archive, judged and whole. */
interface Arriving {
  readonly image: ImageSummary;
  readonly octets: Uint8Array;
}

/** A fact of the archive, whole and of an image that is in it. */
interface ArrivingFact {
  readonly name: string;
  readonly octets: Uint8Array;
}

/**
 * Takes in every image of an archive. Rejects `archive-damaged`, with everything that is wrong and before anything
 * is written; later with what `begin` and the store reject with, and then whole images are in and no parts.
 */
export async function importImages(
  store: Store,
  begin: () => Promise<ImageDraft>,
  archive: ArchiveReader,
): Promise<ImportReport> {
  const judge = new Judge(archive);
  await judge.run();
  const imported: string[] = [];
  const present: string[] = [];
  for (const { image, octets } of judge.images) {
    if (await isWhole(store, image, octets)) {
      present.push(image.id);
      continue;
    }
    const draft = await begin();
    try {
      await takeIn(draft, archive, image);
      await draft.publishOctets(octets);
    } finally {
      await draft.close();
    }
    imported.push(image.id);
  }
  let facts = 0;
  for (const { name, octets } of judge.facts) if (await saveNew(store, name, octets)) facts += 1;
  return { kind: 'import-report', imported, present, facts, place: archive.place };
}

/** The very same image is in the repository, and has all of its content: what it has lost comes back with the file. */
async function isWhole(store: Store, image: ImageSummary, octets: Uint8Array): Promise<boolean> {
  const handle = imageHandle(image.manifest, image.id);
  if (!(await store.exists(handle))) return false;
  if ((await digestOf(store.load(handle))).sha256 !== sha256Of(octets)) return false;
  return (await contentFaults(store, image.manifest.files)).length === 0;
}

async function takeIn(draft: ImageDraft, archive: ArchiveReader, image: ImageSummary): Promise<void> {
  for (const [index, file] of image.manifest.files.entries()) {
    const places = contentPlaces(image, index, file);
    for (const piece of pieces(archive, places.content, file)) await draft.addStream(piece);
    if (file.recordLengths) await draft.addStream(archive.read(places.recordLengths));
  }
}

/** The content as the objects that the manifest names: one, unless another program wrote it. */
function pieces(archive: ArchiveReader, place: string, file: ImageFile): AsyncIterable<Uint8Array>[] {
  let from = 0;
  return file.objects.map(({ octets }) => {
    const start = from;
    from += octets;
    return part(archive.read(place), start, from);
  });
}

async function* part(
  content: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncIterable<Uint8Array> {
  let at = 0;
  for await (const chunk of content) {
    const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += chunk.length;
    if (piece.length > 0) yield piece;
    if (at >= end) return;
  }
}

/** False when it is there already. */
async function saveNew(store: Store, name: string, octets: Uint8Array): Promise<boolean> {
  try {
    await store.save({ area: 'images', name }, octets);
    return true;
  } catch (error) {
    if (isEngineError(error, 'store-exists')) return false;
    throw error;
  }
}

/** Reads the whole archive once and says everything that is wrong with it. */
class Judge {
  readonly images: Arriving[] = [];
  readonly facts: ArrivingFact[] = [];
  readonly #archive: ArchiveReader;
  readonly #faults: string[] = [];
  /** Hash and size of every file, as they are. */
  readonly #found = new Map<string, { readonly sha256: Sha256; readonly octets: number }>();
  readonly #small = new Map<string, Uint8Array>();

  constructor(archive: ArchiveReader) {
    this.#archive = archive;
  }

  async run(): Promise<void> {
    await this.#readAll();
    const sums = this.#sums();
    for (const [name, { sha256 }] of this.#found) this.#compare(name, sha256, sums);
    for (const name of sums.keys()) if (!this.#found.has(name)) this.#faults.push(`${name} is missing`);
    for (const [name, octets] of this.#small) await this.#judge(name, octets);
    for (const { name } of this.facts)
      if (!this.images.some(({ image }) => isOf(name, image)))
        this.#faults.push(`images/${name} is of an image that is not in the file`);
    if (this.#faults.length === 0 && this.images.length === 0) this.#faults.push('there is no image in it');
    if (this.#faults.length > 0) throw this.#damaged();
  }

  async #readAll(): Promise<void> {
    const names = this.#archive.entries.map(({ name }) => name);
    if (new Set(names).size < names.length) this.#faults.push('a name stands in it twice');
    for (const { name, octets } of this.#archive.entries) {
      const hasher = new Hasher();
      const kept: Uint8Array[] = [];
      const isSmall = (name === SUMS || imagesName(name) !== undefined) && octets <= MANIFEST_LIMIT;
      for await (const chunk of this.#archive.read(name)) {
        hasher.update(chunk);
        if (isSmall) kept.push(chunk.slice());
      }
      this.#found.set(name, hasher.digest());
      if (isSmall) this.#small.set(name, joined(kept));
      else if (imagesName(name) !== undefined) this.#faults.push(`${name} is larger than 16 MiB`);
    }
  }

  #sums(): ReadonlyMap<string, Sha256> {
    const octets = this.#small.get(SUMS);
    const sums = octets === undefined ? 'is missing' : parseSums(new TextDecoder().decode(octets));
    if (typeof sums !== 'string') return sums;
    this.#faults.push(`${SUMS}: ${sums}`);
    return new Map();
  }

  #compare(name: string, sha256: Sha256, sums: ReadonlyMap<string, Sha256>): void {
    if (name === SUMS) return;
    const sum = sums.get(name);
    if (sum === undefined && name !== README) this.#faults.push(`${name} has no sum in ${SUMS}`);
    else if (sum !== undefined && sum !== sha256)
      this.#faults.push(`${name} has another hash than in ${SUMS}`);
  }

  async #judge(entry: string, octets: Uint8Array): Promise<void> {
    const name = imagesName(entry);
    if (name === undefined) return;
    if (parseFactName(name)) {
      const reading = judgeFact(name, octets);
      if (reading.kind === 'fact') this.facts.push({ name, octets });
      else this.#faults.push(`${entry}: ${reading.fault}`);
      return;
    }
    const says = parseImageName(name);
    const reading = readManifest(octets);
    if (!says) this.#faults.push(`${entry} is no manifest and no fact`);
    else if (!reading.ok) this.#faults.push(`${entry}: ${reading.fault}`);
    else if (imageHandle(reading.image.manifest, reading.image.id).name !== name)
      this.#faults.push(`${entry}: its name is not that of its content`);
    else {
      this.images.push({ image: reading.image, octets });
      await this.#judgeContent(reading.image);
    }
  }

  async #judgeContent(image: ImageSummary): Promise<void> {
    for (const [index, file] of image.manifest.files.entries()) {
      const { content, recordLengths: lengths } = contentPlaces(image, index, file);
      this.#expect(content, file);
      if (!file.recordLengths) continue;
      this.#expect(lengths, file.recordLengths);
      const fault = await lengthsFault(this.#archive, lengths, file);
      if (fault !== undefined) this.#faults.push(`${lengths}: ${fault}`);
    }
  }

  #expect(name: string, wanted: { readonly sha256: Sha256; readonly octets: number }): void {
    const found = this.#found.get(name);
    if (!found) this.#faults.push(`${name} is missing`);
    else if (found.sha256 !== wanted.sha256 || found.octets !== wanted.octets)
      this.#faults.push(`${name} is not the content that the manifest names`);
  }

  #damaged(): EngineError {
    const { place } = this.#archive;
    const shown = this.#faults.slice(0, 5).join('; ');
    const more = this.#faults.length > 5 ? `; and ${this.#faults.length - 5} more` : '';
    return new EngineError('archive-damaged', `${place} was not imported: ${shown}${more}`, {
      details: { place, faults: this.#faults },
    });
  }
}

function isOf(fact: string, image: ImageSummary): boolean {
  return parseFactName(fact)?.manifest === imageHandle(image.manifest, image.id).name;
}

/** Boundaries must add up to the content, or records would be cut wrongly later. */
async function lengthsFault(
  archive: ArchiveReader,
  place: string,
  file: ImageFile,
): Promise<string | undefined> {
  if (!archive.entries.some(({ name }) => name === place)) return undefined; // Said already: it is missing.
  let sum = 0;
  try {
    for await (const length of recordLengths(archive.read(place))) sum += length;
  } catch (error) {
    if (isEngineError(error)) return error.message;
    throw error;
  }
  return sum === file.octets ? undefined : `its records have ${sum} octets, the file has ${file.octets}`;
}
