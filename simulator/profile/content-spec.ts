// Files as a few words: "stream:1048576,record:200x40,empty". The content comes from a seed, so that the
// same words and seed give the same octets on every machine.

import type { FileConfig } from '../types.js';
import { SeededRandom } from '../world/random.js';

/** How files are written in short, for people. */
export const CONTENT_SPEC =
  'stream:OCTETS | record:COUNTxOCTETS | record:COUNTxMIN-MAX | empty | empty-record, joined with ","';

/** The furthest position that peers with INTEGERs of 32 bits can name. */
const MOST_OCTETS = 2 ** 31 - 1;

/** Files 1, 2, ... as the words say. Throws RangeError, naming the word that cannot be. */
export function filesFromSpec(spec: string, seed: number | string): FileConfig[] {
  return spec.split(',').map((word, index) => {
    const instance = index + 1;
    return {
      instance,
      ...contentFromWord(word.trim(), instance, new SeededRandom(`${seed}/file ${instance}`)),
    };
  });
}

type Content =
  | { readonly name: string; readonly access: 'stream'; readonly content: Uint8Array }
  | { readonly name: string; readonly access: 'record'; readonly records: readonly Uint8Array[] };

function contentFromWord(word: string, instance: number, random: SeededRandom): Content {
  const [, octets] = /^stream:(\d{1,10})$/.exec(word) ?? [];
  if (octets !== undefined || word === 'empty') {
    if (Number(octets ?? 0) > MOST_OCTETS)
      throw new RangeError(`"${word}": a file has ${MOST_OCTETS} octets at most`);
    return { name: `stream-${instance}.bin`, access: 'stream', content: random.octets(Number(octets ?? 0)) };
  }
  const [, count, min, max = min] = /^record:(\d{1,6})x(\d{1,6})(?:-(\d{1,6}))?$/.exec(word) ?? [];
  if (count === undefined && word !== 'empty-record')
    throw new RangeError(`"${word}" is not a file: ${CONTENT_SPEC}`);
  if (Number(min) > Number(max)) throw new RangeError(`"${word}": the least is more than the most`);
  const records = recordsOf(random, Number(count ?? 0), Number(min), Number(max));
  return { name: `records-${instance}`, access: 'record', records };
}

/** Records of random octets, their lengths uniform between both ends. */
export function recordsOf(random: SeededRandom, count: number, min: number, max: number): Uint8Array[] {
  return Array.from({ length: count }, () =>
    random.octets(min + (max > min ? random.below(max - min + 1) : 0)),
  );
}
