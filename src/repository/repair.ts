// `check --repair`: moves what is damaged aside, into aside/<mark>/, so that a fresh backup finds its place free,
// and puts back what is only in the wrong place. Never deletes, and never moves what could merely not be read.

import { isEngineError } from '../errors.js';
import type { Log, Random, Store, StoreHandle } from '../ports.js';
import { type CheckContext, findFaults, type Found, publicFinding } from './check.js';
import { digestOf } from './digest.js';
import { factNames } from './facts.js';
import type { Held, Locks } from './lock.js';
import { objectHandle, parseObjectName, parseTrashName } from './names.js';
import { randomDigits } from './octets.js';
import { SideLog } from './run-log.js';
import type { RunLog } from './types.js';
import type { CheckOptions, CheckReport } from './upkeep-types.js';

export interface RepairContext extends CheckContext {
  readonly random: Random;
  readonly locks: Locks;
  readonly log: Log | undefined;
  readonly beginRun: () => Promise<RunLog>;
}

/** Checks, and moves what it found. Rejects as a check does, and `repository-locked`. */
export async function repair(context: RepairContext, options: CheckOptions): Promise<CheckReport> {
  const held = await context.locks.upkeep('check --repair', options);
  try {
    const { findings, ...report } = await findFaults(context, options);
    const repairing = new Repairing(context, held);
    const mended: Found[] = [];
    for (const found of findings) mended.push((await repairing.mend(found)) ?? found);
    await repairing.end();
    return { ...report, findings: mended.map(publicFinding) };
  } finally {
    await held.release();
  }
}

class Repairing {
  readonly #store: Store;
  readonly #held: Held;
  /** One folder for everything that this repair moves aside. */
  readonly #mark: string;
  readonly #notes: SideLog;
  #moved = 0;

  constructor(context: RepairContext, held: Held) {
    this.#store = context.store;
    this.#held = held;
    this.#mark = randomDigits(context.random, 8);
    this.#notes = new SideLog(context.beginRun, context.log);
  }

  /** The finding as it stands afterwards; undefined when there is nothing to do about it. */
  async mend(found: Found): Promise<Found | undefined> {
    const from = handleOf(found.place);
    switch (found.code) {
      case 'object-damaged':
        return found.isProven ? this.#damagedObject(found, from) : undefined;
      case 'manifest-damaged':
      case 'manifest-misplaced':
        return found.isProven ? this.#manifest(found, from) : undefined;
      case 'fact-damaged':
      case 'run-damaged':
      case 'journal-damaged':
        return found.isProven ? this.#done(found, from, this.#asideOf(from)) : undefined;
      case 'leftover': {
        // An object that an image needs, and that a prune which was stopped has set aside.
        const sha256 = from.area === 'trash' ? parseTrashName(from.name) : undefined;
        const isNeeded = sha256 !== undefined && found.images.length > 0;
        return isNeeded ? this.#done(found, from, objectHandle(sha256)) : undefined;
      }
      case 'object-missing':
      case 'unknown-file':
      case 'repository-damaged':
        return undefined;
    }
  }

  async end(): Promise<void> {
    await this.#notes.end({ moved: this.#moved });
  }

  /** A backup may have put the right octets there in the meantime: then they go back. */
  async #damagedObject(found: Found, from: StoreHandle): Promise<Found | undefined> {
    const to = this.#asideOf(from);
    if (!(await this.#move(from, to))) return undefined;
    const { sha256 } = await digestOf(this.#store.load(to));
    if (sha256 !== parseObjectName(from.name)) return { ...found, movedTo: placeOf(to) };
    await this.#move(to, from);
    return undefined;
  }

  /** With the facts beside it: they say something of this image. */
  async #manifest(found: Found, from: StoreHandle): Promise<Found | undefined> {
    const { belongs } = found;
    const right: StoreHandle | undefined =
      belongs === undefined ? undefined : { area: 'images', name: belongs };
    const isFree = right !== undefined && !(await this.#store.exists(right));
    const to = isFree ? right : this.#asideOf(from);
    const facts: string[] = [];
    for await (const name of factNames(this.#store, from.name)) facts.push(name);
    const done = await this.#done(found, from, to);
    for (const name of facts) {
      const beside = { area: to.area, name: to.name.replace(/\.json$/, name.slice(from.name.length - 5)) };
      await this.#move({ area: 'images', name }, beside);
    }
    return done;
  }

  async #done(found: Found, from: StoreHandle, to: StoreHandle): Promise<Found | undefined> {
    return (await this.#move(from, to)) ? { ...found, movedTo: placeOf(to) } : undefined;
  }

  #asideOf({ area, name }: StoreHandle): StoreHandle {
    return { area: 'aside', name: `${this.#mark}/${area}/${name}` };
  }

  /** False when it is not there any more, or its new place is taken. */
  async #move(from: StoreHandle, to: StoreHandle): Promise<boolean> {
    await this.#held.confirm();
    try {
      await this.#store.move(from, to);
    } catch (error) {
      if (isEngineError(error, 'store-missing') || isEngineError(error, 'store-exists')) return false;
      throw error;
    }
    this.#moved += 1;
    await this.#notes.attempt((run) => run.write('moved', { from: placeOf(from), to: placeOf(to) }));
    return true;
  }
}

function handleOf(place: string): StoreHandle {
  const slash = place.indexOf('/');
  return { area: place.slice(0, slash) as StoreHandle['area'], name: place.slice(slash + 1) };
}

function placeOf({ area, name }: StoreHandle): string {
  return `${area}/${name}`;
}
