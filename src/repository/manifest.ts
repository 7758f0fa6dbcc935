// A manifest as octets and back (FORMAT.md section 5). The id of an image is the hash of the octets as
// they lie in the file, so a manifest that was read is never written again from its fields.

import { EngineError } from '../errors.js';
import { sha256Of } from './digest.js';
import { parseJson } from './json.js';
import { manifestSchema, schemaFault } from './schema.js';
import type { ImageManifest, ImageSummary } from './types.js';

/** More than any device fills; keeps a damaged file from filling the memory. */
export const MANIFEST_LIMIT = 16 * 1024 * 1024;

/** What a file that should be a manifest turned out to be. */
export type ManifestReading =
  { readonly ok: true; readonly image: ImageSummary } | { readonly ok: false; readonly fault: string };

/**
 * A manifest in the form in which it is saved, and the image as a reader will find it.
 * @throws EngineError `internal` when it does not fit format 1: the caller built it wrongly.
 */
export function encodeManifest(manifest: ImageManifest): {
  readonly octets: Uint8Array;
  readonly image: ImageSummary;
} {
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success)
    throw new EngineError('internal', `the manifest does not fit the format: ${schemaFault(parsed.error)}`);
  const octets = new TextEncoder().encode(`${JSON.stringify(parsed.data, null, 2)}\n`);
  if (octets.length > MANIFEST_LIMIT) throw new EngineError('internal', 'the manifest is larger than 16 MiB');
  const reading = readManifest(octets);
  if (!reading.ok) throw new EngineError('internal', `the manifest does not read back: ${reading.fault}`);
  return { octets, image: reading.image };
}

/** Reads a manifest's octets. Whether they are the right ones for a name is for the caller to compare. */
export function readManifest(octets: Uint8Array): ManifestReading {
  const json = parseJson(octets);
  if (!json.ok) return json;
  const parsed = manifestSchema.safeParse(json.value);
  if (!parsed.success) return { ok: false, fault: schemaFault(parsed.error) };
  const id: string = sha256Of(octets);
  return { ok: true, image: { id, manifest: parsed.data } };
}
