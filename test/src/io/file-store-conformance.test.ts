// The promises of every store, kept by a FileStore on each kind of file system: with hard links, without,
// and on the simulated disk that all crash sweeps run on, in its good and in its bad moods.

import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '../../../simulator/index.js';
import { FileStore } from '../../../src/io/file-store.js';
import type { FileSystem } from '../../../src/io/file-system.js';
import { SimulatedDisk, soundDisk } from '../../support/simulated-disk.js';
import { filesIn, temporaryFolder } from '../repository/samples.js';
import { storeConformance } from '../repository/store-conformance.js';
import { withoutHardLinks } from './faulty-files.js';

/** Files of this computer, in a folder of their own for each test. */
function onFiles(fileSystem: FileSystem | undefined): void {
  const made: (() => void)[] = [];
  let folder = '';
  afterEach(() => {
    for (const remove of made.splice(0)) remove();
  });
  storeConformance(
    () => {
      const fresh = temporaryFolder();
      made.push(fresh.remove);
      ({ folder } = fresh);
      return Promise.resolve(new FileStore(folder, fileSystem === undefined ? {} : { fileSystem }));
    },
    (ms) => {
      const then = (Date.now() - ms) / 1000;
      for (const name of filesIn(folder).keys()) utimesSync(join(folder, name), then, then);
    },
  );
}

/** A disk in memory; `change` makes the file system of the store from the disk's own. */
function onDisk(shortWriteRate: number, change = (files: FileSystem): FileSystem => files): void {
  let now = 1_000_000_000;
  storeConformance(
    async () => {
      const disk = new SimulatedDisk(new SeededRandom('conformance'), () => now);
      await disk.mount().mkdir('/repository');
      disk.faults = { ...soundDisk, shortWriteRate };
      const fileSystem = change(disk.mount());
      return new FileStore('/repository', { fileSystem, wait: () => Promise.resolve() });
    },
    (ms) => (now += ms),
  );
}

describe('a FileStore', () => {
  describe('on the files of this computer', () => onFiles(undefined));
  describe('without hard links', () => onFiles(withoutHardLinks()));
  describe('on the simulated disk', () => onDisk(0));
  describe('on a disk that takes only parts of what is written', () => onDisk(0.5));
  describe('on the simulated disk without hard links', () =>
    onDisk(0, (files) => withoutHardLinks('ENOTSUP', files)));
});
