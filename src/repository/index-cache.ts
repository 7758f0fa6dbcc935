// What the manifests and facts of one device say, in one small file, so that a question to 200,000 images
// need not read them all (FORMAT.md section 11). A cache and nothing else: it may be deleted at any time, and
// whatever is given out from it has been read again from the manifest. Never fails a question.

import { z } from 'zod';
import { isEngineError } from '../errors.js';
import type { Log, Store, StoreHandle } from '../ports.js';
import { originOf, readImage } from './catalogue.js';
import { sha256Of } from './digest.js';
import { readFact, standingOf, wholeFacts } from './facts.js';
import { loadSmall, parseJson } from './json.js';
import { encodeSite, folderOf, parseFactName, parseImageName, type ImageName } from './names.js';
import { joined } from './octets.js';
import { deviceSchema, factSchema } from './schema.js';
import type { FoundImage } from './catalogue-types.js';
import type { DeviceIdentity, ImageFact, ImageManifest } from './types.js';
import { parseUtcText } from './utc.js';

/** Raised when an entry means something else than before: old caches are then not looked at. */
const VERSION = 2;
const LIMIT = 64 * 1024 * 1024;

/** The names of one device's manifests and facts in the area "images". */
export interface DeviceNames {
  readonly site: string;
  readonly instance: number;
  readonly manifests: readonly string[];
  readonly facts: readonly string[];
}

const entrySchema = z.object({
  /** The manifest's name in the area "images". */
  name: z.string(),
  id: z.string(),
  createdAt: z.string(),
  /** Which of the identities below. */
  device: z.int().nonnegative(),
  files: z.int().nonnegative(),
  octets: z.int().nonnegative(),
  origin: z.enum(['undo', 'imported']).optional(),
  tags: z.array(z.string()),
});
const segmentSchema = z.object({
  version: z.literal(VERSION),
  identities: z.array(deviceSchema),
  entries: z.array(entrySchema),
  facts: z.array(z.object({ name: z.string(), fact: factSchema })),
});

type Entry = z.infer<typeof entrySchema>;
type Segment = z.infer<typeof segmentSchema>;

/** Every device of the store, or those of one site or instance, with the names of its files. */
export async function* deviceNames(
  store: Store,
  filter: { readonly site?: string; readonly instance?: number } = {},
): AsyncIterable<DeviceNames> {
  let current: { site: string; instance: number; manifests: string[]; facts: string[] } | undefined;
  const { site, instance } = filter;
  const folder =
    site === undefined ? undefined : encodeSite(site) + (instance === undefined ? '' : `/${instance}`);
  for await (const name of store.list('images', folder)) {
    const fact = parseFactName(name);
    const says: ImageName | undefined = parseImageName(fact?.manifest ?? name);
    if (!says || (instance !== undefined && says.instance !== instance)) continue;
    if (current?.site !== says.site || current.instance !== says.instance) {
      if (current) yield current;
      current = { site: says.site, instance: says.instance, manifests: [], facts: [] };
    }
    (fact ? current.facts : current.manifests).push(name);
  }
  if (current) yield current;
}

/** What the cache says of a device's images, newest first; what it does not know yet is read and kept. */
export async function cachedImages(store: Store, names: DeviceNames, log?: Log): Promise<FoundImage[]> {
  const handle = segmentHandle(names);
  const kept = await loadSegment(store, handle);
  // What was damaged when the index was made may have been put right since: it is looked at again each time.
  const isWhole = kept?.entries.length === names.manifests.length && kept.facts.length === names.facts.length;
  const segment = kept && isWhole ? kept : await renew(store, names, handle, log);
  const facts = new Map<string, ImageFact[]>();
  for (const { name, fact } of segment.facts) {
    const manifest = parseFactName(name)?.manifest ?? '';
    facts.set(manifest, [...(facts.get(manifest) ?? []), fact]);
  }
  return segment.entries
    .flatMap((entry) => found(names, entry, segment.identities, facts.get(entry.name) ?? []))
    .sort(newestFirst);
}

/** Those of a device's facts that are of one manifest. */
export function factsBeside({ facts }: DeviceNames, manifest: string): string[] {
  return facts.filter((name) => parseFactName(name)?.manifest === manifest);
}

/**
 * Reads an image that the cache speaks of: as it is, or undefined when it is no image any more. Facts are read
 * again as well.
 */
export async function confirmed(
  store: Store,
  names: DeviceNames,
  image: FoundImage,
): Promise<FoundImage | undefined> {
  const says = parseImageName(image.name);
  if (!says) return undefined;
  const reading = await readImage(store, { name: image.name, says });
  if (reading.kind !== 'image') return undefined;
  const { id, manifest } = reading.image;
  return foundImage(image.name, id, manifest, await wholeFacts(store, id, factsBeside(names, image.name)));
}

/** Makes the segment from what an older one knows and from the files that are new to it, and keeps it. */
async function renew(store: Store, names: DeviceNames, handle: StoreHandle, log?: Log): Promise<Segment> {
  const folder = folderOf(handle.name);
  const old: string[] = [];
  for await (const name of store.list('cache', folder)) old.push(name);
  let known: Segment | undefined;
  for (const name of old) known = (await loadSegment(store, { area: 'cache', name })) ?? known;
  known = (await loadSegment(store, handle)) ?? known;
  const segment = await build(store, names, known);
  const isKept = known !== undefined && JSON.stringify(known) === JSON.stringify(segment);
  try {
    for (const name of old) if (name !== handle.name || !isKept) await store.remove({ area: 'cache', name });
    await store.save(handle, encode(segment));
  } catch (error) {
    // A folder that cannot be written to, or another process that was quicker: the answer stands without it.
    if (!isEngineError(error)) throw error;
    if (error.code !== 'store-exists') log?.log('debug', `no index was kept: ${error.message}`);
  }
  return segment;
}

