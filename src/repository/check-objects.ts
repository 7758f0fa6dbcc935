// The objects, for `check`: whether those that images name are there, with the right size, and, as far as they are
// read, with the right hash. Keeps a few numbers for each object, never content. Changes nothing.

import { isEngineError } from '../errors.js';
import type { Store } from '../ports.js';
import { unreadable } from './check-finding.js';
import { isInPart, type Part } from './check-part.js';
import { digestOf } from './digest.js';
import { objectPlace, piecesOf } from './image-content.js';
import { parseObjectName, parseTrashName } from './names.js';
import { loadObject, sizeOfObject } from './trash.js';
import type { ImageFile, ImageId, Sha256 } from './types.js';
import type { ObjectCount } from './upkeep-types.js';

/** What is wrong with an object. */
export interface BadObject {
  readonly code: 'object-damaged' | 'object-missing';
  readonly message: string;
  /** Its octets were not the right ones: not merely unreadable, which may pass. */
  readonly isProven: boolean;
}

/** What is found on the way: files that are no objects, and objects that no image names. */
export type Aside =
  | { readonly kind: 'unknown'; readonly place: string }
  | { readonly kind: 'unneeded'; readonly place: string; readonly keeper?: Keeper }
  | {
      readonly kind: 'set-aside';
      readonly place: string;
      readonly sha256: Sha256;
      readonly needed: boolean;
      readonly keeper?: Keeper;
    };

/** A file that is no image where it stands, and names objects all the same: no prune takes them away. */
export interface Keeper {
  readonly place: string;
  /** Of which image it is, or would be. */
  readonly image?: ImageId;
}

export class ObjectCheck {
  readonly #store: Store;
  readonly #part: Part | undefined;
  readonly #goOn: () => void;
  /** Objects that images name, with the sizes that they claim: one, unless a manifest is wrong. */
  readonly #claims = new Map<Sha256, number | number[]>();
  /** Sizes of those of them that are there and not known to be damaged. */
  readonly #sizes = new Map<Sha256, number>();
  readonly #bad = new Map<Sha256, BadObject>();
  /** Objects that files name which are no images where they stand. */
  readonly #kept = new Map<Sha256, Keeper>();
  #objects = 0;
  #octets = 0;
  #readObjects = 0;
  #readOctets = 0;

  /** @param part what is read: nothing when undefined. */
  constructor(store: Store, part: Part | undefined, goOn: () => void) {
    this.#store = store;
    this.#part = part;
    this.#goOn = goOn;
  }

  get all(): ObjectCount {
    return { objects: this.#objects, octets: this.#octets };
  }

  get read(): ObjectCount {
    return { objects: this.#readObjects, octets: this.#readOctets };
  }

  get bad(): ReadonlyMap<Sha256, BadObject> {
    return this.#bad;
  }

  /** Takes in what a file of an image needs. */
  claim(file: ImageFile): void {
    for (const { sha256, octets } of piecesOf(file)) {
      const claimed = this.#claims.get(sha256);
      if (claimed === undefined) this.#claims.set(sha256, octets);
      else if (typeof claimed !== 'number') claimed.push(octets);
      else if (claimed !== octets) this.#claims.set(sha256, [claimed, octets]);
    }
  }

  /** Takes in what a file names that is no image where it stands. */
  keep(hashes: Iterable<Sha256>, keeper: Keeper): void {
    for (const sha256 of hashes) this.#kept.set(sha256, keeper);
  }

  /** Looks at every object, and asks for those that were not among them. Gives what is no error. */
  async *run(): AsyncIterable<Aside> {
    for await (const name of this.#store.list('objects')) {
      this.#goOn();
      const sha256 = parseObjectName(name);
      if (sha256 === undefined) yield { kind: 'unknown', place: `objects/${name}` };
      else if ((await this.#look(sha256)) && !this.#claims.has(sha256))
        yield { kind: 'unneeded', place: `objects/${name}`, ...this.#keeperOf(sha256) };
    }
    for await (const name of this.#store.list('trash')) {
      const sha256 = parseTrashName(name);
      if (sha256 === undefined) yield { kind: 'unknown', place: `trash/${name}` };
      else {
        const needed = this.#claims.has(sha256) && !this.#sizes.has(sha256);
        yield { kind: 'set-aside', place: `trash/${name}`, sha256, needed, ...this.#keeperOf(sha256) };
      }
    }
    for (const sha256 of this.#claims.keys()) {
      this.#goOn();
      if (this.#sizes.has(sha256) || this.#bad.has(sha256)) continue;
      // Asked again by name: it may have been saved after the list had passed its place, or been set aside.
      if (!(await this.#look(sha256)))
        this.#bad.set(sha256, { code: 'object-missing', message: 'it is not there', isProven: true });
    }
  }

  /** Whether everything that a file needs is there, in the right size, and nothing of it is known to be wrong. */
  isWhole(file: ImageFile): boolean {
    return piecesOf(file).every(({ sha256, octets }) => this.#sizes.get(sha256) === octets);
  }

  /** What a manifest says wrongly of the sizes of right objects. */
  sizeFault(file: ImageFile): string | undefined {
    for (const { sha256, octets } of piecesOf(file)) {
      const size = this.#sizes.get(sha256);
      if (size !== undefined && size !== octets)
        return `it says that ${objectPlace(sha256)} has ${octets} octets, which has ${size}`;
    }
    return undefined;
  }

  /** Whether some manifest says something wrong of a right object. */
  get hasSizeFaults(): boolean {
    for (const [sha256, claimed] of this.#claims) {
      const size = this.#sizes.get(sha256);
      if (size !== undefined && [claimed].flat().some((octets) => octets !== size)) return true;
    }
    return false;
  }

  isRead(sha256: Sha256): boolean {
    return this.#part !== undefined && isInPart(sha256, this.#part);
  }

  #keeperOf(sha256: Sha256): { readonly keeper?: Keeper } {
    const keeper = this.#claims.has(sha256) ? undefined : this.#kept.get(sha256);
    return keeper === undefined ? {} : { keeper };
  }

  /** One object; false when it is not there. */
  async #look(sha256: Sha256): Promise<boolean> {
    try {
      const size = await sizeOfObject(this.#store, sha256);
      if (size === undefined) return false;
      const claimed = this.#claims.get(sha256);
      // A size that somebody did not expect: only its hash says who is right.
      const isOdd = claimed !== undefined && [claimed].flat().some((octets) => octets !== size);
      const octets = isOdd || this.isRead(sha256) ? await this.#hash(sha256) : size;
      if (octets !== undefined && claimed !== undefined) this.#sizes.set(sha256, octets);
      this.#objects += 1;
      this.#octets += octets ?? size;
    } catch (error) {
      if (!isEngineError(error) || error.code === 'cancelled') throw error;
      if (error.code === 'store-missing') return false;
      this.#bad.set(sha256, { code: 'object-damaged', message: unreadable(error), isProven: false });
    }
    return true;
  }

  /** Its octets when they are the right ones; otherwise that is noted. */
  async #hash(sha256: Sha256): Promise<number | undefined> {
    const found = await digestOf(loadObject(this.#store, sha256, { passing: true }), this.#goOn);
    this.#readObjects += 1;
    this.#readOctets += found.octets;
    if (found.sha256 === sha256) return found.octets;
    const message = `its ${found.octets} octets hash to ${found.sha256}`;
    this.#bad.set(sha256, { code: 'object-damaged', message, isProven: true });
    return undefined;
  }
}
