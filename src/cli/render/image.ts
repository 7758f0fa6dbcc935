// Images, their files and their devices in text and in JSON: shared by the commands that show them.

import type { FoundImage, ImageFile, ImageManifest, ImageStanding, ImageSummary } from '../../index.js';
import type { JsonLine } from '../output.js';
import { type Column, table } from './table.js';
import { counted, grouped, moment, networkAndMac, octets, printable, printableMaybe } from './text.js';

type Identity = ImageManifest['device'];

/** Digits of an image id that people see; enough to type, never so few that two in the list agree. */
export function idDigits(ids: readonly string[]): number {
  for (let digits = 8; digits < 64; digits += 4) {
    if (new Set(ids.map((id) => id.slice(0, digits))).size === new Set(ids).size) return digits;
  }
  return 64;
}

/** What every list of images begins with. */
interface ListedImage {
  readonly id: string;
  readonly createdAt: string;
  readonly site: string;
  readonly instance: number;
  readonly name?: string | undefined;
}

/** A list of images: which, when and of what device, then what the caller has to say of each in `columns` of its own. */
export function imageTable<Row extends ListedImage>(
  rows: readonly Row[],
  columns: readonly Column[],
  cells: (row: Row) => readonly string[],
): string {
  const digits = idDigits(rows.map(({ id }) => id));
  const which: readonly Column[] = [
    { heading: 'image' },
    { heading: 'made' },
    { heading: 'site' },
    { heading: 'instance', align: 'right' },
    { heading: 'name' },
  ];
  return table(
    [...which, ...columns],
    rows.map((row) => [
      row.id.slice(0, digits),
      moment(row.createdAt),
      printable(row.site),
      String(row.instance),
      printable(row.name ?? ''),
      ...cells(row),
    ]),
  );
}

/** Octets of all files. */
export function octetsOf(manifest: ImageManifest): number {
  return manifest.files.reduce((sum, file) => sum + file.octets, 0);
}

/** An image in a list as programs see it. */
export interface ImageObject {
  readonly kind: 'image';
  readonly id: string;
  readonly site: string;
  readonly instance: number;
  readonly createdAt: string;
  readonly name: string | undefined;
  readonly vendorName: string | undefined;
  readonly modelName: string | undefined;
  readonly firmwareRevision: string | undefined;
  readonly files: number;
  readonly octets: number;
}

/** One image in a list, without its whole manifest. */
export function imageObject({ id, manifest }: ImageSummary): ImageObject {
  const { device } = manifest;
  return {
    kind: 'image',
    id,
    site: manifest.site,
    instance: device.instance,
    createdAt: manifest.createdAt,
    name: device.name,
    vendorName: device.vendorName,
    modelName: device.modelName,
    firmwareRevision: device.firmwareRevision,
    files: manifest.files.length,
    octets: octetsOf(manifest),
  };
}

/** The same of an image that was found, with what is said of it. */
export function foundObject({
  id,
  site,
  instance,
  createdAt,
  device,
  files,
  octets,
  standing,
}: FoundImage): JsonLine {
  const { name, vendorName, modelName, firmwareRevision } = device;
  const identity = { name, vendorName, modelName, firmwareRevision };
  const line = { kind: 'image', id, site, instance, createdAt, ...identity, files, octets, ...standing };
  return line;
}

/** What is said of an image: proof, tags and notes. */
export function standingRows({
  verified,
  tags,
  notes,
}: ImageStanding): (readonly [label: string, value: string | undefined])[] {
  const run = verified?.run === undefined ? '' : `, run ${printable(verified.run)}`;
  return [
    ['Verified', verified === undefined ? 'no' : `${HOW[verified.how]}, ${moment(verified.at)}${run}`],
    ['Tags', tags.length === 0 ? undefined : tags.map(printable).join(' ')],
    ...notes.map(({ at, text }) => [`Note of ${moment(at)}`, printable(text)] as const),
  ];
}

const HOW = {
  'second-reading': 'read twice and equal',
  restored: 'restored and proven',
  drill: 'restored onto a simulated twin',
} as const;

/** "1a2b3c4d of 2026-11-23 19:03:22 UTC, site default, 3 files, 1 234 octets". */
export function imageLine({ id, manifest }: ImageSummary): string {
  const facts = [
    `${id.slice(0, 8)} of ${moment(manifest.createdAt)}`,
    `site ${printable(manifest.site)}`,
    counted(manifest.files.length, 'file'),
    octets(octetsOf(manifest)),
  ];
  return facts.join(', ');
}

/** The files of an image as a table. `withHash` adds the SHA-256 column. */
export function fileTable(files: readonly ImageFile[], withHash = false): string {
  const columns = [
    { heading: 'file' },
    { heading: 'name' },
    { heading: 'access' },
    { heading: 'octets', align: 'right' },
    { heading: 'records', align: 'right' },
    ...(withHash ? [{ heading: 'SHA-256' }] : []),
  ] as const;
  const rows = files.map((file) => [
    file.objectIdentifier,
    printable(file.name ?? ''),
    file.accessMethod,
    grouped(file.octets),
    file.recordCount === undefined ? '' : grouped(file.recordCount),
    ...(withHash ? [file.sha256] : []),
  ]);
  return table(columns, rows);
}

/** The facts that tell one controller from another, under their BACnet names. */
export function identityRows(device: Identity): (readonly [label: string, value: string | undefined])[] {
  return [
    ['Device instance', String(device.instance)],
    ['Object_Name', printableMaybe(device.name)],
    ['Vendor', vendor(device)],
    ['Model_Name', printableMaybe(device.modelName)],
    ['Firmware_Revision', printableMaybe(device.firmwareRevision)],
    ['Application_Software_Version', printableMaybe(device.applicationSoftwareVersion)],
    [
      'Protocol_Revision',
      device.protocolRevision === undefined ? undefined : String(device.protocolRevision),
    ],
    ['Serial_Number', printableMaybe(device.serialNumber)],
    ['Location', printableMaybe(device.location)],
    ['Description', printableMaybe(device.description)],
  ];
}

/** "Acme Controls (vendor id 555)". */
export function vendor(device: Identity): string | undefined {
  const id = device.vendorId === undefined ? undefined : `vendor id ${device.vendorId}`;
  if (device.vendorName === undefined) return id;
  return id === undefined ? printable(device.vendorName) : `${printable(device.vendorName)} (${id})`;
}

/** "10.1.4.77:47808", or "10.1.0.1:47808, network:MAC 2001:17" behind a router. */
export function reachedText(reached: ImageManifest['reachedAt']): string {
  const via = reached.network === undefined ? '' : `, network:MAC ${networkAndMac(reached)}`;
  return `${printable(reached.address)}${via}`;
}
