// A Map for what comes and goes all the time, as the requests that are out. V8 links each table of a Map to the one
// that takes its place; where one of them has grown old, all later ones and what they hold live on as
// garbage until the next whole collection: tens of MiB in a long backup. So the Map is made anew now and then.

/** Entries that go before the Map is made anew: more often than young garbage is collected. */
const RENEWED_AFTER = 256;

/** The part of a Map that is needed here; entries keep the order in which they came. */
export class PassingMap<Key, Value> {
  #map = new Map<Key, Value>();
  #gone = 0;

  get size(): number {
    return this.#map.size;
  }

  has(key: Key): boolean {
    return this.#map.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: Value): void {
    this.#map.set(key, value);
  }

  /** Whether there was such an entry. */
  delete(key: Key): boolean {
    if (!this.#map.delete(key)) return false;
    this.#gone += 1;
    if (this.#gone >= RENEWED_AFTER) {
      this.#map = new Map(this.#map);
      this.#gone = 0;
    }
    return true;
  }

  clear(): void {
    this.#map = new Map();
    this.#gone = 0;
  }

  keys(): MapIterator<Key> {
    return this.#map.keys();
  }

  /** Whoever takes entries out meanwhile makes a copy of them first. */
  values(): MapIterator<Value> {
    return this.#map.values();
  }
}
