// The other end of `Peer`, for peers that are written in TypeScript: JSON lines from stdin, the first of
// them the configuration, and answers to stdout.

import { createInterface } from 'node:readline';
import type { Line } from './peer.js';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** The next line; undefined when the test closed our stdin. The caller knows what it asked for. */
async function next(): Promise<unknown> {
  const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
  return done === true ? undefined : JSON.parse(value);
}

/** The first line. */
export const configuration = next;

/** The lines after it. */
export async function* orders<T extends { readonly kind: string }>(): AsyncGenerator<T, void> {
  for (let line = await next(); line !== undefined; line = await next()) yield line as T;
}

export function say(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
