// Which invoke id the next request to a peer carries (clause 5.4.1): unique among those outstanding with
// that peer, never 0 (some stacks take 0 for none), going round, so that an answer that comes late finds
// nobody. An id whose request ended without a clean answer rests before it is used again.

import { INVOKE_ID_PEERS_MAX, INVOKE_IDS_RESTING_MAX } from '../limits.js';

const INVOKE_IDS = 255;

export class InvokeIds {
  /** Peers that we asked lately, each with its last id; the one asked longest ago comes first. */
  readonly #lastOfPeer = new Map<string, number>();
  /** Resting ids by peer and id, and the time when each may be used again. */
  readonly #resting = new Map<string, number>();
  /** Where the next new peer starts. */
  #start: number;
  /** The peer that was asked last: its place in the order is right already. */
  #latest: string | undefined;

  /** `first`: the first id of the first peer, 1..255. */
  constructor(first = 1) {
    this.#start = first;
  }

  /**
   * The next free id for a peer, or undefined when all 255 are out or resting. `isOutstanding` tells what
   * is out.
   */
  next(peer: string, isOutstanding: (id: number) => boolean, now: number): number | undefined {
    let id = this.#lastOfPeer.get(peer) ?? this.#before(this.#start);
    for (let tries = 0; tries < INVOKE_IDS; tries++) {
      id = (id % INVOKE_IDS) + 1;
      if (isOutstanding(id) || this.#rests(peer, id, now)) continue;
      this.#remember(peer, id);
      return id;
    }
    return undefined;
  }

  /** Lets an id rest until `until`: its request may still be answered. */
  rest(peer: string, id: number, until: number, now: number): void {
    if (this.#resting.size >= INVOKE_IDS_RESTING_MAX) this.#forgetRested(now);
    this.#resting.set(restKey(peer, id), until);
  }

  #rests(peer: string, id: number, now: number): boolean {
    if (this.#resting.size === 0) return false;
    const until = this.#resting.get(restKey(peer, id));
    if (until === undefined) return false;
    if (now < until) return true;
    this.#resting.delete(restKey(peer, id));
    return false;
  }

  /** Forgets what has rested; when that is nothing, the id that began to rest first. */
  #forgetRested(now: number): void {
    for (const [key, until] of this.#resting) if (until <= now) this.#resting.delete(key);
    if (this.#resting.size >= INVOKE_IDS_RESTING_MAX) deleteFirst(this.#resting);
  }

  #remember(peer: string, id: number): void {
    // A new peer starts where no other did lately: one that is forgotten and asked again gets other ids.
    if (peer !== this.#latest && !this.#lastOfPeer.delete(peer)) {
      this.#start = (this.#start % INVOKE_IDS) + 1;
      if (this.#lastOfPeer.size >= INVOKE_ID_PEERS_MAX) deleteFirst(this.#lastOfPeer);
    }
    this.#lastOfPeer.set(peer, id);
    this.#latest = peer;
  }

  #before(id: number): number {
    return id === 1 ? INVOKE_IDS : id - 1;
  }
}

function restKey(peer: string, id: number): string {
  return `${peer}#${id}`;
}

function deleteFirst<Key>(map: Map<Key, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
