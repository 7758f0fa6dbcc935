// Long texts and records cut to what is worth showing: around the place where they begin to differ.

import { hexFromOctets } from '../../protocol/index.js';
import { EXCERPT_CHARACTERS, EXCERPT_OCTETS } from './limits.js';
import type { Excerpt, RecordSide } from './types.js';
import { decodeText } from './views/charset.js';

/** Characters or octets before a difference that are still shown. */
const LEAD = 24;

/** A text from a little before `from` on. */
export function excerpt(text: string, from = 0): Excerpt {
  if (text.length <= EXCERPT_CHARACTERS) return { text };
  const start = Math.max(0, Math.min(from - LEAD, text.length - EXCERPT_CHARACTERS));
  const end = Math.min(text.length, start + EXCERPT_CHARACTERS);
  return {
    text: text.slice(start, end),
    ...(start > 0 ? { before: start } : {}),
    ...(end < text.length ? { after: text.length - end } : {}),
  };
}

/** Two texts from a little before their first difference on. */
export function excerpts(a: string, b: string): { readonly a: Excerpt; readonly b: Excerpt } {
  const from = firstDifference(a, b);
  return { a: excerpt(a, from), b: excerpt(b, from) };
}

/** One record, as text where it is one. */
export function recordSide(
  record: { readonly index: number; readonly octets: Uint8Array },
  other: Uint8Array,
): RecordSide {
  const { index, octets } = record;
  const lead = Math.max(0, firstDifference(octets, other) - LEAD);
  const from = octets.length <= EXCERPT_OCTETS ? 0 : Math.min(lead, octets.length - EXCERPT_OCTETS);
  const shown = octets.subarray(from, from + EXCERPT_OCTETS);
  const text = decodeText(shown)?.text;
  const side = { index, octets: octets.length, from };
  return text === undefined ? { ...side, hex: hexFromOctets(shown) } : { ...side, text };
}

function firstDifference<Item>(a: ArrayLike<Item>, b: ArrayLike<Item>): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) if (a[at] !== b[at]) return at;
  return shorter;
}
