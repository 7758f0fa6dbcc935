// The few file operations that a FileStore needs, over node:fs: a thin seam, so that tests can stop a save
// between any two of them. Decides nothing, hides nothing: errors are Node's own, with their codes.

import { link, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';

export interface FileFacts {
  readonly size: number;
  /** When it was last written to, by the clock of the file system. */
  readonly modifiedMs: number;
}

export interface OpenFile {
  /** Writes what it can and gives the number of octets. */
  write(octets: Uint8Array): Promise<number>;
  /** Reads what it can, from where the last read ended; 0 at the end. */
  read(into: Uint8Array): Promise<number>;
  facts(): Promise<FileFacts>;
  /** Resolves when the octets are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

export interface FileSystem {
  /** `wx` makes a new file and fails with EEXIST when there is one; `a` writes at the end, and makes it if need be. */
  open(path: string, flags: 'r' | 'wx' | 'a'): Promise<OpenFile>;
  /** A second name for a file; fails with EEXIST when the name is taken. */
  link(from: string, to: string): Promise<void>;
  /** Replaces what is there. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** One folder; its parent must be there. */
  mkdir(path: string): Promise<void>;
  /** Takes an empty folder away; fails when there is anything in it. */
  rmdir(path: string): Promise<void>;
  facts(path: string): Promise<FileFacts>;
  /** Makes the file's time of writing now, by the clock of the file system; its octets stay. */
  touch(path: string): Promise<void>;
  entries(path: string): Promise<FolderEntry[]>;
  /** Makes the names in a folder durable, where the platform can do that at all. */
  syncFolder(path: string): Promise<void>;
}

/** What platforms and file systems say that cannot sync a folder. */
const NO_FOLDER_SYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR'];

/** The code of a system error ("ENOSPC"), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export const nodeFileSystem: FileSystem = {
  async open(path, flags) {
    const handle = await open(path, flags);
    return {
      write: async (octets) => (await handle.write(octets)).bytesWritten,
      read: async (into) => (await handle.read(into)).bytesRead,
      facts: async () => {
        const facts = await handle.stat();
        return { size: facts.size, modifiedMs: facts.mtimeMs };
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  link,
  rename,
  unlink,
  mkdir: async (path) => {
    await mkdir(path);
  },
  rmdir,
  async facts(path) {
    const facts = await stat(path);
    return { size: facts.size, modifiedMs: facts.mtimeMs };
  },
  async touch(path) {
    // An octet is written over itself: a time that we set ourselves would be by the clock of this computer.
    const handle = await open(path, 'r+');
    try {
      const first = new Uint8Array(1);
      const { bytesRead } = await handle.read(first, 0, 1, 0);
      // To write nothing does not count; to cut an empty file to nothing does.
      await (bytesRead > 0 ? handle.write(first, 0, bytesRead, 0) : handle.truncate(0));
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async entries(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  },
  async syncFolder(path) {
    if (process.platform === 'win32') return; // Windows opens no folders; NTFS journals its names.
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } catch (error) {
      if (!NO_FOLDER_SYNC.includes(systemCode(error) ?? '')) throw error;
    } finally {
      await handle.close();
    }
  },
};

/** Writes all of the octets, in as many writes as the disk takes. Gives their number. */
export async function writeAll(file: OpenFile, octets: Uint8Array): Promise<number> {
  for (let at = 0; at < octets.length;) {
    const written = await file.write(octets.subarray(at));
    if (written <= 0) throw new Error(`the disk took ${at} of ${octets.length} octets and then no more`);
    at += written;
  }
  return octets.length;
}
