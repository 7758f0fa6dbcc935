// `check`: looks at everything, reads what it is told to, and says what is wrong and whom it hurts (FORMAT.md
// section 10). Changes nothing; with `repair` it moves damaged things aside (repair.ts). Keeps a few numbers for
// each object and each device, never content.

import { EngineError, isEngineError } from '../errors.js';
import type { Clock, Store, StoreHandle } from '../ports.js';
import { imageEntries, readImage, type ImageEntry, type ImageReading } from './catalogue.js';
import { leftover, unknownFile, unreadable } from './check-finding.js';
import { checkJournal } from './check-journal.js';
import { checkLocks, checkRuns } from './check-logs.js';
import { type Aside, type Keeper, ObjectCheck } from './check-objects.js';
import { type Part, partToRead } from './check-part.js';
import { Devices } from './check-devices.js';
import { readFact } from './facts.js';
import { fileKey, objectPlace, piecesOf, verifyWhole } from './image-content.js';
import type { Locks } from './lock.js';
import { parseFactName, parseImageName, type ImageName } from './names.js';
import { hashesIn, manifestsAside } from './named-hashes.js';
import { loadRepositoryFile, REPOSITORY_HANDLE } from './repository-file.js';
import type { ImageFile, ImageId, ImageSummary, Sha256 } from './types.js';
import type { CheckFinding, CheckOptions, CheckReport, DeviceReference } from './upkeep-types.js';

export interface CheckContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Where the repository is, for messages. */
  readonly place: string;
  /** Absent: nobody's lock is looked at. */
  readonly locks?: Locks | undefined;
}

/** A finding, and what a repair can do about it. */
export interface Found extends CheckFinding {
  /** The file is surely wrong, not merely unreadable. */
  readonly isProven: boolean;
  /** Where a misplaced manifest belongs, in the area "images". */
  readonly belongs?: string;
}

/** What was found, before anything was done about it. */
export interface Findings extends Omit<CheckReport, 'findings'> {
  readonly findings: readonly Found[];
}

/** Looks at the whole repository. Rejects `usage`, `cancelled`, or what the store rejects with when it is gone. */
export async function findFaults(context: CheckContext, options: CheckOptions): Promise<Findings> {
  const part = partToRead(options.readData ?? false, context.clock.unixTime());
  return new Check(context, part, options.signal).run();
}

/** The same without a repository that could be opened: also what has lost its repository.json. */
export async function checkRepository(
  context: CheckContext,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const { findings, ...report } = await findFaults(context, options);
  return { ...report, findings: findings.map(publicFinding) };
}

/** A finding as it is told. */
export function publicFinding(found: Found): CheckFinding {
  const { severity, code, place, message, images, devices, cure, movedTo } = found;
  return {
    ...{ severity, code, place, message, images, devices },
    ...(cure === undefined ? {} : { cure }),
    ...(movedTo === undefined ? {} : { movedTo }),
  };
}

const MANIFEST_CURE =
  'A fresh backup of the device makes a new image; this one comes back from a copy of the repository or an exported file alone.';

type Fault = Pick<Found, 'code' | 'place' | 'message'> & Partial<Found>;

class Check {
  readonly #context: CheckContext;
  readonly #store: Store;
  readonly #part: Part | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #findings: Found[] = [];
  readonly #objects: ObjectCheck;
  readonly #devices = new Devices();
  /** Files that need more than right objects: those with record boundaries, and those of several objects. */
  readonly #wholes = new Map<string, ImageFile>();
  /** What is wrong with a file of that key. */
  readonly #badFiles = new Map<string, string>();
  /** Needed objects that a prune has set aside. */
  readonly #setAside = new Map<Sha256, string>();
  /** Images whose facts speak of a run. */
  readonly #runs = new Map<string, Set<ImageId>>();
  /** Facts whose manifest has not come by yet: it comes next, or never. */
  #pending: { readonly manifest: string; readonly facts: string[] } | undefined;
  #images = 0;

  constructor(context: CheckContext, part: Part | undefined, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#store = context.store;
    this.#part = part;
    this.#signal = signal;
    this.#objects = new ObjectCheck(this.#store, part, () => this.#goOn());
  }

