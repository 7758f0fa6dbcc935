// Stores whose operations wait for their turn, so that a test decides in which order those of several actors
// happen: every order that matters can be tried, one by one or at random.

import type { Store } from '../../src/ports.js';
import { changedStore } from '../src/repository/samples.js';

export class Turns {
  readonly #waiting = new Map<string, () => void>();
  #running: Set<string> | undefined;

  /** A store of one actor over the store of all. Before `run` everybody may do what he likes. */
  store(actor: string, inner: Store): Store {
    const turn = (): Promise<void> =>
      this.#running === undefined
        ? Promise.resolve()
        : new Promise((resolve) => this.#waiting.set(actor, resolve));
    const waiting =
      <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        await turn();
        return work(...args);
      };
    return changedStore(inner, {
      save: waiting(inner.save.bind(inner)),
      saveNamed: waiting(inner.saveNamed.bind(inner)),
      append: waiting(inner.append.bind(inner)),
      exists: waiting(inner.exists.bind(inner)),
      size: waiting(inner.size.bind(inner)),
      remove: waiting(inner.remove.bind(inner)),
      move: waiting(inner.move.bind(inner)),
      touch: waiting(inner.touch.bind(inner)),
      age: waiting(inner.age.bind(inner)),
      async *load(handle) {
        await turn();
        yield* inner.load(handle);
      },
      async *list(area, prefix) {
        await turn();
        yield* inner.list(area, prefix);
      },
    });
  }

  /**
   * Runs all actors to their ends. `next` says who does the next operation, out of those who can; gives the
   * number of operations of each.
   */
  async run<T>(
    actors: Readonly<Record<string, () => Promise<T>>>,
    next: (ready: readonly string[]) => string,
  ): Promise<{
    readonly outcomes: Readonly<Record<string, PromiseSettledResult<T>>>;
    readonly operations: number;
  }> {
    const running = new Set(Object.keys(actors));
    this.#running = running;
    const ends = Object.entries(actors).map(async ([actor, work]) => {
      const [outcome] = await Promise.allSettled([work()]);
      running.delete(actor);
      return [actor, outcome] as const;
    });
    let operations = 0;
    while (running.size > 0) {
      // All microtasks of everybody, so that whoever has something to do next is at his door.
      await new Promise((resolve) => setImmediate(resolve));
      const ready = [...running].filter((actor) => this.#waiting.has(actor));
      if (ready.length === 0) continue;
      const actor = next(ready);
      const go = this.#waiting.get(actor);
      this.#waiting.delete(actor);
      operations += 1;
      go?.();
    }
    return { outcomes: Object.fromEntries(await Promise.all(ends)), operations };
  }
}
