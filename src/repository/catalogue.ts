// The images of a repository, found by their names and read from their manifests (FORMAT.md section 5).
// Keeps nothing between two questions: the folder is the truth. Never gives out a manifest whose octets,
// fields and place do not agree.

import { EngineError, isEngineError } from '../errors.js';
import type { Store } from '../ports.js';
import { sha256Of } from './digest.js';
import { loadSmall } from './json.js';
import { MANIFEST_LIMIT, readManifest } from './manifest.js';
import { encodeSite, imageHandle, type ImageName, parseImageName, UNDO_TAG } from './names.js';
import type { ImageManifest, ImageSummary } from './types.js';
import { parseUtcText } from './utc.js';

export interface ImageFilter {
  readonly site?: string;
  readonly instance?: number;
}

/** A file that has an image's name. */
export interface ImageEntry {
  /** Its name in the area "images". */
  readonly name: string;
  readonly says: ImageName;
}

/** What the file of an entry turned out to be. */
export type ImageReading =
  | { readonly kind: 'image'; readonly image: ImageSummary }
  | { readonly kind: 'manifest-damaged'; readonly fault: string }
  /** Whole, and in the area "images" under another name than the one where it belongs. */
  | { readonly kind: 'manifest-misplaced'; readonly fault: string; readonly belongs: string }
  /** Taken away after it was listed. */
  | { readonly kind: 'gone' };

/** Entries that fit the filter, sorted by name. */
export async function* imageEntries(store: Store, filter: ImageFilter = {}): AsyncIterable<ImageEntry> {
  for await (const name of store.list('images', folderOf(filter))) {
    const says = parseImageName(name);
    if (says && (filter.instance === undefined || says.instance === filter.instance)) yield { name, says };
  }
}

/** @throws EngineError `usage` when the site is no site name. */
function folderOf({ site, instance }: ImageFilter): string | undefined {
  if (site === undefined) return undefined;
  return instance === undefined ? encodeSite(site) : `${encodeSite(site)}/${instance}`;
}

export async function readImage(store: Store, entry: ImageEntry): Promise<ImageReading> {
  const damaged = (fault: string): ImageReading => ({ kind: 'manifest-damaged', fault });
  let octets: Uint8Array | undefined;
  try {
    octets = await loadSmall(store, { area: 'images', name: entry.name }, MANIFEST_LIMIT);
  } catch (error) {
    if (isEngineError(error, 'store-missing')) return { kind: 'gone' };
    throw error;
  }
  if (!octets) return damaged('it is larger than 16 MiB');
  const id: string = sha256Of(octets);
  if (!id.startsWith(entry.says.id8))
    return damaged(`its octets have the id ${id.slice(0, 8)}, not that of its name`);
  const reading = readManifest(octets);
  if (!reading.ok) return damaged(reading.fault);
  const { name } = imageHandle(reading.image.manifest, id);
  if (name !== entry.name)
    return { kind: 'manifest-misplaced', fault: `it belongs at images/${name}`, belongs: name };
  return { kind: 'image', image: reading.image };
}

/** Every image that fits, newest first. Files that are no images are left out: `check` reports them. */
export async function listImages(store: Store, filter?: ImageFilter): Promise<ImageSummary[]> {
  const images: ImageSummary[] = [];
  for await (const entry of imageEntries(store, filter)) {
    const reading = await readImage(store, entry);
    if (reading.kind === 'image') images.push(reading.image);
  }
  return images.sort(newestFirst);
}

/** The one image of an id prefix. */
export async function imageByPrefix(
  store: Store,
  prefix: string,
  filter?: ImageFilter,
): Promise<ImageSummary> {
  if (!/^[0-9a-f]{4,64}$/i.test(prefix))
    throw new EngineError(
      'usage',
      `"${prefix}" is no image: give 4 or more hex digits of its id, or "latest"`,
    );
  const digits = prefix.toLowerCase();
  const found: ImageSummary[] = [];
  const faults: string[] = [];
  for await (const entry of imageEntries(store, filter)) {
    const id8 = entry.says.id8;
    if (!id8.startsWith(digits.slice(0, 8))) continue;
    const reading = await readImage(store, entry);
    if (reading.kind === 'image') {
      if (reading.image.id.startsWith(digits)) found.push(reading.image);
    } else if (reading.kind !== 'gone') faults.push(`images/${entry.name}: ${reading.fault}`);
  }
  const [image] = found.sort(newestFirst);
  if (image && found.length === 1) return image;
  if (image) throw ambiguous(`"${prefix}" fits ${found.length} images`, found);
  if (faults.length > 0) throw damagedImage(`the image "${prefix}" is damaged`, faults);
  throw new EngineError('image-not-found', `there is no image "${prefix}"${among(filter)}`, {
    details: { image: prefix },
  });
}

