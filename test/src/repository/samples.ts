// What the repository's tests share: octets, a manifest that fits, fixtures, and errors by their code.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { EngineError, type ErrorCode } from '../../../src/errors.js';
import type { Clock, Random, Store } from '../../../src/ports.js';
import type { ImageFile, ImageManifest, Repository } from '../../../src/repository/index.js';

export const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (content: Uint8Array): string => new TextDecoder().decode(content);

/** Pseudo-random octets, the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array {
  const content = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    content[at] = state >>> 16;
  }
  return content;
}

export async function* chunks(...parts: readonly (Uint8Array | string)[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(typeof part === 'string' ? octets(part) : part);
}

export async function collect(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The EngineError that a promise rejects with; fails when it resolves or rejects otherwise. */
export async function rejection(promise: Promise<unknown>, code?: ErrorCode): Promise<EngineError> {
  const outcome: unknown = await promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );
  if (!(outcome instanceof EngineError)) throw new Error(`no EngineError but ${String(outcome)}`);
  if (code !== undefined) expect(outcome.code, outcome.message).to.equal(code);
  return outcome;
}

/** A store with some methods replaced, and the rest as they are. */
export function changedStore(store: Store, changes: Partial<Store>): Store {
  return {
    save: store.save.bind(store),
    saveNamed: store.saveNamed.bind(store),
    append: store.append.bind(store),
    load: store.load.bind(store),
    exists: store.exists.bind(store),
    size: store.size.bind(store),
    list: store.list.bind(store),
    leftovers: store.leftovers.bind(store),
    remove: store.remove.bind(store),
    move: store.move.bind(store),
    touch: store.touch.bind(store),
    age: store.age.bind(store),
    ...changes,
  };
}

/** A folder of its own, and how to take it away. */
export function temporaryFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'bacvault-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const top = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();

export const fixture = (name: string): string => join(top, 'fixtures', 'repositories', name);
export const formatDocument = (): string => readFileSync(join(top, 'src', 'repository', 'FORMAT.md'), 'utf8');

/** All files below a folder with "/" between the parts, sorted, and what is in them. */
export function filesIn(folder: string): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const walk = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      if (statSync(join(folder, path)).isDirectory()) walk(path);
      else found.set(path, readFileSync(join(folder, path)));
    }
  };
  walk('');
  return found;
}

/** 2026-03-01T02:14:00Z, always: whoever sleeps does so until he is woken. */
export const clock: Clock = {
  now: () => 0,
  unixTime: () => 1_772_331_240_000,
  sleep: (_, signal) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('woken')), { once: true });
    }),
  after: () => () => undefined,
};
export const random = (seed = 7): Random => {
  let state = seed;
  return { uint32: () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) };
};

export type FileContent = Pick<ImageFile, 'octets' | 'sha256' | 'objects' | 'recordLengths'>;

export function imageFile(instance: number, content: FileContent): ImageFile {
  const accessMethod = content.recordLengths === undefined ? 'stream' : 'record';
  return { objectIdentifier: `file,${instance}`, instance, accessMethod, ...content };
}

export function manifest(files: readonly ImageFile[], changes: Partial<ImageManifest> = {}): ImageManifest {
  return {
    kind: 'bacvault-image',
    format: 1,
    site: 'hq',
    createdAt: '2026-03-01T02:15:07.042Z',
    tool: 'bacvault test',
    device: { instance: 1201, name: 'AHU-3' },
    reachedAt: { address: '192.168.1.10:47808', maxApdu: 1476, segmentation: 'segmented-both' },
    procedure: {
      startedAt: '2026-03-01T02:14:31.500Z',
      endedAt: '2026-03-01T02:15:06.900Z',
      statesSeen: ['idle'],
      systemStatusSeen: ['operational'],
      passwordUsed: false,
      deviations: [],
      requests: 1,
      retries: 0,
    },
    files,
    ...changes,
  };
}

/** Saves an image of one stream file, and one record file when there are records. */
export async function saveImage(
  repository: Repository,
  content: string | Uint8Array,
  changes: Partial<ImageManifest> = {},
  records?: readonly string[],
): Promise<{ readonly id: string; readonly manifest: ImageManifest }> {
  const draft = await repository.begin();
  const files = [imageFile(1, await draft.addStream(chunks(content)))];
  if (records) files.push(imageFile(2, await draft.addRecords(chunks(...records))));
  return draft.publish(manifest(files, changes));
}
