// Real chance, from the operating system. For identifiers and jitter; nothing here keeps a secret.

import { webcrypto } from 'node:crypto';

import type { Random } from '../ports.js';

export function systemRandom(): Random {
  const cell = new Uint32Array(1);
  return { uint32: () => webcrypto.getRandomValues(cell)[0] ?? 0 };
}