/**
 * The newest image of one device. Never an older one because the newest is damaged, and never one of another
 * site because none was named: both would be the wrong configuration. Nor one that was taken to undo a restore:
 * whoever restores the latest image again after a failure means what he meant before. One that another program
 * made, some time ago, only when there is no other.
 */
export async function latestImage(store: Store, filter: ImageFilter = {}): Promise<ImageSummary> {
  const { instance } = filter;
  if (instance === undefined) throw new EngineError('usage', '"latest" needs a device instance');
  const entries: ImageEntry[] = [];
  for await (const entry of imageEntries(store, filter)) entries.push(entry);
  const times = [...new Set(entries.map((entry) => entry.says.time))].sort().reverse();
  const sites = [...new Set(entries.map((entry) => entry.says.site))].sort();
  if (sites.length > 1) {
    const listed = sites.map((site) => `"${site}"`).join(', ');
    throw new EngineError(
      'image-ambiguous',
      `device ${instance} has images in more than one site: ${listed}; name one`,
      {
        details: { device: instance, sites },
      },
    );
  }
  let imported: ImageSummary | undefined;
  for (const time of times) {
    const newest = await readAll(
      store,
      entries.filter((entry) => entry.says.time === time),
    );
    const [image] = newest.filter(({ manifest }) => isOwn(manifest)).sort(newestFirst);
    if (image) return image;
    imported ??= newest.find(({ manifest }) => manifest.imported !== undefined);
  }
  if (imported) return imported;
  throw new EngineError(
    'image-not-found',
    `there is no image of device ${instance}${among({ ...filter, instance: undefined })}`,
    {
      details: { device: instance },
    },
  );
}

/**
 * Whether an image says what its device was meant to hold when it was made: not one that was taken to undo a
 * restore, and not one that another program had made before.
 */
export function isOwn(manifest: Pick<ImageManifest, 'tags' | 'imported'>): boolean {
  return originOf(manifest).origin === undefined;
}

/** Where an image comes from, when it is not one of the device's own. */
export function originOf({ tags, imported }: Pick<ImageManifest, 'tags' | 'imported'>): {
  readonly origin?: 'undo' | 'imported';
} {
  if (imported !== undefined) return { origin: 'imported' };
  return isUndo({ tags }) ? { origin: 'undo' } : {};
}

/** Whether an image was taken to undo a restore. */
export function isUndo({ tags }: { readonly tags?: readonly string[] | undefined }): boolean {
  return tags?.includes(UNDO_TAG) === true;
}

async function readAll(store: Store, entries: readonly ImageEntry[]): Promise<ImageSummary[]> {
  const images: ImageSummary[] = [];
  for (const entry of entries) {
    const reading = await readImage(store, entry);
    if (reading.kind === 'image') images.push(reading.image);
    else if (reading.kind !== 'gone')
      throw damagedImage('the newest image is damaged; name an older one by its id', [
        `images/${entry.name}: ${reading.fault}`,
      ]);
  }
  return images;
}

/** By the time that the manifest says, and of one instant by id: the order of every list of images. */
export function newestFirst(a: ImageSummary, b: ImageSummary): number {
  const byTime = (parseUtcText(b.manifest.createdAt) ?? 0) - (parseUtcText(a.manifest.createdAt) ?? 0);
  if (byTime !== 0) return byTime;
  return a.id < b.id ? -1 : 1;
}

function among(filter: { readonly site?: string; readonly instance?: number | undefined } = {}): string {
  const device = filter.instance === undefined ? '' : ` of device ${filter.instance}`;
  return device + (filter.site === undefined ? '' : ` in site "${filter.site}"`);
}

function damagedImage(message: string, faults: readonly string[]): EngineError {
  return new EngineError('repository-corrupt', `${message}: ${faults.join('; ')}`, { details: { faults } });
}

function ambiguous(message: string, images: readonly ImageSummary[]): EngineError {
  const candidates = images.map(({ id, manifest }) => ({
    id,
    site: manifest.site,
    instance: manifest.device.instance,
    createdAt: manifest.createdAt,
  }));
  const shown = candidates
    .slice(0, 10)
    .map((c) => `${c.id.slice(0, 12)} (site "${c.site}", device ${c.instance}, ${c.createdAt})`);
  const more = candidates.length > shown.length ? `, and ${candidates.length - shown.length} more` : '';
  return new EngineError('image-ambiguous', `${message}: ${shown.join(', ')}${more}`, {
    details: { candidates },
  });
}
