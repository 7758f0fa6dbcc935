// Whether anything changed between images: by their manifests where those can tell, by an answer that was worked
// out before, and by reading only what is left. For lists of many images, with a bound to what is read.

import { isEngineError } from '../errors.js';
import type { ImageSummary, Repository } from '../repository/index.js';
import { type Compared, glanceAtImages, readVerdict } from './compare-images.js';
import { LIST_OCTETS_MAX } from './limits.js';
import type { DiffOptions, Verdict } from './types.js';

/** What became of an image against the one before it of the same device. */
export type Change =
  /** There is none before it. */
  | 'first'
  | 'same'
  | 'changed'
  /** Contents would have to be read that are damaged, or more of them than are read for a list. */
  | 'unknown';

export interface ChangesOptions extends DiffOptions {
  /** Octets that may be read to find out; default 256 MiB. What was found out is kept, and not read again. */
  readonly octetsMax?: number;
}

/**
 * The verdict of `diffImages` alone, and quickly: contents are read only where everything else is equal and
 * hashes differ in files of which volatile parts are known. Rejects as `diffImages` does.
 */
export async function judgeImages(
  repository: Repository,
  a: ImageSummary,
  b: ImageSummary,
  options: DiffOptions = {},
): Promise<Verdict> {
  const { verdict } = await judge(repository, a, b, Infinity, options.signal);
  return verdict ?? 'different';
}

/**
 * For each of these images, newest first as `Repository.images` gives them, whether it differs from the one
 * before it of the same site and instance. Rejects as `diffImages` does, but for contents that are damaged.
 */
export async function judgeChanges(
  repository: Repository,
  images: readonly ImageSummary[],
  { signal, octetsMax = LIST_OCTETS_MAX }: ChangesOptions = {},
): Promise<Change[]> {
  const changes = images.map((): Change => 'first');
  const later = new Map<string, number>();
  let left = octetsMax;
  for (const [index, image] of images.entries()) {
    const { site, device } = image.manifest;
    const key = JSON.stringify([site, device.instance]);
    const next = later.get(key);
    const after = next === undefined ? undefined : images[next];
    later.set(key, index);
    if (next === undefined || after === undefined) continue;
    try {
      const { verdict, octets } = await judge(repository, image, after, left, signal);
      left -= octets;
      changes[next] = verdict === undefined ? 'unknown' : verdict === 'different' ? 'changed' : 'same';
    } catch (error) {
      if (!isEngineError(error, 'repository-corrupt')) throw error;
      changes[next] = 'unknown';
    }
  }
  return changes;
}

interface Judged {
  /** undefined: more than `octetsMax` would have to be read. */
  readonly verdict?: Verdict;
  readonly octets: number;
}

/** Raised when a verdict means something else than before: old answers are then not found. */
const VERSION = 1;
const VERDICTS: readonly Verdict[] = ['equal', 'volatile', 'different'];

async function judge(
  repository: Repository,
  a: ImageSummary,
  b: ImageSummary,
  octetsMax: number,
  signal: AbortSignal | undefined,
): Promise<Judged> {
  const side = (image: ImageSummary): Compared => ({ image, contents: repository, from: 'image' });
  const glance = glanceAtImages(side(a), side(b));
  if (typeof glance === 'string') return { verdict: glance, octets: 0 };
  // Neither image ever changes, so neither does what there is between them.
  const question = `verdict ${VERSION} ${a.id} ${b.id}`;
  const answer = await repository.memo.recall(question);
  const known = VERDICTS.find((verdict) => verdict === answer);
  if (known !== undefined) return { verdict: known, octets: 0 };
  if (glance.octets > octetsMax) return { octets: 0 };
  const verdict = await readVerdict(side(a), side(b), signal);
  await repository.memo.keep(question, verdict);
  return { verdict, octets: glance.octets };
}
