// Where things are in a repository: the names of objects and images, and site names as folder names
// (FORMAT.md section 2). Pure text; never touches a store. Every encoding here has its exact inverse.

import { EngineError } from '../errors.js';
import type { StoreHandle } from '../ports.js';
import { sha256Of } from './digest.js';
import type { ImageId, ImageManifest, Sha256 } from './types.js';
import { utcInName } from './utc.js';

/** Longest encoded site, in characters; keeps the longest path below a repository at 177. */
const SITE_LIMIT = 120;

const OBJECT_NAME = /^([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;
const IMAGE_NAME = /^([^/]+)\/(0|[1-9]\d{0,6})\/(\d{4}-\d\d-\d\dT\d{6}Z)-([0-9a-f]{8})\.json$/;
const FACT_NAME = /^(.+\/\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{8})\.([0-9a-f]{8})\.json$/;
const RUN_NAME = /^(\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{8})\.ndjson$/;
const JOURNAL_NAME = /^([0-9a-f]{16})(?:\.([1-9]\d{0,8}))?\.json$/;
const LOCK_NAME = /^([0-9a-f]{16})\.json$/;
const HOST_NAME = /^host-([0-9a-f]{16})\.json$/;
const TRASH_NAME = /^[0-9a-f]{16}\/(([0-9a-f]{2})\/\2[0-9a-f]{62})$/;
const TAG = /^[a-z0-9][a-z0-9-]{0,39}$/;
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** What an image's name says. */
export interface ImageName {
  readonly site: string;
  readonly instance: number;
  /** "2026-03-01T021500Z". */
  readonly time: string;
  /** The first 8 digits of the image's id. */
  readonly id8: string;
}

const hex = (octet: number): string => `=${octet.toString(16).padStart(2, '0')}`;

/** Why a text is no site name, or undefined when it is one. */
export function siteFault(site: string): string | undefined {
  if (site.length === 0) return 'a site name must not be empty';
  if (site.trim() !== site) return 'a site name must not begin or end with a space';
  if (/\p{Cc}/u.test(site)) return 'a site name must not have control characters';
  if (/\p{Cs}/u.test(site)) return 'a site name must be well-formed Unicode';
  if (siteFolder(site).length > SITE_LIMIT)
    return `a site name must be shorter: "${siteFolder(site)}" is longer than ${SITE_LIMIT} characters`;
  return undefined;
}

/** @throws EngineError `usage` when the text is no site name. */
export function requireSite(site: string): string {
  const fault = siteFault(site);
  if (fault !== undefined) throw new EngineError('usage', `${fault} (got ${JSON.stringify(site)})`);
  return site;
}

function siteFolder(site: string): string {
  const plain = Array.from(site, (character) => {
    if (/^[a-z0-9-]$/.test(character)) return character;
    if (/^[A-Z]$/.test(character)) return `_${character.toLowerCase()}`;
    return [...new TextEncoder().encode(character)].map(hex).join('');
  });
  const folder = plain.join('');
  return WINDOWS_DEVICE.test(folder) ? hex(folder.charCodeAt(0)) + folder.slice(1) : folder;
}

/**
 * A site's folder name, safe on every file system: "Main Building" is "_main=20_building".
 * @throws EngineError `usage` when the text is no site name.
 */
export function encodeSite(site: string): string {
  return siteFolder(requireSite(site));
}

/** The site of a folder name, or undefined when no site has this name. */
export function decodeSite(folder: string): string | undefined {
  const octets: number[] = [];
  for (let at = 0; at < folder.length; at += 1) {
    const part = /^(?:=([0-9a-f]{2})|_([a-z])|([a-z0-9-]))/.exec(folder.slice(at, at + 3));
    if (!part) return undefined;
    if (part[1] !== undefined) octets.push(Number.parseInt(part[1], 16));
    else if (part[2] !== undefined) octets.push(part[2].toUpperCase().charCodeAt(0));
    else octets.push(part[0].charCodeAt(0));
    at += part[0].length - 1;
  }
  try {
    const site = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(octets));
    return siteFault(site) === undefined && siteFolder(site) === folder ? site : undefined;
  } catch {
    return undefined; // Not UTF-8: no site encodes to this.
  }
}

/** The folder in an area in which a name is. */
export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/'));
}

