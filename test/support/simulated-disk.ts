// A disk in memory under the real FileStore: what was written but not synced is lost, or torn, when the
// power goes. Its faults are knobs drawn from a seeded generator. It takes nothing but microtasks.

import type { FileSystem, OpenFile } from '../../src/io/file-system.js';
import type { SeededRandom } from '../../simulator/index.js';
import { systemError } from '../src/io/faulty-files.js';

/** The knobs. Rates 0..1, each per operation that changes something. */
export interface DiskFaults {
  /** EIO: nothing was done. */
  readonly errorRate: number;
  /** A write takes only a part of what it was given, as it may. */
  readonly shortWriteRate: number;
  /** ENOSPC after a part of a write was done. */
  readonly fullRate: number;
}

export const soundDisk: DiskFaults = { errorRate: 0, shortWriteRate: 0, fullRate: 0 };

/** What changes something on a disk, and at which a process may die. */
export const DISK_OPERATIONS = [
  'open',
  'write',
  'sync',
  'link',
  'rename',
  'unlink',
  'mkdir',
  'rmdir',
  'touch',
  'sync folder',
] as const;
export type DiskOperation = (typeof DISK_OPERATIONS)[number];

/** What a crash took: files cut short, or zeroed, and names that came or went. */
export interface Losses {
  readonly torn: number;
  readonly names: number;
}

/** What happens at one operation: the process dies before it, or after it and before it hears of it. */
export type Death = 'before' | 'after';

interface Inode {
  octets: Uint8Array;
  synced: Uint8Array;
  modifiedMs: number;
}

interface Folder {
  readonly entries: Map<string, Inode | Folder>;
  durable: Map<string, Inode | Folder>;
}

const isFolder = (node: Inode | Folder): node is Folder => 'entries' in node;
const newFolder = (): Folder => ({ entries: new Map(), durable: new Map() });

export class SimulatedDisk {
  faults: DiskFaults = soundDisk;
  /** FAT has none, nor have some shares. */
  hasHardLinks = true;
  #torn = 0;
  #names = 0;
  readonly #random: SeededRandom;
  readonly #now: () => number;
  readonly #root: Folder = newFolder();

  constructor(random: SeededRandom, now: () => number) {
    this.#random = random;
    this.#now = now;
  }

