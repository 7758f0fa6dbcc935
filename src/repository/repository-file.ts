// repository.json: what a folder must have to be a repository (FORMAT.md section 3).
// Written once. Its name cannot tell whether it is whole, so it carries a hash of its own lines.

import { EngineError, isEngineError } from '../errors.js';
import type { Clock, Random, Store, StoreHandle } from '../ports.js';
import { sha256Of } from './digest.js';
import { loadSmall, parseJson } from './json.js';
import { requireSite } from './names.js';
import { randomDigits } from './octets.js';
import { anyRepositorySchema, repositorySchema, schemaFault, type RepositoryFile } from './schema.js';
import { utcText } from './utc.js';

/** The format that this code reads and writes. */
export const FORMAT = 1;

export const REPOSITORY_HANDLE: StoreHandle = { area: 'repository', name: 'repository.json' };

const LIMIT = 64 * 1024;

/** A new repository.json. @throws EngineError `usage` when the site is no site name. */
export function newRepositoryFile(clock: Clock, random: Random, defaultSite: string): Uint8Array {
  const id = randomDigits(random, 32);
  const fields = {
    kind: 'bacvault-repository',
    format: FORMAT,
    id,
    createdAt: utcText(clock.unixTime()),
    options: { defaultSite: requireSite(defaultSite) },
    sha256: '0'.repeat(64),
  };
  const draft = `${JSON.stringify(fields, null, 2)}\n`;
  return new TextEncoder().encode(draft.replace(fields.sha256, guard(draft)));
}

/**
 * Reads and judges repository.json.
 * @throws EngineError `repository-not-found`, `repository-format` (a newer version made it),
 *   `repository-corrupt`, or what the store rejects with.
 */
export async function loadRepositoryFile(store: Store, place: string): Promise<RepositoryFile> {
  const corrupt = (what: string): EngineError =>
    new EngineError('repository-corrupt', `repository.json in ${place} is damaged: ${what}`, {
      details: { place },
    });
  const octets = await load(store, place);
  if (!octets) throw corrupt('it is larger than 64 KiB');
  const json = parseJson(octets);
  if (!json.ok) throw corrupt(json.fault);
  const any = anyRepositorySchema.safeParse(json.value);
  if (!any.success) throw corrupt(schemaFault(any.error));
  if (any.data.format > FORMAT) {
    throw new EngineError(
      'repository-format',
      `the repository in ${place} has format ${any.data.format}; this version reads format ${FORMAT}`,
      { details: { place, format: any.data.format, supported: FORMAT } },
    );
  }
  const parsed = repositorySchema.safeParse(json.value);
  if (!parsed.success) throw corrupt(schemaFault(parsed.error));
  const expected = guard(new TextDecoder().decode(octets));
  if (parsed.data.sha256 !== expected) throw corrupt(`its own sha256 should be ${expected}`);
  return parsed.data;
}

async function load(store: Store, place: string): Promise<Uint8Array | undefined> {
  try {
    return await loadSmall(store, REPOSITORY_HANDLE, LIMIT);
  } catch (error) {
    if (!isEngineError(error, 'store-missing')) throw error;
    throw new EngineError('repository-not-found', `there is no repository in ${place}`, {
      cause: error,
      details: { place },
    });
  }
}

/** The hash of all lines but the one that holds it, as `grep -v '"sha256":' | sha256sum` gives. */
function guard(text: string): string {
  const lines = text.split(/(?<=\n)/).filter((line) => !line.includes('"sha256":'));
  return sha256Of(new TextEncoder().encode(lines.join('')));
}
