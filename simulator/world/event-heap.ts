// What is still to happen, in order: a binary heap of (timeMs, sequence, action).
// Events of the same time happen in the order in which they were added. It must never run an action.

/** A handle on something that is still to happen. */
export interface Scheduled {
  /** Makes it not happen. Harmless afterwards. */
  cancel(): void;
}

interface Entry {
  readonly timeMs: number;
  readonly sequence: number;
  action: (() => void) | undefined;
}

/** Cancelled entries are swept when there are more of them than this, and more than live ones. */
const SWEEP_FROM = 256;

export class EventHeap {
  #entries: Entry[] = [];
  #sequence = 0;
  #cancelled = 0;

  /** Number of events that will still happen. */
  get size(): number {
    return this.#entries.length - this.#cancelled;
  }

  add(timeMs: number, action: () => void): Scheduled {
    const entry: Entry = { timeMs, sequence: this.#sequence++, action };
    this.#entries.push(entry);
    this.#rise(this.#entries.length - 1);
    return {
      cancel: () => {
        if (entry.action === undefined) return;
        entry.action = undefined;
        this.#cancelled++;
        this.#sweep();
      },
    };
  }

  /** When the next event is due; undefined when nothing is left. */
  get nextTimeMs(): number | undefined {
    for (;;) {
      const first = this.#entries[0];
      if (first === undefined || first.action !== undefined) return first?.timeMs;
      this.#removeFirst();
      this.#cancelled--;
    }
  }

  /** Takes the next event out; undefined when nothing is left. */
  take(): (() => void) | undefined {
    if (this.nextTimeMs === undefined) return undefined;
    const first = this.#entries[0];
    const action = first?.action;
    this.#removeFirst();
    if (first !== undefined) first.action = undefined;
    return action;
  }

  #removeFirst(): void {
    const last = this.#entries.pop();
    if (last === undefined || this.#entries.length === 0) return;
    this.#entries[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  #sink(from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = this.#earlier(right, left) ? right : left;
      if (!this.#swapIfEarlier(child, index)) return;
      index = child;
    }
  }

  #earlier(index: number, than: number): boolean {
    const one = this.#entries[index];
    const other = this.#entries[than];
    if (one === undefined || other === undefined) return false;
    return one.timeMs < other.timeMs || (one.timeMs === other.timeMs && one.sequence < other.sequence);
  }

  #swapIfEarlier(index: number, than: number): boolean {
    if (!this.#earlier(index, than)) return false;
    const one = this.#entries[index];
    const other = this.#entries[than];
    if (one === undefined || other === undefined) return false;
    this.#entries[index] = other;
    this.#entries[than] = one;
    return true;
  }

  /** A client cancels nearly every timer it sets: without this they would pile up until their time. */
  #sweep(): void {
    if (this.#cancelled < SWEEP_FROM || this.#cancelled * 2 < this.#entries.length) return;
    this.#entries = this.#entries.filter((entry) => entry.action !== undefined);
    this.#cancelled = 0;
    for (let index = (this.#entries.length >> 1) - 1; index >= 0; index--) this.#sink(index);
  }
}
