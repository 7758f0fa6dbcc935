// Configuration files for the peers, and what of a file must be the same afterwards: every octet, every
// record boundary, the access method.

import { createHash } from 'node:crypto';

export type TestFile =
  | { readonly instance: number; readonly access: 'stream'; readonly content: Uint8Array }
  | { readonly instance: number; readonly access: 'record'; readonly records: readonly Uint8Array[] };

/** A file as it is compared; the digest keeps a failure's message short. */
export interface Held {
  readonly instance: number;
  readonly access: string;
  readonly octets: number;
  readonly sha256: string;
  readonly recordLengths: readonly number[] | null;
}

/** Octets that look like nothing and are the same on every run (xorshift32). */
export function octets(count: number, seed: number): Uint8Array {
  const content = new Uint8Array(count);
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  for (let at = 0; at < count; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    content[at] = state >>> 24;
  }
  return content;
}

export function stream(instance: number, size: number): TestFile {
  return { instance, access: 'stream', content: octets(size, instance) };
}

export function record(instance: number, ...sizes: readonly number[]): TestFile {
  const records = sizes.map((size, at) => octets(size, instance * 1000 + at));
  return { instance, access: 'record', records };
}

export function hex(content: Uint8Array): string {
  return Buffer.from(content).toString('hex');
}

/** As the peers read it, in their configuration and in the order "load". */
export function asJson(file: TestFile): object {
  return file.access === 'stream'
    ? { instance: file.instance, access: 'stream', hex: hex(file.content) }
    : { instance: file.instance, access: 'record', records: file.records.map(hex) };
}

export function held(file: TestFile): Held {
  const joined = file.access === 'stream' ? file.content : Buffer.concat(file.records);
  return {
    instance: file.instance,
    access: file.access,
    octets: joined.length,
    sha256: createHash('sha256').update(joined).digest('hex'),
    recordLengths: file.access === 'stream' ? null : file.records.map((each) => each.length),
  };
}

export function allHeld(files: readonly TestFile[]): Held[] {
  return files.map(held).sort((a, b) => a.instance - b.instance);
}

/** A file in a peer's answer to "dump", "backup" or "restore". */
export interface DumpedFile {
  readonly instance: number;
  readonly access: string;
  readonly hex: string;
  readonly recordLengths: readonly number[] | null;
}

export function heldIn(dumped: readonly DumpedFile[]): Held[] {
  return dumped
    .map(({ instance, access, hex: text, recordLengths }) => {
      const content = Buffer.from(text, 'hex');
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { instance, access, octets: content.length, sha256, recordLengths };
    })
    .sort((a, b) => a.instance - b.instance);
}

/** The same files with other content: longer, shorter, other records, nothing. */
export function damaged(files: readonly TestFile[]): TestFile[] {
  return files.map((file) =>
    file.access === 'stream'
      ? { ...file, content: octets(file.instance % 2 === 0 ? file.content.length + 777 : 5, 99) }
      : { ...file, records: file.instance % 2 === 0 ? [] : [...file.records, octets(9, 98)] },
  );
}
