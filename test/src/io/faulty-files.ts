// A file system that stops: before the operation that a test picks, or half-way through it when that is a
// write. What was done until then is really on the disk.

import { nodeFileSystem, type FileSystem, type OpenFile } from '../../../src/io/file-system.js';

export interface Step {
  /** 0 for the first operation. */
  readonly number: number;
  readonly operation: keyof FileSystem | keyof OpenFile;
  readonly path: string;
}

/** A system error as Node makes them. */
export function systemError(code: string, words = 'the words of the system'): Error {
  return Object.assign(new Error(`${code}: ${words}, operation '/some/path'`), { code });
}

/** Calls `judge` before each operation; what it returns is thrown. A write is then done by half before. */
export function faultyFiles(judge: (step: Step) => Error | undefined, inner = nodeFileSystem): FileSystem {
  let number = 0;
  const before = async (
    operation: Step['operation'],
    path: string,
    half?: () => Promise<unknown>,
  ): Promise<void> => {
    const fault = judge({ number, operation, path });
    number += 1;
    if (!fault) return;
    await half?.();
    throw fault;
  };
  const opened = (path: string, file: OpenFile): OpenFile => ({
    async write(octets) {
      await before('write', path, () => file.write(octets.subarray(0, octets.length >> 1)));
      return file.write(octets);
    },
    async read(into) {
      await before('read', path);
      return file.read(into);
    },
    async facts() {
      await before('facts', path);
      return file.facts();
    },
    async sync() {
      await before('sync', path);
      return file.sync();
    },
    // A process that ends closes its files, whatever else it fails to do.
    async close() {
      await file.close();
      await before('close', path);
    },
  });
  return {
    async open(path, flags) {
      await before('open', path);
      return opened(path, await inner.open(path, flags));
    },
    async link(from, to) {
      await before('link', to);
      return inner.link(from, to);
    },
    async rename(from, to) {
      await before('rename', to);
      return inner.rename(from, to);
    },
    async unlink(path) {
      await before('unlink', path);
      return inner.unlink(path);
    },
    async mkdir(path) {
      await before('mkdir', path);
      return inner.mkdir(path);
    },
    async rmdir(path) {
      await before('rmdir', path);
      return inner.rmdir(path);
    },
    async facts(path) {
      await before('facts', path);
      return inner.facts(path);
    },
    async touch(path) {
      await before('touch', path);
      return inner.touch(path);
    },
    async entries(path) {
      await before('entries', path);
      return inner.entries(path);
    },
    async syncFolder(path) {
      await before('syncFolder', path);
      return inner.syncFolder(path);
    },
  };
}

/** Files of a file system that has no hard links, like exFAT and some network shares. */
export function withoutHardLinks(code = 'EPERM', inner = nodeFileSystem): FileSystem {
  return faultyFiles(({ operation }) => (operation === 'link' ? systemError(code) : undefined), inner);
}

/** The real files without waiting for the disk: for tests that save much and cut no power. */
export const quickFiles: FileSystem = {
  ...nodeFileSystem,
  async open(path, flags) {
    return { ...(await nodeFileSystem.open(path, flags)), sync: () => Promise.resolve() };
  },
  syncFolder: () => Promise.resolve(),
};
