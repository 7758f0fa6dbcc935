// An archive in memory, for the tests of export and import.

import { EngineError } from '../../../../src/errors.js';
import type { ArchiveReader, ArchiveWriter } from '../../../../src/ports.js';
import { chunks, collect } from '../samples.js';

export class MemoryArchive implements ArchiveWriter, ArchiveReader {
  readonly place = 'memory.zip';
  readonly files = new Map<string, Uint8Array>();
  finished = false;
  discarded = false;

  get entries(): ArchiveReader['entries'] {
    return [...this.files].map(([name, octets]) => ({ name, octets: octets.length }));
  }

  async add(name: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    this.files.set(name, content instanceof Uint8Array ? content : await collect(content));
  }

  finish(): Promise<void> {
    this.finished = true;
    return Promise.resolve();
  }

  discard(): Promise<void> {
    this.discarded = !this.finished;
    return Promise.resolve();
  }

  read(name: string): AsyncIterable<Uint8Array> {
    const octets = this.files.get(name);
    if (octets === undefined) throw new EngineError('archive-damaged', `${name} is not in it`);
    return octets.length === 0 ? chunks() : chunks(octets.slice(0, 3), octets.slice(3));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
