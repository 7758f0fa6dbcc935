// One repository in memory and several computers that work on it, in a world with one virtual time: for tests of
// what they do to each other. Which processes are gone is up to the test.

import type { Store } from '../../src/ports.js';
import { initRepository, MemoryStore, openRepository, type Repository } from '../../src/repository/index.js';
import { World } from '../../simulator/index.js';

export class Computers {
  readonly world = new World();
  readonly store = new MemoryStore(() => this.world.clock.now());
  /** Processes that have ended, as "host 4711". */
  readonly gone = new Set<string>();
  #opened = 0;

  static async open(): Promise<Computers> {
    const computers = new Computers();
    await initRepository(computers.store, { ...computers.#ports('setup', 1), defaultSite: 'hq' });
    return computers;
  }

  /** The repository as a process of a computer has opened it, over a store of its own if need be. */
  repository(host: string, processId = 1, over: Store = this.store): Promise<Repository> {
    return openRepository(over, this.#ports(host, processId));
  }

  /** Runs to the end, in virtual time. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.world.run(work(), { limitMs: 7 * 24 * 3_600_000 });
  }

  #ports(host: string, processId: number): Parameters<typeof openRepository>[1] {
    const { world, gone } = this;
    this.#opened += 1;
    return {
      place: '/srv/backups',
      clock: world.clock,
      random: world.random(`opened ${this.#opened}`),
      processes: {
        own: () => Promise.resolve({ host, processId }),
        stateOf: (other) => {
          const isOwn = other.host === host && other.processId === processId;
          if (!isOwn && gone.has(`${other.host} ${other.processId}`)) return Promise.resolve('gone');
          return Promise.resolve(other.host === host ? 'running' : 'elsewhere');
        },
      },
    };
  }
}
