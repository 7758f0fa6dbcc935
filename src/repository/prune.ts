// Frees what no image needs, in two steps (FORMAT.md section 8): first objects are only set aside, in trash/; then,
// when everybody is gone who was at work meanwhile, and all manifests were looked through once more, what is
// needed after all goes back and the rest is deleted. A writer looks for its objects after its manifest is there
// (draft.ts), a prune for manifests after objects are set aside: so one of the two always sees the other, however
// long either of them slept, and nothing that a saved image names is ever deleted. Locks only spare lost work.

import { EngineError, isEngineError } from '../errors.js';
import type { Clock, Log, Random, Store, StoreHandle } from '../ports.js';
import { dropCache, sweepCache } from './cache.js';
import { imageEntries, readImage, type ImageEntry } from './catalogue.js';
import { digestOf } from './digest.js';
import { piecesOf } from './image-content.js';
import type { Held, Locks } from './lock.js';
import { hashesIn, manifestsAside } from './named-hashes.js';
import { objectHandle, parseFactName, parseObjectName, parseTrashName, trashHandle } from './names.js';
import { randomDigits } from './octets.js';
import { SideLog } from './run-log.js';
import type { RunLog, Sha256 } from './types.js';
import type { LockHolder, ObjectCount, PruneOptions, PruneReport } from './upkeep-types.js';

export interface PruneContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly locks: Locks;
  readonly log: Log | undefined;
  readonly beginRun: () => Promise<RunLog>;
}

/** How many objects are moved or deleted between two looks at our own lock. */
const BATCH = 256;

/**
 * Prunes. Rejects `repository-locked` (another upkeep), `repository-corrupt` (a manifest is damaged, so that
 * nobody knows what it needs: nothing was deleted), `cancelled`, or `store-...`. Whatever it rejects with, and
 * wherever it is stopped: the next prune goes on.
 */
export async function prune(context: PruneContext, options: PruneOptions): Promise<PruneReport> {
  const { lockWaitMs = 0, dryRun = false } = options;
  const deadline = context.clock.now() + lockWaitMs;
  const held = dryRun ? undefined : await context.locks.upkeep('prune', options);
  try {
    return await new Pruning(context, options.signal, held, deadline).run();
  } finally {
    await held?.release();
  }
}

class Counter {
  objects = 0;
  octets = 0;

  add(octets: number): void {
    this.objects += 1;
    this.octets += octets;
  }

  get count(): ObjectCount {
    return { objects: this.objects, octets: this.octets };
  }
}

class Pruning {
  readonly #context: PruneContext;
  readonly #signal: AbortSignal | undefined;
  readonly #held: Held | undefined;
  readonly #deadline: number;
  /** What images need. */
  readonly #needed = new Set<Sha256>();
  /** Manifests that were read: they never change. */
  readonly #read = new Set<string>();
  readonly #freed = new Counter();
  readonly #waiting = new Counter();
  #holders: readonly LockHolder[] = [];
  #restored = 0;
  #facts = 0;

  constructor(
    context: PruneContext,
    signal: AbortSignal | undefined,
    held: Held | undefined,
    deadline: number,
  ) {
    this.#context = context;
    this.#signal = signal;
    this.#held = held;
    this.#deadline = deadline;
  }

