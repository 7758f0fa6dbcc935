// The YAML side of a site file: what is wrong with it as YAML, in words for people, and where in the text something
// stands. Knows nothing of what the keys mean.

import { type Document, isAlias, isMap, isPair, isScalar, isSeq, visit, type YAMLError } from 'yaml';
import type { PlacedFault } from './cross.js';
import type { Fault } from './values.js';

/** What the YAML says, or why there is nothing to be read on. */
export function content(document: Document): { readonly file: unknown } | { readonly fault: string } {
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return { fault: 'the file is empty' };
  if (!isMap(contents))
    return { fault: `this is no site file: it is a ${isSeq(contents) ? 'list' : 'text'}` };
  try {
    const file: unknown = document.toJS();
    return holdsItself(file) ? { fault: 'an alias stands inside of what it means' } : { file };
  } catch (error) {
    // Aliases that would make it grow without end.
    return { fault: `the file cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function holdsItself(value: unknown, above: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return above.includes(value) || Object.values(value).some((inner) => holdsItself(inner, [...above, value]));
}

/** Where a path stands in the text; where it does not, the place of the longest part of it that does. */
export function offsetOf(document: Document, path: PlacedFault['path'], isKey: boolean): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && String(isScalar(item.key) ? item.key.value : item.key) === String(part),
      );
      if (!pair) break;
      const key = start(pair.key);
      node = pair.value;
      // A whole block is found by its key, a value by itself.
      const isLast = !isKey && depth === path.length - 1;
      offset = (isLast && isScalar(node) && node.source !== '' ? start(node) : key) ?? offset;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = start(node) ?? offset;
    } else break;
  }
  return offset;
}

function start(node: unknown): number | undefined {
  const range = (node as { readonly range?: readonly [number, number, number] | null } | null)?.range;
  return range?.[0];
}

const UNKNOWN_ALIAS = 'quotes around a text that begins with "*", or an anchor "&NAME" before it';

const YAML_HELP: Partial<Record<YAMLError['code'], string>> = {
  DUPLICATE_KEY: 'each key once',
  TAB_AS_INDENT: 'spaces',
  BAD_INDENT: 'the same number of spaces before all keys of one block',
  MULTIPLE_DOCS: 'one document: no second "---"',
  MISSING_CHAR: 'the missing sign, or quotes around the whole text',
  BAD_ALIAS: UNKNOWN_ALIAS,
  BAD_SCALAR_START: 'quotes around a text that begins with such a sign',
  BAD_DQ_ESCAPE: 'single quotes around a text with "\\" in it',
  BLOCK_AS_IMPLICIT_KEY: 'one "key: value" a line, or quotes around a text with ": " in it',
  MULTILINE_IMPLICIT_KEY: 'a ":" and a space after the key, on one line with it',
  TAG_RESOLVE_FAILED: 'a value without "!"',
};

const YAML_WORDS: Partial<Record<YAMLError['code'], string>> = {
  DUPLICATE_KEY: 'this key was there before',
  MULTIPLE_DOCS: 'a second document begins here',
};

/** What is wrong with the YAML as such, and where; when it is broken, what comes out of it is not what was meant. */
export function yamlFaults(
  document: Document,
): (Fault & { readonly offset: number; readonly isBroken: boolean })[] {
  const faults = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    offset: pos[0],
    isBroken: code !== 'DUPLICATE_KEY',
    what: YAML_WORDS[code] ?? `this is not YAML: ${lowered(message.split('\n')[0] ?? '')}`,
    instead: YAML_HELP[code] ?? 'YAML, as "bacvault site init" writes it',
  }));
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return;
      const what = `nothing before this has the anchor "&${alias.source}"`;
      faults.push({ offset: start(alias) ?? 0, isBroken: true, what, instead: UNKNOWN_ALIAS });
    },
  });
  return faults;
}

function lowered(text: string): string {
  return (text.charAt(0).toLowerCase() + text.slice(1)).replace(/\.$/, '');
}
