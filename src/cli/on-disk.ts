// What commands write into files of the user: the system's own errors as ours, and texts as content.

import { EngineError } from '../index.js';
import { printable } from './render/text.js';

/** Turns the system's own errors into ours; errors of the repository pass. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EEXIST')
      throw new EngineError('usage', `${printable(path)} is there already; it was not touched.`, { cause });
    if (code === 'ENOSPC')
      throw new EngineError('store-no-space', `No space left for ${printable(path)}.`, { cause });
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('store-io', `${printable(path)} could not be written: ${printable(words)}.`, {
      cause,
    });
  }
}

/** A text as the content of a file. */
// eslint-disable-next-line @typescript-eslint/require-await -- a folder takes content piece by piece
export async function* once(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}