/** Where the object of a hash is. */
export function objectHandle(sha256: Sha256): StoreHandle {
  return { area: 'objects', name: `${sha256.slice(0, 2)}/${sha256}` };
}

/** The hash in an object's name, or undefined when it is no object's name. */
export function parseObjectName(name: string): Sha256 | undefined {
  return OBJECT_NAME.exec(name)?.[2];
}

/** Where the manifest of an image is. */
export function imageHandle(manifest: ImageManifest, id: ImageId): StoreHandle {
  const folder = `${encodeSite(manifest.site)}/${manifest.device.instance}`;
  return { area: 'images', name: `${folder}/${utcInName(manifest.createdAt)}-${id.slice(0, 8)}.json` };
}

/** Where a fact of an image is: beside the manifest, under the manifest's name and the fact's own hash. */
export function factHandle(image: StoreHandle, factSha256: Sha256): StoreHandle {
  return { area: 'images', name: image.name.replace(/\.json$/, `.${factSha256.slice(0, 8)}.json`) };
}

/** What a fact's name says: the name of its manifest and the first 8 digits of its hash; undefined for no fact. */
export function parseFactName(name: string): { readonly manifest: string; readonly id8: string } | undefined {
  const [, stem, id8] = FACT_NAME.exec(name) ?? [];
  if (stem === undefined || id8 === undefined) return undefined;
  const manifest = `${stem}.json`;
  return parseImageName(manifest) === undefined ? undefined : { manifest, id8 };
}

/** Where the log of a run is. */
export function runHandle(run: string): StoreHandle {
  return { area: 'runs', name: `${run}.ndjson` };
}

/** The run of a log's name, or undefined when it is no log's name. */
export function parseRunName(name: string): string | undefined {
  return RUN_NAME.exec(name)?.[1];
}

/** Where an entry of the journal is, or with `note` above 0 that note of it. */
export function journalHandle(id: string, note = 0): StoreHandle {
  return { area: 'journal', name: note === 0 ? `${id}.json` : `${id}.${note}.json` };
}

/** The entry in the name of a file of the journal, and which note of it (0: the entry itself); undefined for none. */
export function parseJournalName(name: string): { readonly id: string; readonly note: number } | undefined {
  const [, id, note] = JOURNAL_NAME.exec(name) ?? [];
  return id === undefined ? undefined : { id, note: note === undefined ? 0 : Number(note) };
}

/** Where the lock of a process is. */
export function lockHandle(id: string): StoreHandle {
  return { area: 'locks', name: `${id}.json` };
}

/** The id in the name of a lock, or undefined when it is none. */
export function parseLockName(name: string): string | undefined {
  return LOCK_NAME.exec(name)?.[1];
}

/** Where it is kept when a process of a computer last let go of a lock. */
export function hostHandle(host: string): StoreHandle {
  const mark = sha256Of(new TextEncoder().encode(host)).slice(0, 16);
  return { area: 'locks', name: `host-${mark}.json` };
}

/** Whether a file in locks/ tells of a computer. */
export function isHostName(name: string): boolean {
  return HOST_NAME.test(name);
}

/** Where the prune of a mark sets an object aside. */
export function trashHandle(mark: string, sha256: Sha256): StoreHandle {
  return { area: 'trash', name: `${mark}/${objectHandle(sha256).name}` };
}

/** The hash of an object that was set aside, or undefined when it is none. */
export function parseTrashName(name: string): Sha256 | undefined {
  return parseObjectName(TRASH_NAME.exec(name)?.[1] ?? '');
}

/** The tag of an image that was taken right before a restore, to put the device back; from its birth. */
export const UNDO_TAG = 'undo';

/** Why a text is no tag, or undefined when it is one. */
export function tagFault(tag: string): string | undefined {
  if (TAG.test(tag)) return undefined;
  return 'a tag is 1 to 40 of a-z, 0-9 and -, and does not begin with -';
}

/** What an image's name says, or undefined when it is no image's name. */
export function parseImageName(name: string): ImageName | undefined {
  const parts = IMAGE_NAME.exec(name);
  if (!parts) return undefined;
  const [, folder = '', instance = '', time = '', id8 = ''] = parts;
  const site = decodeSite(folder);
  return site === undefined ? undefined : { site, instance: Number(instance), time, id8 };
}
