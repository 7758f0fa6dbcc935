// A Store in a folder (FORMAT.md): plain files that any program can read. Saving is step by step as section
// 7 says. Never replaces a file, and never makes the repository's folder again when it has vanished.

import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError, isEngineError } from '../errors.js';
import { handleFault, type Leftover, type LoadOptions, type Store } from '../ports.js';
import type { StoreChange, StoreHandle } from '../ports.js';
import { nodeFileSystem, systemCode, writeAll, type FileSystem, type FolderEntry } from './file-system.js';
import { onFile, storeError } from './store-errors.js';
import { isThere, linkTo, TemporaryFile } from './temporary-file.js';

/** Octets that `load` gives at a time. */
const READ_OCTETS = 256 * 1024;
/** A temporary file that was not written to for this long belongs to nobody any more. */
const LEFTOVER_AGE_MS = 24 * 3_600_000;

export interface FileStoreOptions {
  /** Tests give their own, to stop between two operations. */
  readonly fileSystem?: FileSystem;
  /** How to wait for another process, where there are no hard links. */
  readonly wait?: (ms: number) => Promise<void>;
}

export class FileStore implements Store {
  /** The repository's folder as a full path. */
  readonly folder: string;
  readonly #files: FileSystem;
  readonly #wait: (ms: number) => Promise<void>;
  /** Folders known to be there, durably. */
  readonly #durable = new Set<string>();
  #cleaned = false;

  constructor(folder: string, options: FileStoreOptions = {}) {
    this.folder = resolve(folder);
    this.#files = options.fileSystem ?? nodeFileSystem;
    this.#wait = options.wait ?? ((ms) => sleep(ms));
  }

