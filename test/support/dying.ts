// A repository on a simulated disk, and one command on it whose process dies at one point: at any operation that
// changes the disk, before it or after it, alone or together with the power. Then what the next process finds.

import { SeededRandom } from '../../simulator/index.js';
import { FileStore } from '../../src/io/file-store.js';
import type { FileSystem } from '../../src/io/file-system.js';
import type { Clock, Processes } from '../../src/ports.js';
import { initRepository, openRepository, type Repository } from '../../src/repository/index.js';
import { clock, random } from '../src/repository/samples.js';
import { type Death, SimulatedDisk } from './simulated-disk.js';

const PLACE = '/repository';
const HOST = 'here';
const HOUR_MS = 3_600_000;

/** Where and how a process dies. */
export interface Dying {
  /** 0 for the first operation that changes something. */
  readonly at: number;
  readonly death: Death;
  /** With the process goes the power, and what was not synced. */
  readonly powerFails: boolean;
}

/** What became of the command. */
export type Ending = 'done' | 'died' | { readonly failed: unknown };

/** The time of one test: only waiting makes it pass. */
let nowMs = clock.unixTime();

export class DyingDisk {
  readonly #disk: SimulatedDisk;
  /** Processes that have ended. */
  readonly #gone: Set<number>;
  readonly #change: (files: FileSystem) => FileSystem;
  #processes: number;

  /** @param template a disk that it is a copy of. @param change makes what a process sees from the disk's own files. */
  constructor(
    seed: string,
    template?: DyingDisk,
    change: (files: FileSystem) => FileSystem = (files) => files,
  ) {
    const own = new SeededRandom(seed);
    this.#disk = template ? template.#disk.copy(own) : new SimulatedDisk(own, () => nowMs);
    this.#gone = new Set(template ? template.#gone : []);
    this.#processes = template ? template.#processes : 0;
    this.#change = change;
  }

  /** The repository as the first process has made it. */
  init(): Promise<Repository> {
    return initRepository(this.#store(this.#disk.mount()), { ...this.#ports(), defaultSite: 'hq' });
  }

  /** The repository as a process that does not die finds it. */
  open(): Promise<Repository> {
    return openRepository(this.#store(this.#disk.mount()), this.#ports());
  }

  /** Runs one command in a process of its own, which dies as it is told. */
  async run(command: (repository: Repository) => Promise<unknown>, dying?: Dying): Promise<Ending> {
    let points = 0;
    let die: () => void = () => undefined;
    const death = new Promise<'died'>((resolve) => (die = () => resolve('died')));
    const fileSystem = this.#disk.mount(() => {
      points += 1;
      if (dying === undefined || points <= dying.at) return undefined;
      die();
      return dying.death;
    });
    const ports = this.#ports();
    const own = this.#processes;
    const act = openRepository(this.#store(fileSystem), ports).then(command);
    const ending = await Promise.race([
      act.then(
        () => 'done' as const,
        (failed: unknown) => ({ failed }),
      ),
      death,
    ]);
    this.#gone.add(own);
    if (dying?.powerFails === true) this.#disk.crash();
    return ending;
  }

  /** Puts a file where it belongs, or does not, as no process would. */
  async put(path: string, octets: Uint8Array): Promise<void> {
    const files = this.#disk.mount();
    const place = `${PLACE}/${path}`;
    await files.unlink(place).catch(() => undefined);
    const file = await files.open(place, 'wx');
    await file.write(octets);
    await file.sync();
    await files.syncFolder(place.slice(0, place.lastIndexOf('/')));
  }

  /** The content of every file, by its path. */
  async files(): Promise<ReadonlyMap<string, Uint8Array>> {
    const files = this.#disk.mount();
    const found = new Map<string, Uint8Array>();
    const walk = async (folder: string): Promise<void> => {
      for (const { name, isFolder } of await files.entries(folder)) {
        const path = `${folder}/${name}`;
        if (isFolder) await walk(path);
        else {
          const octets = new Uint8Array((await files.facts(path)).size);
          await (await files.open(path, 'r')).read(octets);
          found.set(path.slice(PLACE.length + 1), octets);
        }
      }
    };
    await walk(PLACE);
    return found;
  }

  /** A day passes: what is in tmp/ is old now. */
  wait(): void {
    nowMs += 25 * HOUR_MS;
  }

  #store(fileSystem: FileSystem): FileStore {
    // A claim that is in the way gets old while one waits for it.
    const wait = (): Promise<void> => {
      nowMs += 2000;
      return Promise.resolve();
    };
    return new FileStore(PLACE, { fileSystem: this.#change(fileSystem), wait });
  }

  #ports(): { place: string; clock: Clock; random: ReturnType<typeof random>; processes: Processes } {
    this.#processes += 1;
    const processId = this.#processes;
    const stateOf: Processes['stateOf'] = (other) =>
      Promise.resolve(this.#gone.has(other.processId) ? 'gone' : 'running');
    const processes = { own: () => Promise.resolve({ host: HOST, processId }), stateOf };
    return { place: PLACE, clock, random: random(processId), processes };
  }
}
