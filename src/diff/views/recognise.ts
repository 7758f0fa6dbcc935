// Finds the form in which a person understands a change: members, objects, values, lines. What no form fits
// is left to the hexadecimal view. Works on contents that are in memory, and never trusts them.

import { compareOctets } from '../compare-octets.js';
import { hexView } from '../hex-windows.js';
import { inMemory } from '../memory-content.js';
import type { ContentView } from '../types.js';
import { bacnetObjects } from './bacnet-objects.js';
import { decodeText } from './charset.js';
import { jsonTree } from './json.js';
import { textView } from './text.js';
import { treeView } from './tree.js';
import { xmlTree } from './xml.js';
import { zipView } from './zip.js';

/** Archives in archives that are taken apart. */
const ARCHIVES_MAX = 2;

/** The change between two different contents; undefined when their form is not known on both sides. */
export async function recognise(
  a: Uint8Array,
  b: Uint8Array,
  archives = 0,
): Promise<ContentView | undefined> {
  if (archives < ARCHIVES_MAX) {
    const zip = await zipView(a, b, (one, other) => memberView(one, other, archives + 1));
    if (zip) return zip;
  }
  const [objectsA, objectsB] = [bacnetObjects(a), bacnetObjects(b)];
  if (objectsA && objectsB) return treeView('bacnet-objects', objectsA, objectsB);
  const [textA, textB] = [decodeText(a), decodeText(b)];
  if (!textA || !textB) return undefined;
  const [jsonA, jsonB] = [jsonTree(textA.text), jsonTree(textB.text)];
  if (jsonA && jsonB) return treeView('json', jsonA, jsonB);
  const [xmlA, xmlB] = [xmlTree(textA.text), xmlTree(textB.text)];
  if (xmlA && xmlB) return treeView('xml', xmlA, xmlB);
  return textView(textA, textB);
}

/** Whether a view shows nothing: what differs is not in what it shows. */
export function showsNothing(view: ContentView): boolean {
  switch (view.kind) {
    case 'text':
      return view.hunks.length === 0;
    case 'tree':
      return view.changes.length === 0;
    case 'zip':
      return view.members.length === 0;
    case 'records':
      return view.records.length === 0;
    case 'hex':
      return view.windows.length === 0;
  }
}

async function memberView(a: Uint8Array, b: Uint8Array, archives: number): Promise<ContentView> {
  const view = await recognise(a, b, archives);
  if (view && !showsNothing(view)) return view;
  const [one, other] = [inMemory(a), inMemory(b)];
  return hexView(one, other, (await compareOctets(one, other)).tally);
}
