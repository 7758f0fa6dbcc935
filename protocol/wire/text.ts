// Character sets (clause 20.2.9): UTF-8, ISO 8859-1 and UCS-2, strictly. Octets that are not text in
// their set give undefined and are never repaired: whoever asks keeps the octets instead.

import { EncodeError } from '../errors.js';

/** The character set octet of a CharacterString. */
export const Charset = { utf8: 0, dbcs: 1, jisX0208: 2, ucs4: 3, ucs2: 4, iso8859: 5 } as const;

/** Fewer than the arguments that one call may take, whatever the engine. */
const CODE_UNITS_PER_CALL = 4096;

/** Text from well-formed UTF-8 (RFC 3629); undefined for overlong, cut, surrogate or stray octets. */
export function textFromUtf8(octets: Uint8Array): string | undefined {
  const units: number[] = [];
  let text = '';
  let index = 0;
  while (index < octets.length) {
    const lead = octets[index] ?? 0;
    const length = sequenceLength(lead);
    if (length === 0 || index + length > octets.length) return undefined;
    const point = length === 1 ? lead : multiOctetPoint(octets, index, length);
    if (point === undefined) return undefined;
    if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
    else units.push(point);
    index += length;
    if (units.length >= CODE_UNITS_PER_CALL) text += String.fromCharCode(...units.splice(0));
  }
  return text + String.fromCharCode(...units);
}

/** Octets of the sequence that this one opens; 0 when none can begin with it. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

function multiOctetPoint(octets: Uint8Array, start: number, length: number): number | undefined {
  let point = (octets[start] ?? 0) & (0x7f >> length);
  for (let offset = 1; offset < length; offset += 1) {
    const octet = octets[start + offset] ?? 0;
    if ((octet & 0xc0) !== 0x80) return undefined;
    point = (point << 6) | (octet & 0x3f);
  }
  if (length === 3 && (point < 0x800 || (point >= 0xd800 && point <= 0xdfff))) return undefined;
  if (length === 4 && (point < 0x10000 || point > 0x10ffff)) return undefined;
  return point;
}

/** UTF-8 of a text. Half a surrogate pair is no character: EncodeError. */
export function utf8FromText(text: string): Uint8Array {
  const octets: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point >= 0xd800 && point <= 0xdfff) throw new EncodeError('text holds half a surrogate pair');
    if (point < 0x80) octets.push(point);
    else if (point < 0x800) octets.push(0xc0 | (point >> 6), trail(point, 0));
    else if (point < 0x10000) octets.push(0xe0 | (point >> 12), trail(point, 6), trail(point, 0));
    else octets.push(0xf0 | (point >> 18), trail(point, 12), trail(point, 6), trail(point, 0));
  }
  return Uint8Array.from(octets);
}

function trail(point: number, shift: number): number {
  return 0x80 | ((point >> shift) & 0x3f);
}

/** Text from ISO 8859-1: every octet is a character. */
export function textFromIso8859(octets: Uint8Array): string {
  let text = '';
  for (let start = 0; start < octets.length; start += CODE_UNITS_PER_CALL) {
    text += String.fromCharCode(...octets.subarray(start, start + CODE_UNITS_PER_CALL));
  }
  return text;
}

/** ISO 8859-1 of a text; EncodeError for a character beyond U+00FF. */
export function iso8859FromText(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0xff) throw new EncodeError('text has a character that ISO 8859-1 does not have');
    octets[index] = unit;
  }
  return octets;
}

/** Text from UCS-2, most significant octet first; undefined for half a character. */
export function textFromUcs2(octets: Uint8Array): string | undefined {
  if (octets.length % 2 !== 0) return undefined;
  let text = '';
  for (let index = 0; index < octets.length; index += 2) {
    text += String.fromCharCode(((octets[index] ?? 0) << 8) | (octets[index + 1] ?? 0));
  }
  return isWellFormed(text) ? text : undefined;
}

/** UCS-2 of a text; characters beyond U+FFFF go as surrogate pairs, half a pair is an EncodeError. */
export function ucs2FromText(text: string): Uint8Array {
  if (!isWellFormed(text)) throw new EncodeError('text holds half a surrogate pair');
  const octets = new Uint8Array(text.length * 2);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    octets[index * 2] = unit >> 8;
    octets[index * 2 + 1] = unit & 0xff;
  }
  return octets;
}

function isWellFormed(text: string): boolean {
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point >= 0xd800 && point <= 0xdfff) return false;
  }
  return true;
}

/** How many characters (code points) a text has, as the standard counts them. */
export function characterCount(text: string): number {
  return Array.from(text).length;
}
