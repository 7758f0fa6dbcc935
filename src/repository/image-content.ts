// The content of an image's files: out of the store in pieces, hashed on the way (FORMAT.md sections 4 to 6).
// Never ends quietly when an octet is missing or different; what it gave before that must not be used.

import { EngineError, isEngineError } from '../errors.js';
import type { LoadOptions, Store } from '../ports.js';
import { digestOf, Hasher, readThrough } from './digest.js';
import { objectHandle } from './names.js';
import { recordLengths } from './record-lengths.js';
import { loadObject, sizeOfObject } from './trash.js';
import type { ImageFile, Sha256 } from './types.js';

interface Piece {
  readonly sha256: Sha256;
  readonly octets: number;
}

/** Where a piece of content is, for people. */
export function objectPlace(sha256: Sha256): string {
  return `objects/${objectHandle(sha256).name}`;
}

/** The octets of one object; rejects `repository-corrupt` at the end of one that is missing or damaged. */
export async function* objectContent(
  store: Store,
  piece: Piece,
  options?: LoadOptions,
): AsyncIterable<Uint8Array> {
  const hasher = new Hasher();
  let octets = 0;
  try {
    for await (const chunk of loadObject(store, piece.sha256, options)) {
      octets += chunk.length;
      if (octets > piece.octets) break; // Too long: the digest below says so.
      hasher.update(chunk);
      yield chunk;
    }
  } catch (error) {
    if (!isEngineError(error, 'store-missing')) throw error;
    throw corrupt(piece, 'is missing', error);
  }
  if (octets > piece.octets) throw corrupt(piece, `has more than the ${piece.octets} octets of the image`);
  if (octets < piece.octets) throw corrupt(piece, `has ${octets} octets instead of ${piece.octets}`);
  if (hasher.digest().sha256 !== piece.sha256)
    throw corrupt(piece, 'does not have the hash that is its name');
}

/** A file's whole content in chunks. Rejects `repository-corrupt` as soon as damage shows, at the end at the latest. */
export async function* fileContent(store: Store, file: ImageFile): AsyncIterable<Uint8Array> {
  const hasher = new Hasher();
  for (const piece of file.objects) {
    for await (const chunk of objectContent(store, piece)) {
      hasher.update(chunk);
      yield chunk;
    }
  }
  const { sha256, octets } = hasher.digest();
  if (sha256 !== file.sha256 || octets !== file.octets)
    throw new EngineError(
      'repository-corrupt',
      `the objects of ${file.objectIdentifier} do not join to its content`,
    );
}

/**
 * A record file's records, one at a time, empty ones too. The list of boundaries is hashed before the first
 * record; the content on the way.
 */
export async function* fileRecords(store: Store, file: ImageFile): AsyncIterable<Uint8Array> {
  const list = file.recordLengths;
  if (!list)
    throw new EngineError('internal', `${file.objectIdentifier} is a stream file: it has no records`);
  await verifyPiece(store, list);
  const cursor = new Cursor(fileContent(store, file));
  try {
    let left = file.octets;
    for await (const length of recordLengths(objectContent(store, list))) {
      left -= length;
      if (left < 0) throw boundaries(file);
      yield await cursor.take(length);
    }
    if (left > 0) throw boundaries(file);
    await cursor.end();
  } finally {
    await cursor.close();
  }
}

/** Reads one object and compares; `between` is called before each chunk. */
async function verifyPiece(store: Store, piece: Piece, between?: () => void): Promise<void> {
  // It is hashed where it comes from, and rejects when it is not what it should be.
  await readThrough(objectContent(store, piece, { passing: true }), between);
}

/**
 * What is wrong with the content of these files, each thing once; nothing when all of it is there and right.
 * Reads every object once. Rejects with what the store rejects with when it cannot be read at all.
 */
export async function contentFaults(store: Store, files: readonly ImageFile[]): Promise<string[]> {
  const faults: string[] = [];
  const read = new Set<string>();
  const attempt = async (key: string, verify: () => Promise<void>): Promise<void> => {
    if (read.has(key)) return;
    read.add(key);
    try {
      await verify();
    } catch (error) {
      if (!isEngineError(error, 'repository-corrupt')) throw error;
      faults.push(error.message);
    }
  };
  for (const file of files) {
    const before = faults.length;
    for (const piece of piecesOf(file))
      await attempt(`${piece.sha256}/${piece.octets}`, () => verifyPiece(store, piece));
    if (faults.length > before) continue;
    await attempt(`file ${fileKey(file)}`, () => verifyWhole(store, file));
  }
  return faults;
}

/** What is wrong with the objects of these files as far as their names and sizes tell; nothing is read. */
export async function structureFault(store: Store, files: readonly ImageFile[]): Promise<string | undefined> {
  for (const { sha256, octets } of files.flatMap(piecesOf)) {
    const size = await sizeOfObject(store, sha256);
    if (size === undefined) return `${objectPlace(sha256)} is missing`;
    if (size !== octets) return `${objectPlace(sha256)} has ${size} octets instead of ${octets}`;
  }
  return undefined;
}

/** All objects that a file needs. */
export function piecesOf(file: ImageFile): ImageFile['objects'] {
  return file.recordLengths ? [...file.objects, file.recordLengths] : file.objects;
}

/** Two files of the same key hold the same content with the same boundaries, in the same objects. */
export function fileKey(file: ImageFile): string {
  const pieces = file.objects.map((piece) => piece.sha256).join('+');
  return `${file.sha256}/${file.octets}/${pieces}/${file.recordLengths?.sha256 ?? ''}`;
}

/**
 * Whether the objects of a file, each of them right, make up its content and its records.
 * Rejects `repository-corrupt` when not.
 */
export async function verifyWhole(store: Store, file: ImageFile, between?: () => void): Promise<void> {
  // One object has the file's own hash (the schema says so): it needs no second reading.
  if (file.objects.length !== 1) await digestOf(fileContent(store, file), between);
  if (!file.recordLengths) return;
  let sum = 0;
  for await (const length of recordLengths(objectContent(store, file.recordLengths))) {
    between?.();
    sum += length;
    if (sum > file.octets) break;
  }
  if (sum !== file.octets) throw boundaries(file);
}

/** Cuts a stream of chunks into pieces of given lengths. */
class Cursor {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next `length` octets. The caller has made sure that the source has that many, or says why not. */
  async take(length: number): Promise<Uint8Array> {
    const piece = new Uint8Array(length);
    for (let at = 0; at < length;) {
      if (this.#chunk.length === 0) await this.#next();
      const part = this.#chunk.subarray(0, length - at);
      piece.set(part, at);
      at += part.length;
      this.#chunk = this.#chunk.subarray(part.length);
    }
    return piece;
  }

  /** Runs to the source's end, where it compares hashes. */
  async end(): Promise<void> {
    for (;;) if ((await this.#source.next()).done === true) return;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #next(): Promise<void> {
    const next = await this.#source.next();
    if (next.done === true)
      throw new EngineError('repository-corrupt', 'the content ends before its last record');
    this.#chunk = new Uint8Array(next.value);
  }
}

function corrupt(piece: Piece, what: string, cause?: unknown): EngineError {
  const place = objectPlace(piece.sha256);
  return new EngineError('repository-corrupt', `${place} ${what}`, { cause, details: { place } });
}

function boundaries(file: ImageFile): EngineError {
  return new EngineError(
    'repository-corrupt',
    `the record lengths of ${file.objectIdentifier} do not add up to its ${file.octets} octets`,
  );
}
