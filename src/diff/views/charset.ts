// Whether octets are a text, and which. Strict: octets that no text has (control characters, invalid UTF-8)
// are no text, and are shown in hexadecimal.

import type { Charset } from '../types.js';

export interface DecodedText {
  readonly text: string;
  readonly charset: Charset;
}

/** Control characters that texts have: tab, line feed, form feed, carriage return. And U+001A, DOS's end of a file. */
// eslint-disable-next-line no-control-regex -- these are exactly the characters that no text has
const NO_TEXT = /[\u0000-\u0008\u000b\u000e-\u0019\u001b-\u001f\u007f]/;

/** Octets of ISO 8859-1 that must be ASCII, of 100: a file in it is mostly plain. */
const ASCII_PERCENT = 85;

/** The text, without its byte order mark; undefined when it is none. */
export function decodeText(octets: Uint8Array): DecodedText | undefined {
  const charset = markOf(octets) ?? 'utf-8';
  const text = decoded(octets, charset);
  if (text !== undefined) return { text, charset };
  return isMostlyAscii(octets) ? latin(octets) : undefined;
}

function markOf([first, second]: Uint8Array): Charset | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

function decoded(octets: Uint8Array, charset: Charset): string | undefined {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(octets);
    return NO_TEXT.test(text) ? undefined : text;
  } catch {
    return undefined; // Not in this character set.
  }
}

function isMostlyAscii(octets: Uint8Array): boolean {
  let ascii = 0;
  for (const octet of octets) if (octet < 0x80) ascii += 1;
  return ascii * 100 >= octets.length * ASCII_PERCENT;
}

/** By hand: what TextDecoder calls ISO 8859-1 is another set, with letters where this one has control characters. */
function latin(octets: Uint8Array): DecodedText | undefined {
  const parts: string[] = [];
  for (let at = 0; at < octets.length; at += 8192)
    parts.push(String.fromCharCode(...octets.subarray(at, at + 8192)));
  const text = parts.join('');
  return NO_TEXT.test(text) || /[\u0080-\u009f]/.test(text) ? undefined : { text, charset: 'iso-8859-1' };
}
