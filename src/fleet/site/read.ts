// Reads a site file: YAML, then the schema, then what its parts say about each other. Finds all mistakes at once, each
// with its line and column, what is wrong and what would be right. Opens no file, and never repeats a secret.

import { LineCounter, parseDocument } from 'yaml';
import { EngineError } from '../../errors.js';
import { toSite } from './convert.js';
import { crossFaults, type PlacedFault } from './cross.js';
import { siteSchema } from './schema.js';
import { schemaFaults } from './schema-faults.js';
import type { Site } from './types.js';
import { content, offsetOf, yamlFaults } from './yaml.js';

/** One mistake in a site file. */
export interface SiteMistake {
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The key, as "rules.nightly.cron"; empty for the file as a whole. */
  readonly key: string;
  readonly what: string;
  /** What would be right. */
  readonly instead: string;
}

export type SiteReading =
  | { readonly site: Site; readonly mistakes: readonly [] }
  | { readonly site?: never; readonly mistakes: readonly SiteMistake[] };

/** Reads the text of a site file; there is a site when there is no mistake. */
export function readSite(text: string): SiteReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const broken = yamlFaults(document);
  const mistakes: SiteMistake[] = broken.map(({ offset, what, instead }) => ({
    ...place(offset),
    key: '',
    what,
    instead,
  }));
  // What comes out of broken YAML is not what was meant.
  if (broken.some(({ isBroken }) => isBroken)) return { mistakes: sorted(mistakes) };
  const read = content(document);
  if ('fault' in read) {
    const instead = 'keys and values, the first of them "site: NAME"; "bacvault site init" writes an example';
    return { mistakes: [{ line: 1, column: 1, key: '', what: read.fault, instead }] };
  }
  const { file } = read;
  const parsed = siteSchema.safeParse(file);
  const faults: PlacedFault[] = [
    ...(parsed.success ? [] : schemaFaults(parsed.error, file)),
    ...crossFaults(file),
  ];
  for (const { path, what, instead, isKey = false } of faults)
    mistakes.push({ ...place(offsetOf(document, path, isKey)), key: path.join('.'), what, instead });
  if (mistakes.length > 0 || !parsed.success) return { mistakes: sorted(mistakes) };
  return { site: toSite(parsed.data), mistakes: [] };
}

/**
 * Reads a site file that must be right. `place` is its name in messages.
 * @throws EngineError `site-file` with every mistake.
 */
export function parseSite(text: string, place = 'site.yaml'): Site {
  const { site, mistakes } = readSite(text);
  if (site) return site;
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  const lines = mistakes.map((mistake) => `  ${mistakeText(mistake, place)}`);
  throw new EngineError('site-file', `${place} has ${count}:\n${lines.join('\n')}`, {
    details: { mistakes },
  });
}

/** A mistake in one line, as compilers say it, so that editors find the place. */
export function mistakeText({ line, column, key, what, instead }: SiteMistake, place: string): string {
  return `${place}:${line}:${column}: ${key === '' ? '' : `${key}: `}${what}. Right would be: ${instead}.`;
}

function sorted(mistakes: readonly SiteMistake[]): SiteMistake[] {
  return [...mistakes].sort((a, b) => a.line - b.line || a.column - b.column);
}
