// How many requests may wait for an answer at once, as the wire sees it.

import { ConfirmedService } from '../../protocol/index.js';
import { READS_OUTSTANDING_MAX } from '../../src/pacing/index.js';

/** One, by the lane's limit; a cancelled one may still be on its way while END goes out, on lanes of each device. */
const OUTSTANDING_MAX = { direct: 2, lane: 3 } as const;

/** Of reads a device on the link may have several; of anything else, or behind a router, nobody may. */
export function isTooMany(services: readonly number[], way: keyof typeof OUTSTANDING_MAX): boolean {
  const reads = services.filter((service) => service === ConfirmedService.atomicReadFile).length;
  if (reads > READS_OUTSTANDING_MAX) return true;
  const counted = way === 'direct' ? services.length - Math.max(0, reads - 1) : services.length;
  return counted > OUTSTANDING_MAX[way];
}
