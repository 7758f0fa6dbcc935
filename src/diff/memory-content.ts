// Contents that fit into memory, as contents that stream: so that there is one way to compare.

import type { UnitRange } from '../repository/index.js';
import type { OctetContent } from './compare-octets.js';

export function inMemory(octets: Uint8Array, volatile: readonly UnitRange[] = []): OctetContent {
  return {
    octets: octets.length,
    open: async function* () {
      yield await Promise.resolve(octets);
    },
    volatile,
  };
}

/** All of a content that is `octets` long. Rejects with what the content rejects with. */
export async function gather(content: AsyncIterable<Uint8Array>, octets: number): Promise<Uint8Array> {
  const whole = new Uint8Array(octets);
  let at = 0;
  for await (const chunk of content) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
