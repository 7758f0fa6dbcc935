// Networks that cannot be reached for now, by what their routers said (clauses 6.4.6, 6.4.7, 6.6.3). A word
// of a router counts for what lies behind that router only. Bounded; a router that never takes its word
// back is believed for ROUTER_BUSY_MS.

import type { Address, LinkAddress } from '../address.js';
import { BUSY_ROUTERS_MAX, ROUTER_BUSY_MS } from '../limits.js';

/** Stands for every network behind a router. */
const ALL = 'all';

export class BusyRouters {
  /** By router and network, until when. */
  readonly #until = new Map<string, number>();

  /** Router-Busy-To-Network; without networks it means all behind the router. Gives the end of the pause. */
  busy(router: LinkAddress, networks: readonly number[], now: number): number {
    const until = now + ROUTER_BUSY_MS;
    for (const [key, end] of this.#until) if (end <= now) this.#until.delete(key);
    const keys =
      networks.length === 0 ? [keyOf(router, ALL)] : networks.map((network) => keyOf(router, network));
    for (const key of keys) {
      if (this.#until.size < BUSY_ROUTERS_MAX || this.#until.has(key)) this.#until.set(key, until);
    }
    return until;
  }

  /** Router-Available-To-Network; without networks it means all behind the router. */
  available(router: LinkAddress, networks: readonly number[]): void {
    // Of "all" it is not known which are still busy: the next message to them finds out.
    this.#until.delete(keyOf(router, ALL));
    for (const network of networks) this.#until.delete(keyOf(router, network));
    if (networks.length > 0) return;
    for (const key of this.#until.keys()) if (key.startsWith(`${router} `)) this.#until.delete(key);
  }

  /** Until when a peer cannot be reached; undefined when nothing is said against it. */
  until(peer: Address, now: number): number | undefined {
    if (peer.network === undefined) return undefined;
    const ends = [keyOf(peer.link, peer.network), keyOf(peer.link, ALL)].map(
      (key) => this.#until.get(key) ?? -Infinity,
    );
    const until = Math.max(...ends);
    return until > now ? until : undefined;
  }
}

/** Whether a message about these networks of a router is about this peer. */
export function concerns(router: LinkAddress, networks: readonly number[], peer: Address): boolean {
  if (peer.link !== router || peer.network === undefined) return false;
  return networks.length === 0 || networks.includes(peer.network);
}

function keyOf(router: LinkAddress, network: number | typeof ALL): string {
  return `${router} ${network}`;
}
