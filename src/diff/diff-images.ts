// The comparison of two images as users of the library call it.

import type { ImageSummary, Repository } from '../repository/index.js';
import { type Compared, compareImages } from './compare-images.js';
import type { DiffOptions, ImageDiff } from './types.js';

/**
 * What differs from image `a` to image `b`, which may be of one device or of two. Octet ranges of any file are
 * found in bounded memory; files of up to 8 MiB are looked into. Reads nothing but the repository. Rejects with
 * EngineError `repository-corrupt` (a content is missing or not what its image says), `store-...` or `cancelled`.
 */
export function diffImages(
  repository: Repository,
  a: ImageSummary,
  b: ImageSummary,
  options: DiffOptions = {},
): Promise<ImageDiff> {
  return compareImages(imageOf(repository, a), imageOf(repository, b), options.signal);
}

function imageOf(repository: Repository, image: ImageSummary): Compared {
  return { image, contents: repository, from: 'image' };
}
