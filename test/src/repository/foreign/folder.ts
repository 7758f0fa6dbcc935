// A folder in memory, for the tests of what other programs made.

import type { SourceFolder } from '../../../../src/ports.js';
import { chunks, octets } from '../samples.js';

export function folderOf(name: string, files: Readonly<Record<string, string>>): SourceFolder {
  return {
    place: `/there/${name}`,
    name,
    names: Object.keys(files).sort(),
    read: (file) => {
      const text = files[file] ?? '';
      return text === '' ? chunks() : chunks(octets(text).slice(0, 2), octets(text).slice(2));
    },
  };
}
