// Invoke ids of one peer (clause 5.4.1, protocol notes 4.4): unique among what is outstanding, never 0
// (some stacks take 0 for "none"), going round, and resting after a request that got no answer, so that
// a late answer is never taken for the answer to another question.

const FIRST = 1;
const LAST = 255;

export class InvokeIds {
  readonly #taken = new Set<number>();
  /** When a resting id may be used again. */
  readonly #resting = new Map<number, number>();
  #next: number;

  constructor(first = FIRST) {
    this.#next = Math.min(Math.max(Math.trunc(first), FIRST), LAST);
  }

  get idle(): boolean {
    return this.#taken.size === 0 && this.#resting.size === 0;
  }

  /** A free id, or undefined when all 255 are taken or resting. */
  take(now: number): number | undefined {
    for (let tries = FIRST; tries <= LAST; tries += 1) {
      const id = this.#next;
      this.#next = id === LAST ? FIRST : id + 1;
      if (this.#taken.has(id) || (this.#resting.get(id) ?? -Infinity) > now) continue;
      this.#resting.delete(id);
      this.#taken.add(id);
      return id;
    }
    return undefined;
  }

  /** Gives an id back; with `until` it rests first. */
  release(id: number, until?: number): void {
    this.#taken.delete(id);
    if (until !== undefined) this.#resting.set(id, until);
  }

  /** Forgets rests that are over. */
  tidy(now: number): void {
    for (const [id, until] of this.#resting) if (until <= now) this.#resting.delete(id);
  }
}