  /** Another disk with the same on it. */
  copy(random: SeededRandom): SimulatedDisk {
    const copy = new SimulatedDisk(random, this.#now);
    const nodes = new Map<Inode | Folder, Inode | Folder>();
    const copied = (node: Inode | Folder): Inode | Folder => {
      const known = nodes.get(node);
      if (known !== undefined) return known;
      const made = isFolder(node) ? newFolder() : { ...node };
      nodes.set(node, made);
      if (isFolder(node) && isFolder(made)) copyFolder(node, made);
      return made;
    };
    const copyFolder = (from: Folder, to: Folder): void => {
      for (const [name, node] of from.entries) to.entries.set(name, copied(node));
      to.durable = new Map([...from.durable].map(([name, node]) => [name, copied(node)]));
    };
    copyFolder(this.#root, copy.#root);
    return copy;
  }

  /** The power goes: every name and octet that was not synced is there or not, as it happens. */
  crash(): Losses {
    [this.#torn, this.#names] = [0, 0];
    this.#settle(this.#root);
    return { torn: this.#torn, names: this.#names };
  }

  /**
   * The disk as one process sees it. `judge` is asked at every operation that changes something; once it
   * has said that the process dies, nothing is answered any more.
   */
  mount(judge: (operation: DiskOperation) => Death | undefined = () => undefined): FileSystem {
    let dead = false;
    const never = (): Promise<never> => new Promise(() => undefined);
    const change = async <T>(operation: DiskOperation, act: () => T): Promise<T> => {
      await Promise.resolve();
      const death = dead ? 'before' : judge(operation);
      if (death !== undefined) {
        dead = true;
        if (death === 'after') act();
        return never();
      }
      if (this.#random.chance(this.faults.errorRate)) throw systemError('EIO');
      return act();
    };
    const look = async <T>(act: () => T): Promise<T> => {
      await Promise.resolve();
      return dead ? never() : act();
    };
    const opened = (inode: Inode): OpenFile => {
      let at = 0;
      return {
        write: (octets) => change('write', () => this.#write(inode, octets)),
        read: (into) =>
          look(() => {
            const part = inode.octets.subarray(at, at + into.length);
            into.set(part);
            at += part.length;
            return part.length;
          }),
        facts: () => look(() => ({ size: inode.octets.length, modifiedMs: inode.modifiedMs })),
        sync: () =>
          change('sync', () => {
            inode.synced = inode.octets;
          }),
        close: () => look(() => undefined),
      };
    };
    return {
      open: (path, flags) =>
        flags === 'r'
          ? look(() => opened(this.#file(path)))
          : change('open', () => {
              const there = flags === 'a' ? this.#found(path) : undefined;
              if (there !== undefined) return opened(there);
              const inode: Inode = {
                octets: new Uint8Array(0),
                synced: new Uint8Array(0),
                modifiedMs: this.#now(),
              };
              this.#put(path, inode);
              return opened(inode);
            }),
      link: (from, to) =>
        change('link', () => {
          if (!this.hasHardLinks) throw systemError('ENOTSUP');
          this.#put(to, this.#file(from));
        }),
      rename: (from, to) =>
        change('rename', () => {
          const node = this.#file(from);
          this.#remove(from);
          const [folder, name] = this.#place(to);
          folder.entries.set(name, node);
        }),
      unlink: (path) =>
        change('unlink', () => {
          this.#file(path);
          this.#remove(path);
        }),
      mkdir: (path) => change('mkdir', () => this.#put(path, newFolder())),
      rmdir: (path) =>
        change('rmdir', () => {
          const folder = this.#node(path);
          if (!isFolder(folder)) throw systemError('ENOTDIR');
          if (folder.entries.size > 0) throw systemError('ENOTEMPTY');
          this.#remove(path);
        }),
      facts: (path) =>
        look(() => {
          const node = this.#node(path);
          return isFolder(node)
            ? { size: 0, modifiedMs: 0 }
            : { size: node.octets.length, modifiedMs: node.modifiedMs };
        }),
      touch: (path) =>
        change('touch', () => {
          this.#file(path).modifiedMs = this.#now();
        }),
      entries: (path) =>
        look(() => {
          const folder = this.#node(path);
          if (!isFolder(folder)) throw systemError('ENOTDIR');
          return [...folder.entries].map(([name, node]) => ({ name, isFolder: isFolder(node) }));
        }),
      syncFolder: (path) =>
        change('sync folder', () => {
          const folder = this.#node(path);
          if (isFolder(folder)) folder.durable = new Map(folder.entries);
        }),
    };
  }

  #write(inode: Inode, octets: Uint8Array): number {
    const full = this.#random.chance(this.faults.fullRate);
    const short = this.#random.chance(this.faults.shortWriteRate);
    const count = full || short ? this.#random.below(octets.length + 1) : octets.length;
    const grown = new Uint8Array(inode.octets.length + count);
    grown.set(inode.octets);
    grown.set(octets.subarray(0, count), inode.octets.length);
    inode.octets = grown;
    inode.modifiedMs = this.#now();
    if (full) throw systemError('ENOSPC');
    // A write that takes nothing says so; only a full disk does that for long.
    return count;
  }

  #settle(folder: Folder): void {
    for (const name of new Set([...folder.entries.keys(), ...folder.durable.keys()])) {
      const [now, then] = [folder.entries.get(name), folder.durable.get(name)];
      const kept = now === then || this.#random.chance(0.5) ? now : then;
      if (kept !== now) this.#names += 1;
      if (kept === undefined) folder.entries.delete(name);
      else folder.entries.set(name, kept);
    }
    folder.durable = new Map(folder.entries);
    for (const node of folder.entries.values()) {
      if (isFolder(node)) this.#settle(node);
      else this.#tear(node);
    }
  }

  /** Octets that were not synced: some of them, or as many zeros, as file systems leave them. */
  #tear(inode: Inode): void {
    if (inode.octets === inode.synced) return;
    const more = this.#random.below(inode.octets.length - inode.synced.length + 1);
    const torn = inode.octets.slice(0, inode.synced.length + more);
    if (this.#random.chance(0.5)) torn.fill(0, inode.synced.length);
    inode.octets = torn;
    inode.synced = torn;
    this.#torn += 1;
  }

  #place(path: string): [folder: Folder, name: string] {
    const names = path.split(/[\\/]/).filter((part) => part !== '' && !part.endsWith(':'));
    const name = names.pop() ?? '';
    let folder = this.#root;
    for (const part of names) {
      const node = folder.entries.get(part);
      if (node === undefined) throw systemError('ENOENT');
      if (!isFolder(node)) throw systemError('ENOTDIR');
      folder = node;
    }
    return [folder, name];
  }

  #node(path: string): Inode | Folder {
    const [folder, name] = this.#place(path);
    const node = name === '' ? folder : folder.entries.get(name);
    if (node === undefined) throw systemError('ENOENT');
    return node;
  }

  #file(path: string): Inode {
    const node = this.#node(path);
    if (isFolder(node)) throw systemError('EISDIR');
    return node;
  }

  /** The file at a path, or undefined. */
  #found(path: string): Inode | undefined {
    const [folder, name] = this.#place(path);
    const node = folder.entries.get(name);
    return node === undefined || isFolder(node) ? undefined : node;
  }

  #put(path: string, node: Inode | Folder): void {
    const [folder, name] = this.#place(path);
    if (name === '' || folder.entries.has(name)) throw systemError('EEXIST');
    folder.entries.set(name, node);
  }

  #remove(path: string): void {
    const [folder, name] = this.#place(path);
    folder.entries.delete(name);
  }
}
