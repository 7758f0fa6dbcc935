// Loads the golden frames of fixtures/frames: octets in hex, and what they mean, written down by hand
// from the standard or taken from traffic of other stacks; never made by our own encoder.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer, Parts } from './dissect.js';

/** Hex with blanks for reading, or pieces of it: a text, or [text, how often]. */
type Hex = string | readonly (string | readonly [hex: string, times: number])[];

interface FrameEntry {
  readonly name: string;
  readonly source: string;
  readonly layer: Layer | 'values';
  readonly hex: Hex;
  readonly means: unknown;
  /** What our encoder writes for it, when that is another, equally valid form. */
  readonly canonical?: Hex;
}

export interface Frame {
  readonly file: string;
  readonly name: string;
  readonly source: string;
  readonly layer: Layer | 'values';
  readonly octets: Uint8Array;
  readonly means: Parts & { readonly values?: unknown };
  readonly canonical: Uint8Array;
}

interface MalformedEntry {
  readonly name: string;
  readonly source: string;
  readonly layer: Layer | 'values';
  readonly hex: Hex;
  /** A part of the DecodeError's message. */
  readonly error: string;
}

export interface MalformedFrame extends Omit<MalformedEntry, 'hex'> {
  readonly octets: Uint8Array;
}

export const FIXTURES = join(process.cwd(), 'fixtures');
const FOLDER = join(FIXTURES, 'frames');
const MALFORMED = 'malformed.json';

/** Names of the files of golden frames; what is put in the folder is tested. */
export function frameFiles(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json') && name !== MALFORMED)
    .sort();
}

export function loadFrames(file: string): Frame[] {
  return parse<FrameEntry>(file).map((entry) => ({
    ...entry,
    file,
    octets: octetsOf(entry.hex),
    means: revive(entry.means) as Frame['means'],
    canonical: octetsOf(entry.canonical ?? entry.hex),
  }));
}

export function loadAllFrames(): Frame[] {
  return frameFiles().flatMap(loadFrames);
}

export function loadMalformed(): MalformedFrame[] {
  return parse<MalformedEntry>(MALFORMED).map(({ hex, ...entry }) => ({ ...entry, octets: octetsOf(hex) }));
}

function parse<T>(file: string): T[] {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as T[];
}

/** Octets of hex that may have blanks, or of its pieces. */
export function octetsOf(hex: Hex): Uint8Array {
  const text = typeof hex === 'string' ? hex : hex.map(pieceOf).join('');
  return new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

function pieceOf(piece: string | readonly [string, number]): string {
  return typeof piece === 'string' ? piece : piece[0].replaceAll(' ', '').repeat(piece[1]);
}

/** JSON has neither octets nor REALs: {"hex": ...} stands for the one, {"type": "real"} is rounded to the other. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  if (Object.keys(record).join() === 'hex') return octetsOf(record['hex'] as Hex);
  if (record['type'] === 'real') return { type: 'real', value: Math.fround(record['value'] as number) };
  return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, revive(inner)]));
}