  async run(): Promise<Findings> {
    this.#goOn();
    await this.#repositoryFile();
    // Images before objects: what a backup adds in the meantime is then too new, never missing.
    await this.#allImages();
    for await (const aside of this.#objects.run()) this.#aside(aside);
    if (this.#part) await this.#wholeFiles();
    await this.#blame();
    for await (const finding of checkJournal(this.#store)) this.#add(finding);
    for await (const finding of checkRuns(this.#store, this.#runs, () => this.#goOn())) this.#add(finding);
    for await (const finding of checkLocks(this.#store, this.#context.locks)) this.#add(finding);
    await this.#leftovers();
    return {
      images: this.#images,
      ...this.#objects.all,
      read: this.#objects.read,
      ...(this.#part && this.#part.of > 1 ? { part: slicesRead(this.#part) } : {}),
      backUp: this.#devices.inNeed(),
      findings: this.#findings,
    };
  }

  async #repositoryFile(): Promise<void> {
    try {
      await loadRepositoryFile(this.#store, this.#context.place);
    } catch (error) {
      if (!isEngineError(error) || error.code === 'repository-format') throw error;
      const cure =
        'Images and objects are whole: move the file away, and make a new one with "bacvault init".';
      this.#error({
        code: 'repository-damaged',
        place: REPOSITORY_HANDLE.name,
        message: error.message,
        cure,
      });
    }
    for await (const name of this.#store.list('repository')) {
      if (name !== REPOSITORY_HANDLE.name) this.#unknown(name);
    }
  }

  async #allImages(): Promise<void> {
    for await (const name of this.#store.list('images')) {
      this.#goOn();
      const fact = parseFactName(name);
      const says = parseImageName(fact?.manifest ?? name);
      await this.#settleFacts(fact?.manifest ?? name);
      if (!says) this.#unknown(`images/${name}`);
      else if (fact) await this.#fact(name, fact.manifest, says);
      else await this.#manifest({ name, says });
    }
    await this.#settleFacts('');
    for await (const { handle, manifest } of manifestsAside(this.#store)) await this.#keep(handle, manifest);
  }

  /** A manifest that is no image where it stands may be mended: what it names is not there for nothing. */
  async #keep(handle: StoreHandle, manifest: string): Promise<void> {
    const { area, name } = handle;
    try {
      const image = parseImageName(manifest)?.id8;
      const keeper = { place: `${area}/${name}`, ...(image === undefined ? {} : { image }) };
      this.#objects.keep(await hashesIn(this.#store, handle), keeper);
    } catch (error) {
      if (!isEngineError(error)) throw error; // What cannot be read names nothing that could be told.
    }
  }

  async #manifest({ name, says }: ImageEntry): Promise<void> {
    this.#pending = undefined;
    const reading = await this.#read({ name, says });
    if (reading.kind === 'image') this.#note(reading.image);
    if (reading.kind === 'image' || reading.kind === 'gone') return;
    const { kind: code, fault: message, isProven = true } = reading;
    const place = `images/${name}`;
    await this.#keep({ area: 'images', name }, name);
    if (reading.kind === 'manifest-misplaced') {
      const { belongs } = reading;
      const cure = '"bacvault check --repair" puts it where it belongs.';
      this.#error({
        code,
        place,
        message,
        ...whom(parseImageName(belongs) ?? says),
        isProven,
        belongs,
        cure,
      });
      return;
    }
    this.#devices.lost(says);
    this.#error({ code, place, message, ...whom(says), isProven, cure: MANIFEST_CURE });
  }

  /** A manifest that cannot be read at all is a damaged one: the check goes on. */
  async #read(entry: ImageEntry): Promise<ImageReading & { readonly isProven?: boolean }> {
    try {
      return await readImage(this.#store, entry);
    } catch (error) {
      return { kind: 'manifest-damaged', fault: unreadable(error), isProven: false };
    }
  }

  #note({ id, manifest }: ImageSummary): void {
    this.#images += 1;
    this.#devices.seen(id, manifest);
    for (const file of manifest.files) {
      this.#objects.claim(file);
      if (this.#part && (file.recordLengths !== undefined || file.objects.length !== 1))
        this.#wholes.set(fileKey(file), file);
    }
  }

  async #fact(name: string, manifest: string, says: ImageName): Promise<void> {
    this.#pending ??= { manifest, facts: [] };
    this.#pending.facts.push(name);
    const fault = { code: 'fact-damaged', place: `images/${name}`, ...whom(says) } as const;
    const cure = 'What it said of the image is lost: verify, tag or note it again.';
    try {
      const reading = await readFact(this.#store, name);
      if (reading.kind === 'damaged') this.#error({ ...fault, message: reading.fault, isProven: true, cure });
      if (reading.kind !== 'fact') return;
      const { image, fact } = reading.fact;
      if ('run' in fact) this.#runs.set(fact.run, (this.#runs.get(fact.run) ?? new Set()).add(image));
    } catch (error) {
      this.#error({ ...fault, message: unreadable(error), cure });
    }
  }

  /** Facts stand before their manifest in the list. When something else comes, the manifest is gone. */
  async #settleFacts(manifest: string): Promise<void> {
    const pending = this.#pending;
    if (!pending || pending.manifest === manifest) return;
    this.#pending = undefined;
    if (await this.#store.exists({ area: 'images', name: pending.manifest })) return;
    for (const name of pending.facts)
      this.#leftover(
        `images/${name}`,
        'the image that it is about is not there; the next prune takes it away',
      );
  }

  #aside(aside: Aside): void {
    const { kind, place } = aside;
    if (kind === 'unknown') this.#unknown(place);
    else if (aside.keeper !== undefined) this.#kept(place, aside.keeper);
    else if (kind === 'unneeded')
      this.#leftover(
        place,
        'no image names it: of an image that was forgotten, or of a backup that failed or is under way',
      );
    else if (aside.needed) this.#setAside.set(aside.sha256, place);
    else
      this.#leftover(
        place,
        'set aside by a prune that was stopped, or is under way; the next one deletes it',
      );
  }

