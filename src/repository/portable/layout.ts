// What lies where in an exported file (FORMAT.md section 14): manifests and facts under the names that they have
// in a repository, each configuration file whole, the sums, and a page that explains it to a stranger.

import { imageHandle } from '../names.js';
import type { ImageFile, ImageSummary, Sha256 } from '../types.js';

export const README = 'README.txt';
export const SUMS = 'SHA256SUMS';

/** Where the manifest or a fact lies, by its name in the area "images". */
export const inImages = (name: string): string => `images/${name}`;

/** The name in the area "images" of a file below images/, or undefined for other files. */
export function imagesName(entry: string): string | undefined {
  return entry.startsWith('images/') ? entry.slice('images/'.length) : undefined;
}

/** Where the content of one configuration file lies, and the list of its record lengths. */
export interface ContentPlaces {
  readonly content: string;
  readonly recordLengths: string;
}

/** Files are numbered, because their order is a part of the image. */
export function contentPlaces(image: ImageSummary, index: number, file: ImageFile): ContentPlaces {
  const folder = imageHandle(image.manifest, image.id).name.replace(/\.json$/, '');
  const stem = `files/${folder}/${String(index + 1).padStart(2, '0')}-file-${file.instance}`;
  return { content: `${stem}.bin`, recordLengths: `${stem}.record-lengths.txt` };
}

/** One line of SHA256SUMS, as `sha256sum` writes and reads it. */
export function sumLine(sha256: Sha256, name: string): string {
  return `${sha256}  ${name}\n`;
}

/** The sums by name, or what is wrong with the text. */
export function parseSums(text: string): ReadonlyMap<string, Sha256> | string {
  const sums = new Map<string, Sha256>();
  if (text !== '' && !text.endsWith('\n')) return 'its last line is not whole';
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const [, sha256, name] = /^([0-9a-f]{64}) [ *](\S.*)$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined) return `line ${index + 1} is no sum and name`;
    if (sums.has(name)) return `${name} stands in it twice`;
    sums.set(name, sha256);
  }
  return sums;
}

/** The page for whoever finds the file in ten years. */
export function readmeText(images: readonly ImageSummary[], tool: string): string {
  const rows = images.map(({ id, manifest }) => {
    const { device } = manifest;
    const name = device.name === undefined ? '' : ` ${JSON.stringify(device.name)}`;
    return `  ${id.slice(0, 8)}  ${manifest.createdAt}  site ${JSON.stringify(manifest.site)}, device ${device.instance}${name}`;
  });
  return `${TEXT.replace('TOOL', tool)}${rows.join('\n')}\n`;
}

const TEXT = `Images of BACnet controllers
============================

This file holds the configuration of one or more BACnet devices, as they gave it by the backup procedure of the
BACnet standard (ANSI/ASHRAE 135, clause 19.1). It was written by TOOL and can be used without it.

What is in it
-------------
SHA256SUMS   the SHA-256 of every other file. On Linux and macOS "sha256sum -c SHA256SUMS" checks them all.
images/      one JSON text per image: site, device, how and when it was made, and its configuration files in
             their order, each with its SHA-256. The SHA-256 of such a text is the id of the image, and its first
             8 digits are in its name. Texts with 8 more digits in their names are what was said of the image
             later: tags, notes, proofs.
files/       the configuration files themselves, octet for octet, numbered in the order in which they must be
             written back. Files of records have a second file with the length of each record in octets, one a line.

To put it back
--------------
With bacvault: "bacvault import" takes this file into a repository, "bacvault restore" writes it into the device.
With another program: ReinitializeDevice (start restore), each file with AtomicWriteFile in the order of its
number into the File object of the instance in its name, ReinitializeDevice (end restore).

The images
----------
`;
