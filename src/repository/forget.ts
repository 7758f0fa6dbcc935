// Forgetting: takes the manifests of images away, by name or by a policy, and then what was said of them. Objects
// stay for prune. Never decides on the index alone where anything is taken away, and never takes the manifest of
// an image that somebody spoke up for in the meantime.

import { EngineError } from '../errors.js';
import type { Clock, Log, Store } from '../ports.js';
import { imageByPrefix, readImage } from './catalogue.js';
import { factNames, factsOf, standingOf, wholeFacts } from './facts.js';
import { structureFault } from './image-content.js';
import { cachedImages, deviceNames, type DeviceNames, factsBeside } from './index-cache.js';
import type { Held, Locks } from './lock.js';
import { imageHandle, parseImageName } from './names.js';
import {
  decide,
  requirePolicy,
  type RetentionDecision,
  type RetentionImage,
  type RetentionPolicy,
} from './retention.js';
import { SideLog } from './run-log.js';
import type { FoundImage } from './catalogue-types.js';
import type { ImageSummary, RunLog } from './types.js';
import type { ForgetDecision, ForgetOptions, ForgetReport } from './upkeep-types.js';

export interface ForgetContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly locks: Locks;
  readonly log: Log | undefined;
  readonly beginRun: (details: Readonly<Record<string, unknown>>) => Promise<RunLog>;
}

/**
 * Forgets. Rejects `usage` (neither or both of ids and policy), `image-not-found`, `image-ambiguous`,
 * `repository-locked`, `cancelled`, or `store-...`: what was forgotten until then stays so.
 */
export async function forget(context: ForgetContext, options: ForgetOptions): Promise<ForgetReport> {
  const { ids, policy, dryRun = false } = options;
  if ((ids === undefined) === (policy === undefined))
    throw new EngineError('usage', 'forget takes ids of images, or a policy, and never both');
  if (policy) requirePolicy(policy);
  const held = dryRun ? undefined : await context.locks.upkeep('forget', options);
  try {
    const forgetting = new Forgetting(context, options, held);
    return ids ? await forgetting.byId(ids) : await forgetting.byPolicy(policy ?? {});
  } finally {
    await held?.release();
  }
}

/** An image as it is known: from the index, or looked at itself. */
interface Seen {
  readonly image: FoundImage;
  /** Whether its content is there; believed until it is looked at. */
  readonly whole: boolean;
  readonly looked: boolean;
}

class Forgetting {
  readonly #context: ForgetContext;
  readonly #options: ForgetOptions;
  readonly #held: Held | undefined;
  readonly #decisions: ForgetDecision[] = [];
  readonly #notes: SideLog;

  constructor(context: ForgetContext, options: ForgetOptions, held: Held | undefined) {
    this.#context = context;
    this.#options = options;
    this.#held = held;
    const { policy } = options;
    this.#notes = new SideLog(() => context.beginRun(policy === undefined ? {} : { policy }), context.log);
  }

