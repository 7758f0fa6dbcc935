// An archive and a folder for the command line's tests, which look at names alone.

import type { ArchiveReader, ArchiveWriter, SourceFolder } from '../../../src/index.js';

/** An archive that nobody looks into: the fake repository takes and gives reports alone. */
export function fakeArchive(place: string): ArchiveReader & ArchiveWriter {
  return {
    place,
    entries: [],
    read: () => {
      throw new Error('a fake archive was read');
    },
    add: () => Promise.resolve(),
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** A folder without files. */
export function fakeFolderOf(place: string): SourceFolder {
  return {
    place,
    name: place,
    names: [],
    read: () => {
      throw new Error('a fake folder was read');
    },
  };
}
