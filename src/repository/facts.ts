// What becomes known of an image after it was made: each fact a small file beside the manifest, written
// once and never changed, so that two processes never wait for one another. Never touches the manifest.

import { EngineError, isEngineError } from '../errors.js';
import type { Store } from '../ports.js';
import { sha256Of } from './digest.js';
import { loadSmall, parseJson } from './json.js';
import { factHandle, folderOf, imageHandle, parseFactName } from './names.js';
import { factSchema, schemaFault } from './schema.js';
import { TOOL } from './tool.js';
import type { FactBody, ImageFact, ImageId, ImageStanding, ImageSummary } from './types.js';
import { utcText } from './utc.js';

/** More than any fact fills: a drill's report has some kilobytes. */
const FACT_LIMIT = 4 * 1024 * 1024;

/** What a file that has a fact's name turned out to be. */
export type FactReading =
  | { readonly kind: 'fact'; readonly fact: ImageFact }
  | { readonly kind: 'damaged'; readonly fault: string }
  /** Taken away after it was listed. */
  | { readonly kind: 'gone' };

/**
 * Saves a fact beside the image's manifest. Rejects `usage` when it is none (a tag that cannot be), or with
 * what the store rejects with.
 */
export async function recordFact(
  store: Store,
  image: ImageSummary,
  body: FactBody,
  unixTimeMs: number,
): Promise<ImageFact> {
  const parsed = factSchema.safeParse({
    kind: 'bacvault-fact',
    format: 1,
    image: image.id,
    recordedAt: utcText(unixTimeMs),
    tool: TOOL,
    fact: body,
  });
  if (!parsed.success) throw new EngineError('usage', `this is no fact: ${schemaFault(parsed.error)}`);
  const octets = new TextEncoder().encode(`${JSON.stringify(parsed.data, null, 2)}\n`);
  if (octets.length > FACT_LIMIT) throw new EngineError('usage', 'a fact has 4 MiB at most');
  const handle = factHandle(imageHandle(image.manifest, image.id), sha256Of(octets));
  try {
    await store.save(handle, octets);
  } catch (error) {
    // The same fact in the same millisecond is the same fact.
    if (!isEngineError(error, 'store-exists')) throw error;
  }
  return parsed.data;
}

/** Reads the file of a fact, and judges it against its name. */
export async function readFact(store: Store, name: string): Promise<FactReading> {
  let octets: Uint8Array | undefined;
  try {
    octets = await loadSmall(store, { area: 'images', name }, FACT_LIMIT);
  } catch (error) {
    if (isEngineError(error, 'store-missing')) return { kind: 'gone' };
    throw error;
  }
  return octets ? judgeFact(name, octets) : { kind: 'damaged', fault: 'it is larger than 4 MiB' };
}

/** Judges the octets of a fact against its name in the area "images". */
export function judgeFact(name: string, octets: Uint8Array): Exclude<FactReading, { kind: 'gone' }> {
  const damaged = (fault: string) => ({ kind: 'damaged', fault }) as const;
  const says = parseFactName(name);
  if (!says) return damaged('it does not have the name of a fact');
  const sha256 = sha256Of(octets);
  if (!sha256.startsWith(says.id8))
    return damaged(`its octets hash to ${sha256.slice(0, 8)}..., not to its name`);
  const json = parseJson(octets);
  if (!json.ok) return damaged(json.fault);
  const parsed = factSchema.safeParse(json.value);
  if (!parsed.success) return damaged(schemaFault(parsed.error));
  const id8 = /([0-9a-f]{8})\.json$/.exec(says.manifest)?.[1] ?? '';
  if (!parsed.data.image.startsWith(id8))
    return damaged('it is of another image than the one it lies beside');
  return { kind: 'fact', fact: parsed.data };
}

/** All facts of one image, oldest first. Files that are no facts are left out: `check` reports them. */
export async function factsOf(store: Store, image: ImageSummary): Promise<ImageFact[]> {
  const { name } = imageHandle(image.manifest, image.id);
  return (await wholeFacts(store, image.id, factNames(store, name))).sort(byTime);
}

/** Names of the facts beside a manifest, both in the area "images". */
export async function* factNames(store: Store, manifest: string): AsyncIterable<string> {
  for await (const name of store.list('images', folderOf(manifest)))
    if (parseFactName(name)?.manifest === manifest) yield name;
}

/** What the files of these names say of an image; those that are no facts, or of another one, are left out. */
export async function wholeFacts(
  store: Store,
  image: ImageId,
  names: AsyncIterable<string> | Iterable<string>,
): Promise<ImageFact[]> {
  const facts: ImageFact[] = [];
  for await (const name of names) {
    const reading = await readFact(store, name);
    if (reading.kind === 'fact' && reading.fact.image === image) facts.push(reading.fact);
  }
  return facts;
}

/** What the facts of an image come to; what was said later counts. */
export function standingOf(
  image: { readonly id: ImageId; readonly manifest: { readonly tags?: readonly string[] } },
  facts: readonly ImageFact[],
): ImageStanding {
  const tags = new Set(image.manifest.tags);
  const notes: ImageStanding['notes'][number][] = [];
  let verified: ImageStanding['verified'];
  for (const { fact, recordedAt: at } of [...facts].sort(byTime)) {
    if (fact.type === 'tag') tags.add(fact.tag);
    else if (fact.type === 'untag') tags.delete(fact.tag);
    else if (fact.type === 'note') notes.push({ at, text: fact.text });
    else if (fact.type === 'verified')
      verified = { how: fact.how, at, ...(fact.run === undefined ? {} : { run: fact.run }) };
  }
  return { ...(verified === undefined ? {} : { verified }), tags: [...tags], notes };
}

/** UTC texts of one form sort as times do; two facts of one moment have an order of their own, always the same. */
function byTime(a: ImageFact, b: ImageFact): number {
  const [left, right] = [a, b].map((fact) => `${fact.recordedAt} ${JSON.stringify(fact.fact)}`) as [
    string,
    string,
  ];
  return left < right ? -1 : left > right ? 1 : 0;
}