  async byId(ids: readonly string[]): Promise<ForgetReport> {
    const { store } = this.#context;
    // All of them are found before the first is forgotten.
    const images = new Map<string, ImageSummary>();
    for (const id of ids) {
      const image = await imageByPrefix(store, id);
      images.set(image.id, image);
    }
    for (const image of images.values()) {
      const { id, manifest } = image;
      const { site, device, createdAt } = manifest;
      const standing = standingOf(image, await factsOf(store, image));
      await this.#carryOut(imageHandle(manifest, id).name, {
        ...decisionOn({ id, site, instance: device.instance, createdAt, device, standing }),
        keep: false,
        reasons: ['named by its id'],
      });
    }
    return this.#report();
  }

  async byPolicy(policy: RetentionPolicy): Promise<ForgetReport> {
    const { store } = this.#context;
    const { site, instance, instances } = this.#options;
    const filter = {
      ...(site === undefined ? {} : { site }),
      ...(instance === undefined ? {} : { instance }),
    };
    for await (const names of deviceNames(store, filter)) {
      if (instances?.has(names.instance) === false) continue;
      this.#goOn();
      const { seen, decisions } = await this.#decide(names, policy);
      for (const [at, decision] of decisions.entries()) {
        const image = seen[at]?.image;
        if (image) await this.#carryOut(image.name, { ...decisionOn(image), ...decision });
      }
    }
    return this.#report();
  }

  /**
   * Decides by what the index knows; then every image that stays is looked at itself, and before anything is
   * taken away those that go as well, until the decision stands on nothing but files.
   */
  async #decide(
    names: DeviceNames,
    policy: RetentionPolicy,
  ): Promise<{ readonly seen: readonly Seen[]; readonly decisions: readonly RetentionDecision[] }> {
    const { store, clock, log } = this.#context;
    let seen: Seen[] = (await cachedImages(store, names, log)).map((image) => ({
      image,
      whole: true,
      looked: false,
    }));
    for (;;) {
      const decisions = decide(seen.map(retentionImage), policy, clock.unixTime());
      const loses = decisions.some(({ keep }) => !keep);
      const isOpen = (one: Seen, at: number): boolean =>
        !one.looked && (decisions[at]?.keep === true || this.#held !== undefined);
      if (!loses || !seen.some(isOpen)) return { seen, decisions };
      const next: Seen[] = [];
      for (const [at, one] of seen.entries()) {
        this.#goOn();
        const now = isOpen(one, at) ? await this.#look(names, one.image) : one;
        if (now) next.push(now);
      }
      seen = next;
    }
  }

  /** An image as its files are now; undefined when it is none any more. */
  async #look(names: DeviceNames, known: FoundImage): Promise<Seen | undefined> {
    const { store } = this.#context;
    const says = parseImageName(known.name);
    const reading = says && (await readImage(store, { name: known.name, says }));
    if (reading?.kind !== 'image' || reading.image.id !== known.id) return undefined;
    const facts = await wholeFacts(store, known.id, factsBeside(names, known.name));
    const whole = (await structureFault(store, reading.image.manifest.files)) === undefined;
    return { image: { ...known, standing: standingOf(reading.image, facts) }, whole, looked: true };
  }

  async #carryOut(name: string, decision: ForgetDecision): Promise<void> {
    this.#decisions.push(decision);
    if (decision.keep || this.#held === undefined) return;
    this.#goOn();
    await this.#held.confirm();
    const { id, site, instance, createdAt, reasons } = decision;
    await this.#notes.attempt((run) =>
      run.write('forget', { image: id, site, instance, createdAt, reasons }),
    );
    const { store } = this.#context;
    // The manifest first: a crash leaves an image that is whole with all that is known of it, or no image.
    await store.remove({ area: 'images', name });
    for await (const fact of factNames(store, name)) await store.remove({ area: 'images', name: fact });
  }

  async #report(): Promise<ForgetReport> {
    const forgotten = this.#decisions.filter(({ keep }) => !keep).length;
    const kept = this.#decisions.length - forgotten;
    await this.#notes.end({ forgotten, kept });
    return { dryRun: this.#held === undefined, kept, forgotten, decisions: this.#decisions };
  }

  #goOn(): void {
    if (this.#options.signal?.aborted === true)
      throw new EngineError('cancelled', 'forgetting was cancelled; what was forgotten until then stays so', {
        cause: this.#options.signal.reason,
      });
  }
}

function retentionImage({ image: { id, createdAt, origin, standing }, whole }: Seen): RetentionImage {
  return {
    id,
    createdAt,
    tags: standing.tags,
    verified: standing.verified !== undefined,
    own: origin === undefined,
    whole,
  };
}

function decisionOn(
  image: Pick<FoundImage, 'id' | 'site' | 'instance' | 'createdAt' | 'device' | 'standing'>,
): Omit<ForgetDecision, 'keep' | 'reasons'> {
  const { id, site, instance, createdAt, device, standing } = image;
  return {
    ...{ id, site, instance, createdAt, tags: standing.tags, verified: standing.verified !== undefined },
    ...(device.name === undefined ? {} : { deviceName: device.name }),
  };
}