  #kept(place: string, { place: by, image }: Keeper): void {
    const message = `no image that is in its place and whole names it, but ${by} does: no prune takes it away`;
    this.#add({ ...leftover(place, message), images: image === undefined ? [] : [image] });
  }

  async #wholeFiles(): Promise<void> {
    for (const [key, file] of this.#wholes) {
      this.#goOn();
      if (!this.#objects.isRead(file.sha256) || !this.#objects.isWhole(file)) continue;
      try {
        await verifyWhole(this.#store, file, () => this.#goOn());
      } catch (error) {
        if (!isEngineError(error) || error.code === 'cancelled') throw error;
        this.#badFiles.set(key, error.message);
      }
    }
  }

  /** Reads the manifests once more, only when something is wrong, to say which images it hurts. */
  async #blame(): Promise<void> {
    const { bad, hasSizeFaults } = this.#objects;
    if (bad.size + this.#badFiles.size + this.#setAside.size === 0 && !hasSizeFaults) return;
    const needed = new Map<Sha256, ImageId[]>();
    for await (const entry of imageEntries(this.#store)) {
      this.#goOn();
      const reading = await this.#read(entry);
      if (reading.kind !== 'image') continue;
      const { id, manifest } = reading.image;
      for (const file of manifest.files) {
        const fault = this.#badFiles.get(fileKey(file)) ?? this.#objects.sizeFault(file);
        if (fault === undefined) continue;
        this.#devices.hurt(id);
        this.#error({
          ...{ code: 'manifest-damaged', place: `images/${entry.name}` },
          message: `${file.objectIdentifier}: ${fault}`,
          ...{ images: [id], devices: whom(entry.says).devices, isProven: true },
          cure: MANIFEST_CURE,
        });
      }
      for (const { sha256 } of manifest.files.flatMap(piecesOf))
        if (bad.has(sha256) || this.#setAside.has(sha256)) {
          const images = needed.get(sha256) ?? [];
          if (!images.includes(id)) images.push(id);
          needed.set(sha256, images);
          this.#devices.known(id, entry.says);
        }
    }
    this.#blameObjects(needed);
  }

  #blameObjects(needed: ReadonlyMap<Sha256, readonly ImageId[]>): void {
    for (const [sha256, place] of this.#setAside) {
      const images = needed.get(sha256) ?? [];
      const message = 'set aside by a prune that was stopped, or is under way; the next one puts it back';
      this.#add({ ...leftover(place, message), images, devices: this.#devices.of(images) });
    }
    for (const [sha256, { code, message, isProven }] of this.#objects.bad) {
      const images = needed.get(sha256) ?? [];
      // Forgotten and pruned since its manifest was read.
      if (code === 'object-missing' && images.length === 0) continue;
      for (const id of images) this.#devices.hurt(id);
      const devices = this.#devices.of(images);
      this.#error({
        ...{ code, place: objectPlace(sha256), message, images, devices, isProven },
        cure: objectCure(
          images.length > 0,
          images.some((id) => this.#devices.isNewest(id)),
        ),
      });
    }
  }

  async #leftovers(): Promise<void> {
    for await (const { place, octets } of this.#store.leftovers())
      this.#leftover(place, `${octets} octets of a save that was interrupted, or is under way`);
  }

  #goOn(): void {
    if (this.#signal?.aborted === true)
      throw new EngineError('cancelled', 'the check was cancelled', { cause: this.#signal.reason });
  }

  #add(finding: CheckFinding & Partial<Found>): void {
    this.#findings.push({ isProven: false, ...finding });
  }

  #error(fault: Fault): void {
    this.#add({ severity: 'error', images: [], devices: [], ...fault });
  }

  #leftover(place: string, message: string): void {
    this.#add(leftover(place, message));
  }

  #unknown(place: string): void {
    this.#add(unknownFile(place));
  }
}

/** Slices as people count them. */
function slicesRead({ first, count, of }: Part): NonNullable<CheckReport['part']> {
  return { first: first + 1, last: ((first + count - 1) % of) + 1, of };
}

/** The image and the device of a file that only its name tells of. */
function whom({ id8, site, instance }: ImageName): {
  readonly images: readonly ImageId[];
  readonly devices: readonly DeviceReference[];
} {
  return { images: [id8], devices: [{ site, instance }] };
}

function objectCure(isNeeded: boolean, isNewest: boolean): string {
  if (!isNeeded) return 'No image needs it: "bacvault check --repair" moves it aside, or prune deletes it.';
  const copy = 'otherwise it comes back from a copy of the repository, or an exported file, alone';
  return isNewest
    ? `A fresh backup of the device stores it again, if the device still has this content; ${copy}.`
    : `Only older images need it. A fresh backup stores it again if a device still has this content; ${copy}.`;
}
