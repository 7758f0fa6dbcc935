// Two images: who the device is, which files there are, in which order, and what is in them. Decides what
// counts as a difference.

import type { DeviceIdentity, ImageManifest, ImageSummary } from '../repository/index.js';
import { matchingBlocks } from './alignment.js';
import {
  compareFiles,
  type Contents,
  type FileDetail,
  fileSide,
  glanceAtFiles,
  type PlacedFile,
  sameContent,
} from './compare-files.js';
import { changesOf, type Fields } from './fields.js';
import type { DiffSide, FieldChange, FileDiff, ImageDiff, Verdict } from './types.js';

/** One side of a comparison. */
export interface Compared {
  readonly image: ImageSummary;
  readonly contents: Contents;
  /** "device": the image is of a reading that is not kept. */
  readonly from: DiffSide['from'];
}

/** Rejects `repository-corrupt` when a content is not what its image says, or `cancelled`. */
export async function compareImages(a: Compared, b: Compared, signal?: AbortSignal): Promise<ImageDiff> {
  const device = deviceChanges(a.image.manifest, b.image.manifest);
  const files: FileDiff[] = [];
  for await (const file of fileDiffs(a, b, { views: true, signal })) files.push(file);
  const verdict = device.some((change) => change.counts) ? 'different' : verdictOf(files);
  return { kind: 'image-diff', verdict, a: sideOf(a), b: sideOf(b), device, files };
}

/** What cannot be told without reading so many octets of both sides. */
export interface Unread {
  readonly octets: number;
}

/** The verdict, as far as the manifests alone can tell. */
export function glanceAtImages(a: Compared, b: Compared): Verdict | Unread {
  if (deviceChanges(a.image.manifest, b.image.manifest).some((change) => change.counts)) return 'different';
  const [filesA, filesB] = [placed(a), placed(b)];
  if (filesA.length !== filesB.length) return 'different';
  let octets = 0;
  for (const [index, { key, file }] of filesA.entries()) {
    const other = filesB[index];
    const glance = other?.key === key ? glanceAtFiles(file, other.file) : 'changed';
    if (glance === 'changed') return 'different';
    if (glance === undefined) octets += file.octets + (other?.file.octets ?? 0);
  }
  return octets === 0 ? 'equal' : { octets };
}

/** The verdict by reading what must be read; stops at the first difference. Rejects as `compareImages` does. */
export async function readVerdict(a: Compared, b: Compared, signal?: AbortSignal): Promise<Verdict> {
  const files: FileDiff[] = [];
  for await (const file of fileDiffs(a, b, { views: false, signal })) {
    files.push(file);
    if (verdictOf([file]) === 'different') break;
  }
  return verdictOf(files);
}

function verdictOf(files: readonly FileDiff[]): Verdict {
  const statuses = new Set(files.map((file) => file.status));
  if (statuses.has('changed') || statuses.has('added') || statuses.has('removed')) return 'different';
  return statuses.has('volatile') ? 'volatile' : 'equal';
}

function sideOf({ image: { id, manifest }, from }: Compared): DiffSide {
  const { name, instance } = manifest.device;
  return {
    from,
    ...(from === 'image' ? { imageId: id } : {}),
    site: manifest.site,
    instance,
    ...(name === undefined ? {} : { name }),
    createdAt: manifest.createdAt,
    files: manifest.files.length,
    octets: manifest.files.reduce((sum, file) => sum + file.octets, 0),
  };
}

const IDENTITY: Fields<DeviceIdentity> = {
  instance: true,
  name: true,
  vendorId: true,
  vendorName: true,
  modelName: true,
  firmwareRevision: true,
  applicationSoftwareVersion: true,
  protocolRevision: true,
  serialNumber: true,
  location: true,
  description: true,
};

/** A restore moves the revision and the time; networks give addresses. */
const CIRCUMSTANCES: Fields<Circumstances> = {
  databaseRevision: false,
  lastRestoreTime: false,
  address: false,
  network: false,
  mac: false,
};

interface Circumstances {
  readonly databaseRevision?: number | undefined;
  readonly lastRestoreTime?: string | undefined;
  readonly address?: string | undefined;
  readonly network?: number | undefined;
  readonly mac?: string | undefined;
}

function circumstances({ procedure, reachedAt }: ImageManifest): Circumstances {
  return { ...procedure, ...reachedAt };
}

function deviceChanges(a: ImageManifest, b: ImageManifest): FieldChange[] {
  return [
    ...changesOf(IDENTITY, a.device, b.device),
    ...changesOf(CIRCUMSTANCES, circumstances(a), circumstances(b)),
  ];
}

/** A file with the name under which it is looked for on the other side. */
interface NamedFile extends PlacedFile {
  readonly key: string;
}

/** A File object that is listed twice is told apart by its turn. */
function placed({ image, contents }: Compared): NamedFile[] {
  const seen = new Map<string, number>();
  return image.manifest.files.map((file, position) => {
    const turn = (seen.get(file.objectIdentifier) ?? 0) + 1;
    seen.set(file.objectIdentifier, turn);
    return { file, position, contents, key: `${file.objectIdentifier} ${turn}` };
  });
}

/** Files of `b` in their order, then those that only `a` has. */
async function* fileDiffs(a: Compared, b: Compared, detail: FileDetail): AsyncIterable<FileDiff> {
  const [filesA, filesB] = [placed(a), placed(b)];
  const before = new Map(filesA.map((file) => [file.key, file]));
  const after = new Set(filesB.map((file) => file.key));
  const removed = filesA.filter((file) => !after.has(file.key));
  const added = filesB.filter((file) => !before.has(file.key));
  const stays = inOrder(filesA, filesB);
  for (const file of filesB) {
    const partner = before.get(file.key);
    if (partner) yield await compareFiles(partner, file, !stays.has(file.key), detail);
    else yield { ...alone(file, 'added', removed), b: fileSide(file) };
  }
  for (const file of removed) yield { ...alone(file, 'removed', added), a: fileSide(file) };
}

/** Keys of the files that both have and whose order among themselves is the same, as many as can be. */
function inOrder(a: readonly NamedFile[], b: readonly NamedFile[]): ReadonlySet<string> {
  const [keysA, keysB] = [a.map((file) => file.key), b.map((file) => file.key)];
  const blocks = matchingBlocks(keysA, keysB);
  return new Set(blocks.flatMap((block) => keysA.slice(block.a, block.a + block.length)));
}

/** A file of one side, and whether its content went to, or came from, another File object. */
function alone(
  { file }: NamedFile,
  status: 'added' | 'removed',
  others: readonly NamedFile[],
): Pick<FileDiff, 'objectIdentifier' | 'instance' | 'status' | 'properties' | 'moved' | 'sameContentAs'> {
  const same = file.octets === 0 ? undefined : others.find((other) => sameContent(file, other.file));
  return {
    objectIdentifier: file.objectIdentifier,
    instance: file.instance,
    status,
    properties: [],
    moved: false,
    ...(same === undefined ? {} : { sameContentAs: same.file.objectIdentifier }),
  };
}
