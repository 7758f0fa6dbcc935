// A folder with files and nothing beside them: what BACnet4J and Niagara leave, and what people copy together.
// Guesses nothing but what a name says in so many words.

import type { ForeignBackup, ForeignFile, Layout } from './types.js';

/** "AHU320260301_0215": the device's name and the local time of the backup, as Niagara names its folders. */
const NIAGARA_FOLDER = /^(.*?)(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)$/;

/** File instances as people and programs write them: "file-12.bin", "01-file-12.bin", "file,12", "12.bin". */
const INSTANCE = /(?:^|[^a-z0-9])file[-_, ]?(\d{1,7})(?=\.|$|[-_ ])|^(\d{1,7})(?=\.|$)/i;

/** Reads the names of a folder's files; `folder` is its own name. */
export function plainBackup(layout: Layout, folder: string, names: readonly string[]): ForeignBackup {
  const files = [...names].sort(byNumbers).map((source): ForeignFile => {
    const [, named, bare] = INSTANCE.exec(source) ?? [];
    const digits = named ?? bare;
    return { source, instance: digits === undefined ? undefined : Number(digits), accessMethod: undefined };
  });
  if (layout !== 'niagara') return { layout, device: {}, files };
  const [, name, year, month, day, hour, minute] = NIAGARA_FOLDER.exec(folder) ?? [];
  if (year === undefined) return { layout, device: {}, files };
  return {
    layout,
    device: name === undefined || name === '' ? {} : { name },
    madeAt: `${year}-${month}-${day} ${hour}:${minute}, the clock of the station`,
    files,
  };
}

/** By the numbers in the names as numbers: the second file comes before the tenth. */
function byNumbers(a: string, b: string): number {
  const key = (name: string): string =>
    name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, '0'));
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}
