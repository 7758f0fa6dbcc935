// A content that stops to come when the work is cancelled.

import { EngineError } from '../errors.js';

/** Passes everything on; rejects `cancelled` at the next piece once the signal is aborted. */
export async function* cancellable<T>(
  content: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncIterable<T> {
  for await (const piece of content) {
    if (signal?.aborted === true)
      throw new EngineError('cancelled', 'the comparison was cancelled', { cause: signal.reason });
    yield piece;
  }
}
