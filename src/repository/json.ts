// Small JSON files of a repository: read whole within a limit, decoded strictly.
// Bad octets are a value that says what is wrong, never an exception.

import type { Store, StoreHandle } from '../ports.js';
import { joined } from './octets.js';

export type JsonReading =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: string };

/** The octets under a handle, or undefined when they are more than `limit`. Rejects as `Store.load` does. */
export async function loadSmall(
  store: Store,
  handle: StoreHandle,
  limit: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of store.load(handle)) {
    octets += chunk.length;
    if (octets > limit) return undefined;
    chunks.push(chunk);
  }
  return joined(chunks);
}

/** UTF-8 without byte order mark, and JSON. */
export function parseJson(octets: Uint8Array): JsonReading {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return {
      ok: false,
      fault: `it is not UTF-8 JSON (${error instanceof Error ? error.message : String(error)})`,
    };
  }
}
