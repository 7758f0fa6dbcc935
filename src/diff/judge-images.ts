// Whether anything changed between images: by their manifests where those can tell, by an answer that was worked
// out before, and by reading only what is left. For lists of many images, with a bound to what is read.

import { isEngineError } from '../errors.js';
import type { ImageSummary, Repository } from '../repository/index.js';
import { cancellable } from './cancellable.js';
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

export interface JudgedImage {
  readonly image: ImageSummary;
  readonly change: Change;
}

export interface HistoryOptions extends DiffOptions {
  /** Octets that may be read of each device to find out; default 256 MiB. What was found out is kept, and not read again. */
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
 * Every image that fits, newest first over all devices, and whether it differs from the one before it of its device.
 * Rejects as `diffImages` does, but for contents that are damaged.
 */
export async function* judgeHistory(
  repository: Repository,
  filter: { readonly site?: string; readonly instance?: number } = {},
  { signal, octetsMax = LIST_OCTETS_MAX }: HistoryOptions = {},
): AsyncIterable<JudgedImage> {
  const read = new Map<string, number>();
  for await (const { image, before } of cancellable(repository.history(filter), signal)) {
    if (before === undefined) {
      yield { image, change: 'first' };
      continue;
    }
    const { site, device } = image.manifest;
    const key = JSON.stringify([site, device.instance]);
    const alreadyRead = read.get(key) ?? 0;
    const { verdict, octets } = await judgeUndamaged(
      repository,
      before,
      image,
      octetsMax - alreadyRead,
      signal,
    );
    read.set(key, alreadyRead + octets);
    yield { image, change: CHANGES[verdict ?? 'unknown'] };
  }
}

const CHANGES = { equal: 'same', volatile: 'same', different: 'changed', unknown: 'unknown' } as const;

interface Judged {
  /** undefined: more than `octetsMax` would have to be read. */
  readonly verdict?: Verdict;
  readonly octets: number;
}

/** Raised when a verdict means something else than before: old answers are then not found. */
const VERSION = 1;
const VERDICTS: readonly Verdict[] = ['equal', 'volatile', 'different'];

/** Of damaged contents nothing is known. */
async function judgeUndamaged(...asked: Parameters<typeof judge>): Promise<Judged> {
  try {
    return await judge(...asked);
  } catch (error) {
    if (isEngineError(error, 'repository-corrupt')) return { octets: 0 };
    throw error;
  }
}

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