  async run(): Promise<PruneReport> {
    const { store, locks, log } = this.#context;
    // Whoever is gone is taken off the list, also when nobody has to be waited for.
    if (this.#held) await locks.holders('use');
    await this.#readManifests();
    if (this.#held) await this.#free(this.#held);
    else await this.#countAll();
    await this.#forgottenFacts();
    if (this.#held) {
      await sweepCache(store, this.#read, log);
      await locks.forgetHosts();
    }
    const report: PruneReport = {
      dryRun: this.#held === undefined,
      images: this.#read.size,
      needed: this.#needed.size,
      freed: this.#freed.count,
      waiting: this.#waiting.count,
      holders: this.#holders,
      restored: this.#restored,
      facts: this.#facts,
    };
    await this.#note(report);
    return report;
  }

  /** Takes in what images need, of those that were not read yet. */
  async #readManifests(): Promise<void> {
    const { store } = this.#context;
    for await (const entry of imageEntries(store)) {
      this.#goOn();
      if (this.#read.has(entry.name)) continue;
      const reading = await readImage(store, entry);
      if (reading.kind === 'gone') continue;
      if (reading.kind === 'manifest-damaged') throw damaged(entry, reading.fault);
      if (reading.kind === 'image')
        for (const file of reading.image.manifest.files)
          for (const { sha256 } of piecesOf(file)) this.#needed.add(sha256);
      else await this.#keepAllNamed({ area: 'images', name: entry.name });
      this.#read.add(entry.name);
    }
    // What was damaged and moved out of the way may still be mended by somebody, as long as it is there.
    for await (const { handle } of manifestsAside(store)) await this.#keepAllNamed(handle);
  }

  async #keepAllNamed(handle: StoreHandle): Promise<void> {
    for (const hash of await hashesIn(this.#context.store, handle)) this.#needed.add(hash);
  }

  /** On a full disk there may not even be room for the folders of what is set aside: then a part at a time. */
  async #free(held: Held): Promise<void> {
    for (let round = 0; ; round += 1) {
      const before = this.#freed.objects;
      const full = await this.#setObjectsAside(held);
      await this.#emptyTrash(held);
      if (full === undefined) return;
      if (round === 0) await dropCache(this.#context.store);
      else if (this.#freed.objects === before) throw full;
    }
  }

  /** Gives the error when the disk was too full for all of them. */
  async #setObjectsAside(held: Held): Promise<EngineError | undefined> {
    const { store, random } = this.#context;
    const mark = randomDigits(random, 16);
    let moved = 0;
    for await (const name of store.list('objects')) {
      this.#goOn();
      const sha256 = parseObjectName(name);
      if (sha256 === undefined || this.#needed.has(sha256)) continue;
      if (moved % BATCH === 0) await held.confirm();
      moved += 1;
      try {
        await quiet(store.move({ area: 'objects', name }, trashHandle(mark, sha256), { lazily: true }));
      } catch (error) {
        if (isEngineError(error, 'store-no-space')) return error;
        throw error;
      }
    }
    return undefined;
  }

  /** Everything that was set aside, by us or by a prune that was stopped. */
  async *#trash(): AsyncIterable<{ readonly name: string; readonly sha256: Sha256 }> {
    for await (const name of this.#context.store.list('trash')) {
      const sha256 = parseTrashName(name);
      if (sha256 !== undefined) yield { name, sha256 };
    }
  }

  /** What would be freed. */
  async #countAll(): Promise<void> {
    for await (const name of this.#context.store.list('objects')) {
      this.#goOn();
      const sha256 = parseObjectName(name);
      if (sha256 !== undefined && !this.#needed.has(sha256))
        await this.#count(this.#freed, { area: 'objects', name });
    }
    for await (const { name, sha256 } of this.#trash())
      if (!this.#needed.has(sha256)) await this.#count(this.#freed, { area: 'trash', name });
  }

  async #emptyTrash(held: Held): Promise<void> {
    const { store, locks } = this.#context;
    // First what is there, then who was at work when it was, then the manifests: no other order is safe.
    const trash: { readonly name: string; readonly sha256: Sha256 }[] = [];
    for await (const one of this.#trash()) trash.push(one);
    if (trash.length === 0) return;
    await held.confirmFresh();
    const ended = await locks.othersEnd(this.#deadline, this.#signal);
    if (!ended.done) this.#holders = ended.holders;
    await this.#readManifests();
    for (const [at, { name, sha256 }] of trash.entries()) {
      this.#goOn();
      if (at % BATCH === 0) await held.confirm();
      const handle = { area: 'trash', name } as const;
      if (this.#needed.has(sha256)) await this.#putBack(name, sha256);
      else if (!ended.done) await this.#count(this.#waiting, handle);
      else {
        await this.#count(this.#freed, handle);
        await store.remove(handle, { lazily: true });
      }
    }
  }

  /** Gives an object its place again; not when the right octets are there already. */
  async #putBack(name: string, sha256: Sha256): Promise<void> {
    const { store } = this.#context;
    const [copy, place] = [{ area: 'trash', name } as const, objectHandle(sha256)];
    if (await this.#isRight(place, sha256)) {
      await store.remove(copy, { lazily: true });
      return;
    }
    if (await store.exists(place)) {
      if (!(await this.#isRight(copy, sha256))) return;
      await store.remove(place);
    }
    await quiet(store.move(copy, place));
    this.#restored += 1;
  }

  /** Whether the octets are there, and those of the hash. */
  async #isRight(handle: StoreHandle, sha256: Sha256): Promise<boolean> {
    try {
      return (await digestOf(this.#context.store.load(handle))).sha256 === sha256;
    } catch (error) {
      if (isEngineError(error, 'store-missing')) return false;
      throw error;
    }
  }

  /** Facts go with their image; a forget that was stopped may have left some. */
  async #forgottenFacts(): Promise<void> {
    const { store } = this.#context;
    for await (const name of store.list('images')) {
      this.#goOn();
      const manifest = parseFactName(name)?.manifest;
      if (manifest === undefined || this.#read.has(manifest)) continue;
      // A manifest is there before the first fact: when the fact is listed and it is not, it is gone.
      if (await store.exists({ area: 'images', name: manifest })) continue;
      this.#facts += 1;
      if (this.#held) await store.remove({ area: 'images', name });
    }
  }

  async #count(counter: Counter, handle: StoreHandle): Promise<void> {
    try {
      counter.add(await this.#context.store.size(handle));
    } catch (error) {
      // Somebody brought it back, or deleted it, a moment ago.
      if (!isEngineError(error, 'store-missing')) throw error;
    }
  }

  /** A log of what was done. */
  async #note({ freed, waiting, restored, facts }: PruneReport): Promise<void> {
    if (!this.#held || freed.objects + waiting.objects + restored + facts === 0) return;
    const notes = new SideLog(this.#context.beginRun, this.#context.log);
    await notes.attempt((run) => run.end('done', { freed, waiting, restored, facts }));
  }

  #goOn(): void {
    if (this.#signal?.aborted === true)
      throw new EngineError('cancelled', 'pruning was cancelled; the next prune goes on where it stopped', {
        cause: this.#signal.reason,
      });
  }
}

/** A move that somebody else has done in the meantime is done. */
async function quiet(move: Promise<void>): Promise<void> {
  try {
    await move;
  } catch (error) {
    if (!isEngineError(error, 'store-missing') && !isEngineError(error, 'store-exists')) throw error;
  }
}

function damaged({ name }: ImageEntry, fault: string): EngineError {
  return new EngineError(
    'repository-corrupt',
    `images/${name} is damaged (${fault}), so nobody knows which objects it needs: nothing was deleted. ` +
      '"bacvault check --repair" moves it out of the way',
    { details: { place: `images/${name}` } },
  );
}
