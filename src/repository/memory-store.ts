// A Store in memory, for the simulated world and for tests. Takes nothing but microtasks: no timer, no
// turn of the event loop, so that a simulated night runs the same each time. Faults are added around it,
// never in it.

import { EngineError } from '../errors.js';
import { handleFault, type Leftover, type Store, type StoreHandle } from '../ports.js';
import { joined } from './octets.js';

const CHUNK = 64 * 1024;

export class MemoryStore implements Store {
  readonly #contents = new Map<string, Uint8Array>();
  readonly #written = new Map<string, number>();
  readonly #now: () => number;

  /** @param now milliseconds since an arbitrary origin. Without it nothing ever grows old. */
  constructor(now: () => number = () => 0) {
    this.#now = now;
  }

  async save(handle: StoreHandle, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<number> {
    const key = keyOf(handle);
    this.#refuseExisting(key);
    const octets = content instanceof Uint8Array ? new Uint8Array(content) : await collect(content);
    this.#refuseExisting(key);
    this.#put(key, octets);
    return octets.length;
  }

  async saveNamed(
    area: StoreHandle['area'],
    content: AsyncIterable<Uint8Array>,
    name: () => string | Promise<string>,
  ): Promise<string> {
    const octets = await collect(content);
    const final = await name();
    const key = keyOf({ area, name: final });
    if (!this.#contents.has(key)) this.#put(key, octets);
    return final;
  }

  async append(handle: StoreHandle, octets: Uint8Array): Promise<void> {
    const key = keyOf(handle);
    await Promise.resolve();
    const before = this.#contents.get(key) ?? new Uint8Array(0);
    this.#put(key, joined([before, octets]));
  }

  async *load(handle: StoreHandle): AsyncIterable<Uint8Array> {
    const octets = await this.#octets(handle);
    for (let at = 0; at < octets.length; at += CHUNK) yield octets.slice(at, at + CHUNK);
  }

  async exists(handle: StoreHandle): Promise<boolean> {
    const key = keyOf(handle);
    return Promise.resolve(this.#contents.has(key));
  }

  async size(handle: StoreHandle): Promise<number> {
    return (await this.#octets(handle)).length;
  }

  async *list(area: StoreHandle['area'], prefix?: string): AsyncIterable<string> {
    if (prefix !== undefined) keyOf({ area, name: prefix });
    const start = `${area}:${prefix === undefined ? '' : `${prefix}/`}`;
    const names = [...this.#contents.keys()]
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(area.length + 1))
      .sort();
    for (const name of names) yield await Promise.resolve(name);
  }

  /** Nothing is ever left over: what is not finished is not kept. */
  // eslint-disable-next-line require-yield
  async *leftovers(): AsyncIterable<Leftover> {
    await Promise.resolve();
  }

  async remove(handle: StoreHandle): Promise<void> {
    const key = keyOf(handle);
    await Promise.resolve();
    this.#contents.delete(key);
  }

  async move(from: StoreHandle, to: StoreHandle): Promise<void> {
    const [source, target] = [keyOf(from), keyOf(to)];
    const octets = await this.#octets(from);
    this.#refuseExisting(target);
    const written = this.#written.get(source);
    this.#contents.delete(source);
    this.#contents.set(target, octets);
    if (written !== undefined) this.#written.set(target, written);
  }

  async touch(handle: StoreHandle): Promise<void> {
    await this.#octets(handle);
    this.#written.set(keyOf(handle), this.#now());
  }

  async age(handle: StoreHandle): Promise<number> {
    await this.#octets(handle);
    return this.#now() - (this.#written.get(keyOf(handle)) ?? 0);
  }

  #put(key: string, octets: Uint8Array): void {
    this.#contents.set(key, octets);
    this.#written.set(key, this.#now());
  }

  async #octets(handle: StoreHandle): Promise<Uint8Array> {
    const octets = await Promise.resolve(this.#contents.get(keyOf(handle)));
    if (octets) return octets;
    throw new EngineError('store-missing', `${handle.area}/${handle.name} is not there`, {
      details: { ...handle },
    });
  }

  #refuseExisting(key: string): void {
    if (!this.#contents.has(key)) return;
    throw new EngineError('store-exists', `${key.replace(':', '/')} is there already`);
  }
}

function keyOf(handle: StoreHandle): string {
  const fault = handleFault(handle);
  if (fault !== undefined)
    throw new EngineError(
      'internal',
      `no name for a file of a repository: ${handle.area}/${handle.name}: ${fault}`,
    );
  return `${handle.area}:${handle.name}`;
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(new Uint8Array(chunk)); // A copy: the caller may use its buffer again.
  return joined(chunks);
}
