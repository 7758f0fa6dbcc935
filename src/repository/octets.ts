// Two small things that many files of the repository need: octets put together, and names that nobody else has.

import type { Random } from '../ports.js';

/** The octets of all chunks as one. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** So many random hex digits: 8, 16 or 32. */
export function randomDigits(random: Random, digits: 8 | 16 | 32): string {
  return Array.from({ length: digits / 8 }, () => (random.uint32() >>> 0).toString(16).padStart(8, '0')).join(
    '',
  );
}