async function build(store: Store, names: DeviceNames, known: Segment | undefined): Promise<Segment> {
  const identities = new Identities();
  const entries: Entry[] = [];
  const knownEntries = new Map(known?.entries.map((entry) => [entry.name, entry]));
  for (const name of names.manifests) {
    const before = knownEntries.get(name);
    const identity = before && known?.identities[before.device];
    if (before && identity) {
      entries.push({ ...before, device: identities.number(identity) });
      continue;
    }
    const says = parseImageName(name);
    const reading = says && (await readImage(store, { name, says }));
    // What is no image now is looked at again each time: it is not kept.
    if (reading?.kind !== 'image') continue;
    const { id, manifest } = reading.image;
    entries.push({
      name,
      id,
      createdAt: manifest.createdAt,
      device: identities.number(manifest.device),
      files: manifest.files.length,
      octets: octetsOf(manifest),
      ...originOf(manifest),
      tags: [...(manifest.tags ?? [])],
    });
  }
  const knownFacts = new Map(known?.facts.map((fact) => [fact.name, fact]));
  const facts: Segment['facts'] = [];
  for (const name of names.facts) {
    const before = knownFacts.get(name);
    if (before) {
      facts.push(before);
      continue;
    }
    const reading = await readFact(store, name);
    if (reading.kind === 'fact') facts.push({ name, fact: withoutReport(reading.fact) });
  }
  return { version: VERSION, identities: identities.all, entries, facts };
}

/** Devices are renamed now and then, and otherwise the same in hundreds of images. */
class Identities {
  readonly all: Segment['identities'] = [];
  readonly #numbers = new Map<string, number>();

  number(identity: DeviceIdentity): number {
    const key = JSON.stringify(identity);
    const number = this.#numbers.get(key) ?? this.all.push(identity as Segment['identities'][number]) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

/** The name holds the hash of all names that the segment is about: with another file it is another segment. */
function segmentHandle({ site, instance, manifests, facts }: DeviceNames): StoreHandle {
  const about = [`version ${VERSION}`, ...manifests, ...facts].join('\n');
  const hash = sha256Of(new TextEncoder().encode(about)).slice(0, 32);
  return { area: 'cache', name: `${encodeSite(site)}/${instance}/${hash}.json` };
}

/** The first line is the hash of the rest. */
function encode(segment: Segment): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(segment));
  const head = new TextEncoder().encode(`${sha256Of(body)}\n`);
  return joined([head, body]);
}

/** A segment, or undefined when it is missing, damaged or of another version. */
async function loadSegment(store: Store, handle: StoreHandle): Promise<Segment | undefined> {
  let octets: Uint8Array | undefined;
  try {
    octets = await loadSmall(store, handle, LIMIT);
  } catch (error) {
    if (isEngineError(error)) return undefined;
    throw error;
  }
  const end = octets?.indexOf(0x0a) ?? -1;
  if (!octets || end < 0) return undefined;
  const body = octets.subarray(end + 1);
  if (new TextDecoder().decode(octets.subarray(0, end)) !== sha256Of(body)) return undefined;
  const json = parseJson(body);
  const parsed = json.ok ? segmentSchema.safeParse(json.value) : undefined;
  return parsed?.success === true ? parsed.data : undefined;
}

function found(
  { site, instance }: DeviceNames,
  entry: Entry,
  identities: Segment['identities'],
  facts: readonly ImageFact[],
): FoundImage[] {
  const device = identities[entry.device] as DeviceIdentity | undefined;
  if (!device) return [];
  const { id, name, createdAt, files, octets, origin, tags } = entry;
  const own = facts.filter((fact) => fact.image === id);
  const standing = standingOf({ id, manifest: { tags } }, own);
  const what = { id, name, site, instance, createdAt, device, files, octets, standing };
  return [origin === undefined ? what : { ...what, origin }];
}

function foundImage(
  name: string,
  id: string,
  manifest: ImageManifest,
  facts: readonly ImageFact[],
): FoundImage {
  return {
    id,
    name,
    site: manifest.site,
    instance: manifest.device.instance,
    createdAt: manifest.createdAt,
    device: manifest.device,
    files: manifest.files.length,
    octets: octetsOf(manifest),
    ...originOf(manifest),
    standing: standingOf({ id, manifest }, facts),
  };
}

function octetsOf(manifest: ImageManifest): number {
  return manifest.files.reduce((sum, file) => sum + file.octets, 0);
}

/** A drill's report is large, and no question is asked of it. */
function withoutReport(fact: ImageFact): ImageFact {
  return fact.fact.type === 'drill' ? { ...fact, fact: { ...fact.fact, report: {} } } : fact;
}

function newestFirst(a: FoundImage, b: FoundImage): number {
  const byTime = (parseUtcText(b.createdAt) ?? 0) - (parseUtcText(a.createdAt) ?? 0);
  if (byTime !== 0) return byTime;
  return a.id < b.id ? -1 : 1;
}
