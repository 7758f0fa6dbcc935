// One configuration file of two images: what its File object says of it, and where its content differs.
// Contents are read only when they must be.

import type { ImageFile, Repository } from '../repository/index.js';
import { cancellable } from './cancellable.js';
import { compareOctets, type OctetContent } from './compare-octets.js';
import { compareRecords, type RecordPair } from './compare-records.js';
import { recordSide } from './excerpt.js';
import { changesOf, type Fields } from './fields.js';
import { hexView } from './hex-windows.js';
import { CHANGES_MAX, CONTENT_OCTETS_MAX } from './limits.js';
import { gather, inMemory } from './memory-content.js';
import type { ContentDiff, ContentView, FieldChange, FileDiff, FileSide, RecordChange } from './types.js';
import { recognise, showsNothing } from './views/recognise.js';

/** Where the contents of an image's files are. */
export type Contents = Pick<Repository, 'content' | 'records'>;

/** One file of an image, with its place in Configuration_Files. */
export interface PlacedFile {
  readonly file: ImageFile;
  readonly position: number;
  readonly contents: Contents;
}

export interface FileDetail {
  /** Whether changes are worked out for people. Without it contents are read only where volatile parts are known. */
  readonly views: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A file that both sides have. Rejects `repository-corrupt` when a content is not what its image says. */
export async function compareFiles(
  a: PlacedFile,
  b: PlacedFile,
  moved: boolean,
  detail: FileDetail,
): Promise<FileDiff> {
  const properties = propertyChanges(a.file, b.file);
  const comparable = a.file.accessMethod === b.file.accessMethod;
  const equal = comparable && sameContent(a.file, b.file);
  const content = equal || !comparable ? undefined : await contentDiff(a, b, detail);
  const onlyVolatile = content !== undefined && content.total === content.volatileTotal;
  const counts = moved || properties.some((change) => change.counts);
  const status = counts || !(equal || onlyVolatile) ? 'changed' : equal ? 'equal' : 'volatile';
  return {
    objectIdentifier: b.file.objectIdentifier,
    instance: b.file.instance,
    status,
    a: fileSide(a),
    b: fileSide(b),
    properties,
    moved,
    ...(content === undefined ? {} : { content }),
  };
}

/**
 * Whether two files are the same, as far as their descriptions tell; undefined when only the contents can: their
 * hashes differ, and volatile parts are known.
 */
export function glanceAtFiles(a: ImageFile, b: ImageFile): 'equal' | 'changed' | undefined {
  if (propertyChanges(a, b).some((change) => change.counts)) return 'changed';
  if (sameContent(a, b)) return 'equal';
  return knowsVolatile(a, b) ? undefined : 'changed';
}

function knowsVolatile(a: ImageFile, b: ImageFile): boolean {
  return [a, b].some((file) => (file.volatileRanges ?? []).length > 0);
}

export function fileSide({ file, position }: PlacedFile): FileSide {
  const { name, accessMethod, octets, sha256 } = file;
  return { position, ...(name === undefined ? {} : { name }), access: accessMethod, octets, sha256 };
}

/** By their hashes: content, and for record files the boundaries. */
export function sameContent(a: ImageFile, b: ImageFile): boolean {
  return (
    a.accessMethod === b.accessMethod &&
    a.sha256 === b.sha256 &&
    a.recordLengths?.sha256 === b.recordLengths?.sha256
  );
}

/** Sizes, counts and dates follow from the content or are nobody's doing. */
const PROPERTIES: Fields<ImageFile> = {
  name: true,
  fileType: true,
  accessMethod: true,
  readOnly: true,
  fileSize: false,
  recordCount: false,
  modificationDate: false,
  archive: false,
};

function propertyChanges(a: ImageFile, b: ImageFile): FieldChange[] {
  return changesOf(PROPERTIES, a, b);
}

async function contentDiff(
  a: PlacedFile,
  b: PlacedFile,
  detail: FileDetail,
): Promise<ContentDiff | undefined> {
  // The hashes have said that they differ, and nothing could say that this is nothing.
  if (!detail.views && !knowsVolatile(a.file, b.file)) return undefined;
  return a.file.accessMethod === 'stream' ? streamDiff(a, b, detail) : recordDiff(a, b, detail);
}

async function streamDiff(a: PlacedFile, b: PlacedFile, detail: FileDetail): Promise<ContentDiff> {
  const small = Math.max(a.file.octets, b.file.octets) <= CONTENT_OCTETS_MAX;
  const [one, other] = [await octetsOf(a, small, detail.signal), await octetsOf(b, small, detail.signal)];
  const { method, tally } = await compareOctets(one.content, other.content);
  const views: ContentView[] = [];
  if (detail.views) {
    const plain = tally.total > tally.volatileTotal;
    const known = plain && one.whole && other.whole ? await recognise(one.whole, other.whole) : undefined;
    if (known) views.push(known);
    if (!known || showsNothing(known)) views.push(await hexView(one.content, other.content, tally));
  }
  return { unit: 'octets', method, ...tally, views };
}

async function octetsOf(
  { file, contents }: PlacedFile,
  small: boolean,
  signal: AbortSignal | undefined,
): Promise<{ readonly content: OctetContent; readonly whole?: Uint8Array }> {
  const volatile = file.volatileRanges ?? [];
  const open = (): AsyncIterable<Uint8Array> => cancellable(contents.content(file), signal);
  if (!small) return { content: { octets: file.octets, open, volatile } };
  const whole = await gather(open(), file.octets);
  return { content: inMemory(whole, volatile), whole };
}

async function recordDiff(a: PlacedFile, b: PlacedFile, detail: FileDetail): Promise<ContentDiff> {
  const side = ({ file, contents }: PlacedFile) => ({
    open: () => cancellable(contents.records(file), detail.signal),
    volatile: file.volatileRanges ?? [],
  });
  const records: RecordChange[] = [];
  let more = 0;
  const { method, tally } = await compareRecords(side(a), side(b), (pair) => {
    if (records.length < CHANGES_MAX) records.push(recordChange(pair));
    else more += 1;
  });
  const views: ContentView[] = detail.views ? [{ kind: 'records', records, more }] : [];
  return { unit: 'records', method, ...tally, views };
}

const NOTHING = new Uint8Array(0);

function recordChange({ a, b, volatile }: RecordPair): RecordChange {
  return {
    volatile,
    ...(a === undefined ? {} : { a: recordSide(a, b?.octets ?? NOTHING) }),
    ...(b === undefined ? {} : { b: recordSide(b, a?.octets ?? NOTHING) }),
  };
}
