// A save under way: the file in tmp/ that becomes a file of the repository, or nothing (FORMAT.md
// section 7, steps 1 to 4). Never replaces a file that has its final name.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { EngineError } from '../errors.js';
import type { FileSystem, OpenFile } from './file-system.js';
import { systemCode, writeAll } from './file-system.js';
import { onFile, storeError } from './store-errors.js';

/** Small chunks are gathered up to this many octets before they are written. */
const WRITE_OCTETS = 256 * 1024;
/** A claim this old is a crashed writer's. */
const CLAIM_AGE_MS = 60_000;
const CLAIM_ATTEMPTS = 40;

/** What `link` says when it was tried in earnest; everything else means that there are no hard links here. */
const LINK_FAILED = ['ENOENT', 'ENOSPC', 'EDQUOT', 'EIO', 'EROFS'];

export class TemporaryFile {
  readonly path: string;
  readonly #files: FileSystem;
  #open: OpenFile | undefined;
  #modifiedMs = 0;

  private constructor(files: FileSystem, path: string, open: OpenFile) {
    this.#files = files;
    this.path = path;
    this.#open = open;
  }

  /** Makes an empty file with a name of its own in the folder. */
  static async create(files: FileSystem, folder: string): Promise<TemporaryFile> {
    const path = join(folder, `${randomBytes(16).toString('hex')}.tmp`);
    const open = await onFile('make', path, () => files.open(path, 'wx'));
    return new TemporaryFile(files, path, open);
  }

  /**
   * Writes the content to its end, compares the length, and makes it durable. Gives the octets written.
   * An error of the content comes through as it is.
   */
  async fill(content: AsyncIterable<Uint8Array> | Uint8Array): Promise<number> {
    const file = this.#open;
    if (!file) throw new EngineError('internal', 'a temporary file is filled once');
    const octets =
      content instanceof Uint8Array ? await this.#write(file, content) : await this.#stream(file, content);
    await onFile('write', this.path, async () => {
      const facts = await file.facts();
      if (facts.size !== octets) throw new Error(`${facts.size} octets are there, ${octets} were written`);
      this.#modifiedMs = facts.modifiedMs;
      await file.sync();
    });
    this.#open = undefined;
    await onFile('close', this.path, () => file.close());
    return octets;
  }

  /** When it was last written to, by the clock of the file system. */
  async modifiedMs(): Promise<number> {
    const file = this.#open;
    if (file) this.#modifiedMs = (await onFile('look at', this.path, () => file.facts())).modifiedMs;
    return this.#modifiedMs;
  }

  /** Gives the content its final name; false when there is a file of that name, which stays as it is. */
  async publish(final: string, claim: string, wait: (ms: number) => Promise<void>): Promise<boolean> {
    const linked = await linkTo(this.#files, this.path, final);
    if (linked !== 'no links') return linked === 'done';
    await this.#claim(claim, wait);
    try {
      if (await isThere(this.#files, final)) return false;
      await onFile('save', final, () => this.#files.rename(this.path, final));
      return true;
    } finally {
      await this.#files.unlink(claim).catch(() => undefined); // Otherwise it is stale in a minute.
    }
  }

  /**
   * Takes the file away. What stays all the same is a leftover that a later save cleans, and it must not
   * hide how the save itself went: so nothing is thrown.
   */
  async discard(): Promise<void> {
    const file = this.#open;
    this.#open = undefined;
    await file?.close().catch(() => undefined);
    await this.#files.unlink(this.path).catch(() => undefined);
  }

  async #stream(file: OpenFile, content: AsyncIterable<Uint8Array>): Promise<number> {
    const gathered = new Uint8Array(WRITE_OCTETS);
    let count = 0;
    let octets = 0;
    for await (const chunk of content) {
      if (count + chunk.length > WRITE_OCTETS) {
        octets += await this.#write(file, gathered.subarray(0, count));
        count = 0;
      }
      if (chunk.length > WRITE_OCTETS) {
        octets += await this.#write(file, chunk);
      } else {
        gathered.set(chunk, count);
        count += chunk.length;
      }
    }
    return octets + (await this.#write(file, gathered.subarray(0, count)));
  }

  async #write(file: OpenFile, octets: Uint8Array): Promise<number> {
    return onFile('write', this.path, () => writeAll(file, octets));
  }

  /** Without hard links: only the one who could make the claim file may rename to the final name. */
  async #claim(claim: string, wait: (ms: number) => Promise<void>): Promise<void> {
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt += 1) {
      try {
        const file = await this.#files.open(claim, 'wx');
        await onFile('close', claim, () => file.close());
        return;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST')
          throw error instanceof EngineError ? error : storeError('make', claim, error);
      }
      if (await this.#claimIsStale(claim)) await this.#files.unlink(claim).catch(() => undefined);
      else await wait(50);
    }
    throw new EngineError('store-io', `another process holds ${claim}; try again in a minute`, {
      details: { path: claim },
    });
  }

  async #claimIsStale(claim: string): Promise<boolean> {
    try {
      return (await this.#files.facts(claim)).modifiedMs + CLAIM_AGE_MS < this.#modifiedMs;
    } catch {
      return false; // Gone in the meantime: the next attempt takes it.
    }
  }
}

/** A second name for a file, where there are hard links; never in place of a file that has the name. */
export async function linkTo(
  files: FileSystem,
  from: string,
  to: string,
): Promise<'done' | 'taken' | 'no links'> {
  try {
    await files.link(from, to);
    return 'done';
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'EEXIST') return 'taken';
    if (LINK_FAILED.includes(code)) throw storeError('save', to, error);
    return 'no links';
  }
}

/** Whether there is anything of that name. */
export async function isThere(files: FileSystem, path: string): Promise<boolean> {
  try {
    await files.facts(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false;
    throw storeError('look at', path, error);
  }
}
