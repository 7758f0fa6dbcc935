// One life of the engine's process in a world: its clock, its socket, its disk. When it is killed, nothing
// that it waits for ever comes, and nothing that it sends leaves: as dead as a process can be.

import { createClient, type Client } from '../../src/client/index.js';
import { FileStore } from '../../src/io/file-store.js';
import type { Clock, Processes, Transport } from '../../src/ports.js';
import { initRepository, openRepository, type Repository } from '../../src/repository/index.js';
import type { World } from '../../simulator/index.js';
import type { Death, DiskOperation, SimulatedDisk } from '../support/simulated-disk.js';

/** What a process sends and hears, as it sees it. */
export interface WireObserver {
  sent(datagram: Uint8Array, to: string): void;
  heard(datagram: Uint8Array, from: string): void;
}

export interface ProcessOptions {
  readonly world: World;
  readonly disk: SimulatedDisk;
  readonly address: string;
  /** Number of lives before this one. */
  readonly life: number;
  readonly observer: WireObserver;
  /** What can be seen of other processes; undefined: nothing. */
  readonly processes: Processes | undefined;
  /** Asked at every operation on the disk. */
  readonly judge: (operation: DiskOperation) => Death | undefined;
}

const PLACE = '/repository';

/** The computer that all lives are on. */
export const HOST = 'swarm';

export class EngineProcess {
  readonly client: Client;
  readonly clock: Clock;
  readonly address: string;
  readonly #transport: Transport;
  readonly #store: FileStore;
  readonly #world: World;
  readonly #processes: { readonly processes?: Processes };
  readonly #life: number;
  #repository: Repository | undefined;
  #dead = false;
  #announceDeath: () => void = () => undefined;
  /** Resolves when the process dies. */
  readonly death: Promise<'died'>;

  constructor({ world, disk, address, life, observer, judge, processes }: ProcessOptions) {
    this.#world = world;
    this.#processes = processes === undefined ? {} : { processes };
    this.#life = life;
    this.address = address;
    this.death = new Promise((resolve) => {
      this.#announceDeath = () => resolve('died');
    });
    this.clock = this.#mortalClock();
    this.#transport = this.#mortalTransport(observer);
    const { clock } = this;
    this.client = createClient({
      clock,
      transport: this.#transport,
      random: world.random(`client ${address} ${life}`),
    });
    const fileSystem = disk.mount((operation) => {
      const death = this.#dead ? 'before' : judge(operation);
      if (death !== undefined) this.kill();
      return death;
    });
    this.#store = new FileStore(PLACE, { fileSystem, wait: (ms) => clock.sleep(ms) });
  }

  get dead(): boolean {
    return this.#dead;
  }

  get repository(): Repository {
    if (this.#repository === undefined) throw new Error('the repository is not open yet');
    return this.#repository;
  }

  async open(): Promise<void> {
    this.#repository = await openRepository(this.#store, {
      place: PLACE,
      clock: this.clock,
      random: this.#world.random(`repository ${this.address} ${this.#life}`),
      ...this.#processes,
    });
  }

  async init(): Promise<void> {
    const random = this.#world.random(`repository ${this.address} ${this.#life}`);
    const options = { place: PLACE, clock: this.clock, random, defaultSite: 'swarm', ...this.#processes };
    this.#repository = await initRepository(this.#store, options);
  }

  /** Leaves locks behind that nobody holds: of a dead process here, of one elsewhere, and one cut short. */
  async leaveLocks(count: number): Promise<void> {
    const holders = [
      { mode: 'use', host: HOST, processId: 999, processMark: 'dead' },
      { mode: 'upkeep', host: 'elsewhere', processId: 7 },
      undefined,
    ];
    for (const [i, holder] of holders.slice(0, count).entries()) {
      const id = String(i).padStart(16, '0');
      const since = '2026-01-01T00:00:00Z';
      const lock = {
        kind: 'bacvault-lock',
        format: 1,
        id,
        command: 'prune',
        since,
        tool: 'swarm',
        ...holder,
      };
      const text = holder === undefined ? '{"kind":"bacv' : JSON.stringify(lock);
      await this.#store.save({ area: 'locks', name: `${id}.json` }, new TextEncoder().encode(text));
    }
  }

  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    void this.#transport.close();
    this.#announceDeath();
  }

  #mortalClock(): Clock {
    const { clock } = this.#world;
    return {
      now: () => clock.now(),
      unixTime: () => clock.unixTime(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          clock.sleep(ms, signal).then(
            () => {
              if (!this.#dead) resolve();
            },
            (reason: unknown) => {
              // The aborter's own value, unchanged.
              // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
              if (!this.#dead) reject(reason);
            },
          );
        }),
      after: (ms, act) =>
        clock.after(ms, () => {
          if (!this.#dead) act();
        }),
    };
  }

  #mortalTransport(observer: WireObserver): Transport {
    const transport = this.#world.transport(this.address);
    return {
      localAddress: this.address,
      send: (datagram, to) => {
        if (this.#dead) return;
        observer.sent(datagram, to);
        transport.send(datagram, to);
      },
      onDatagram: (listener) =>
        transport.onDatagram((datagram, from) => {
          if (this.#dead) return;
          observer.heard(datagram, from);
          listener(datagram, from);
        }),
      close: () => transport.close(),
    };
  }
}