  async save(handle: StoreHandle, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<number> {
    const final = this.#path(handle);
    if (await isThere(this.#files, final)) throw existsAlready(final);
    if (handle.area === 'repository') await this.#makeTop(this.folder);
    return this.#withTemporary(async (temporary) => {
      await this.#cleanOnce(temporary);
      const octets = await temporary.fill(content);
      if (!(await this.#publish(temporary, handle))) throw existsAlready(final);
      try {
        await this.#syncFolder(dirname(final));
      } catch (error) {
        // Not known to be durable, so not saved: nobody has seen this name yet who could rely on it.
        await this.#files.unlink(final).catch(() => undefined);
        throw error;
      }
      return octets;
    });
  }

  async saveNamed(
    area: StoreHandle['area'],
    content: AsyncIterable<Uint8Array>,
    name: () => string | Promise<string>,
  ): Promise<string> {
    return this.#withTemporary(async (temporary) => {
      await this.#cleanOnce(temporary);
      await temporary.fill(content);
      const handle = { area, name: await name() };
      await this.#publish(temporary, handle);
      // Another process may have published it a moment ago: durable is for us to make sure, too.
      await this.#syncFolder(dirname(this.#path(handle)));
      return handle.name;
    });
  }

  async append(handle: StoreHandle, octets: Uint8Array): Promise<void> {
    const path = this.#path(handle);
    await this.#makeFolder(dirname(path));
    const isNew = !(await isThere(this.#files, path));
    const file = await onFile('open', path, () => this.#files.open(path, 'a'));
    try {
      await onFile('write', path, async () => {
        await writeAll(file, octets);
        await file.sync();
      });
    } catch (error) {
      this.#durable.clear();
      throw error;
    } finally {
      await onFile('close', path, () => file.close());
    }
    if (isNew) await this.#syncFolder(dirname(path));
  }

  async *load(handle: StoreHandle, { passing = false }: LoadOptions = {}): AsyncIterable<Uint8Array> {
    const path = this.#path(handle);
    const file = await onFile('open', path, () => this.#files.open(path, 'r'), 'store-missing');
    try {
      const { size } = await onFile('look at', path, () => file.facts());
      // What is read to be compared would else leave as much garbage as it has octets.
      let buffer: Uint8Array | undefined;
      for (let at = 0; ;) {
        const chunk = buffer ?? new Uint8Array(Math.min(READ_OCTETS, Math.max(size - at, 512)));
        if (passing) buffer = chunk;
        const count = await onFile('read', path, () => file.read(chunk));
        if (count === 0) return;
        at += count;
        yield chunk.subarray(0, count);
      }
    } finally {
      await onFile('close', path, () => file.close());
    }
  }

  async exists(handle: StoreHandle): Promise<boolean> {
    return isThere(this.#files, this.#path(handle));
  }

  async size(handle: StoreHandle): Promise<number> {
    const path = this.#path(handle);
    return (await onFile('look at', path, () => this.#files.facts(path), 'store-missing')).size;
  }

  async *list(area: StoreHandle['area'], prefix?: string): AsyncIterable<string> {
    if (prefix !== undefined) this.#path({ area, name: prefix });
    if (area === 'repository') {
      const files = (await this.#entries(this.folder)).filter((entry) => !entry.isFolder);
      if (prefix === undefined) yield* files.map((entry) => entry.name).sort();
      return;
    }
    yield* this.#below(join(this.folder, area), prefix === undefined ? [] : prefix.split('/'));
  }

  async *leftovers(): AsyncIterable<Leftover> {
    for (const { name } of await this.#entries(this.#temporaryFolder)) {
      const path = join(this.#temporaryFolder, name);
      try {
        yield { place: `tmp/${name}`, octets: (await this.#files.facts(path)).size };
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw storeError('look at', path, error);
      }
    }
  }

  async remove(handle: StoreHandle, { lazily = false }: StoreChange = {}): Promise<void> {
    const path = this.#path(handle);
    if ((await this.#unlink(path)) && !lazily) await this.#syncLeft(dirname(path));
    await this.#tidy(handle, path);
  }

  async move(from: StoreHandle, to: StoreHandle, { lazily = false }: StoreChange = {}): Promise<void> {
    const [source, target] = [this.#path(from), this.#path(to)];
    const gone = async (): Promise<boolean> => !(await isThere(this.#files, source));
    if (await gone()) throw missing(source);
    await this.#makeFolder(dirname(target));
    if (await isThere(this.#files, target)) throw existsAlready(target);
    try {
      // With a link nothing is ever replaced, and the name is durable before the old one goes.
      const linked = lazily ? 'no links' : await linkTo(this.#files, source, target);
      if (linked === 'taken') throw existsAlready(target);
      if (linked === 'no links') await onFile('move', source, () => this.#files.rename(source, target));
      if (lazily) return;
      await this.#syncFolder(dirname(target));
      await this.#unlink(source);
      await this.#syncLeft(dirname(source));
    } catch (error) {
      this.#durable.clear();
      // Somebody else has moved it, or taken it away, since it was looked for.
      if (isEngineError(error, 'store-io') && error.details['systemCode'] === 'ENOENT' && (await gone()))
        throw missing(source);
      throw error;
    }
  }

  async touch(handle: StoreHandle): Promise<void> {
    const path = this.#path(handle);
    await onFile('write', path, () => this.#files.touch(path), 'store-missing');
  }

  async age(handle: StoreHandle): Promise<number> {
    const path = this.#path(handle);
    // Opened, not only looked at: what a share has told about a file before may be kept for a while.
    const file = await onFile('open', path, () => this.#files.open(path, 'r'), 'store-missing');
    const { modifiedMs } = await onFile('look at', path, () => file.facts()).finally(() => file.close());
    return this.#withTemporary(async (now) => Math.max(0, (await now.modifiedMs()) - modifiedMs));
  }

  get #temporaryFolder(): string {
    return join(this.folder, 'tmp');
  }

  #path(handle: StoreHandle): string {
    const fault = handleFault(handle);
    if (fault !== undefined)
      throw new EngineError(
        'internal',
        `no name for a file of a repository: ${handle.area}/${handle.name}: ${fault}`,
      );
    const area = handle.area === 'repository' ? [] : [handle.area];
    return join(this.folder, ...area, ...handle.name.split('/'));
  }

  /** Does something with a temporary file, which is gone afterwards, however it went. */
  async #withTemporary<T>(work: (temporary: TemporaryFile) => Promise<T>): Promise<T> {
    await this.#makeFolder(this.#temporaryFolder);
    const temporary = await TemporaryFile.create(this.#files, this.#temporaryFolder).catch(
      (error: unknown) => {
        this.#durable.clear();
        throw error;
      },
    );
    try {
      return await work(temporary);
    } catch (error) {
      this.#durable.clear(); // A folder may be gone: look again next time.
      throw error;
    } finally {
      await temporary.discard();
    }
  }

  async #publish(temporary: TemporaryFile, handle: StoreHandle): Promise<boolean> {
    const final = this.#path(handle);
    await this.#makeFolder(dirname(final));
    const place = createHash('sha256').update(`${handle.area}/${handle.name}`).digest('hex').slice(0, 32);
    return temporary.publish(final, join(this.#temporaryFolder, `${place}.claim`), this.#wait);
  }

  /** Makes a folder inside the repository, durably; the repository's own folder must be there. */
  async #makeFolder(folder: string): Promise<void> {
    if (folder === this.folder || this.#durable.has(folder)) return;
    await this.#makeFolder(dirname(folder));
    await this.#makeOne(folder);
    await this.#syncFolder(dirname(folder));
    this.#durable.add(folder);
  }

  /** Makes the repository's own folder and the ones above it, where they are missing. */
  async #makeTop(folder: string): Promise<void> {
    if (await isThere(this.#files, folder)) return;
    await this.#makeTop(dirname(folder));
    await this.#makeOne(folder);
    await this.#syncFolder(dirname(folder));
  }

  async #makeOne(folder: string): Promise<void> {
    try {
      await this.#files.mkdir(folder);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw storeError('make', folder, error);
    }
  }

  /** Whether there was a file to take away. */
  async #unlink(path: string): Promise<boolean> {
    try {
      await this.#files.unlink(path);
      return true;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false;
      throw storeError('remove', path, error);
    }
  }

  /**
   * Takes folders in trash/ away from which something was removed and that are empty now: each prune makes its own,
   * and one at a time removes. Not elsewhere, where another process may be about to put something into them.
   */
  async #tidy({ area, name }: StoreHandle, path: string): Promise<void> {
    if (area !== 'trash') return;
    let folder = dirname(path);
    for (let depth = name.split('/').length; depth > 1; depth -= 1, folder = dirname(folder)) {
      this.#durable.delete(folder);
      try {
        await this.#files.rmdir(folder);
      } catch {
        return; // There is something in it; or it stays, and harms nobody.
      }
    }
  }

  /** Syncs a folder that something was taken out of. Another process may have taken it away with its last file. */
  async #syncLeft(folder: string): Promise<void> {
    try {
      await this.#files.syncFolder(folder);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw storeError('sync', folder, error);
    }
  }

  async #syncFolder(folder: string): Promise<void> {
    await onFile('sync', folder, () => this.#files.syncFolder(folder));
  }

  /**
   * Takes old leftovers away, at the first save of this store. Their age is the difference to a file that was
   * made just now, so that the clock of this computer does not matter. What cannot be removed stays, and
   * `check` reports it: the save itself must not fail for it.
   */
  async #cleanOnce(temporary: TemporaryFile): Promise<void> {
    if (this.#cleaned) return;
    this.#cleaned = true;
    const nowMs = await temporary.modifiedMs();
    for (const { name, isFolder } of await this.#entries(this.#temporaryFolder)) {
      if (isFolder) continue;
      const path = join(this.#temporaryFolder, name);
      try {
        if ((await this.#files.facts(path)).modifiedMs + LEFTOVER_AGE_MS < nowMs)
          await this.#files.unlink(path);
      } catch {
        continue;
      }
    }
  }

  /** What is in a folder; nothing when there is no such folder in the repository's, which must be there. */
  async #entries(folder: string): Promise<FolderEntry[]> {
    try {
      return await this.#files.entries(folder);
    } catch (error) {
      const missing = ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');
      if (missing && (await isThere(this.#files, this.folder))) return [];
      throw storeError('list', folder, error, 'store-missing');
    }
  }

  /** Names of all files below a folder of an area, in the order of their code units. */
  async *#below(area: string, segments: readonly string[]): AsyncIterable<string> {
    const key = (entry: FolderEntry): string => (entry.isFolder ? `${entry.name}/` : entry.name);
    const entries = await this.#entries(join(area, ...segments));
    entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    for (const entry of entries) {
      const below = [...segments, entry.name];
      if (entry.isFolder) yield* this.#below(area, below);
      else yield below.join('/');
    }
  }
}

function missing(path: string): EngineError {
  return new EngineError('store-missing', `${path} is not there`, { details: { path } });
}

function existsAlready(path: string): EngineError {
  return new EngineError('store-exists', `${path} is there already`, { details: { path } });
}
