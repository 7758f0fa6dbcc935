// All requests that we have out, by their handle and by peer and invoke id: which answer belongs to which.
// A late or strange answer finds nobody here, and so disturbs nothing.

import { type Address, addressKey, type LinkAddress } from '../../address.js';
import type { Apdu } from '../../apdu.js';
import { GLOBAL_NETWORK } from '../../limits.js';
import { INVOKE_ID_REST_FACTOR, INVOKE_ID_REST_MS_MAX } from '../limits2.js';
import type { Outcome } from '../../outcome.js';
import { type ClientRequest, ClientTransaction } from './client.js';
import { InvokeIds } from './invoke-ids.js';
import type { OwnSide, Step } from './steps.js';

export interface ClientEntry {
  readonly handle: number;
  readonly to: Address;
  readonly priority: number;
  readonly invokeId: number;
  readonly peerKey: string;
  readonly restMs: number;
  readonly transaction: ClientTransaction;
}

export class ClientTransactions {
  readonly #own: OwnSide;
  readonly #firstInvokeId: number | undefined;
  readonly #byHandle = new Map<number, ClientEntry>();
  readonly #byPeer = new Map<string, ClientEntry>();
  readonly #ids = new Map<string, InvokeIds>();

  constructor(own: OwnSide, firstInvokeId?: number) {
    this.#own = own;
    this.#firstInvokeId = firstInvokeId;
  }

  get(handle: number): ClientEntry | undefined {
    return this.#byHandle.get(handle);
  }

  entries(): ClientEntry[] {
    return [...this.#byHandle.values()];
  }

  /** Undefined when the peer has no invoke id left: 255 requests are out or resting. */
  begin(
    handle: number,
    to: Address,
    priority: number,
    request: Omit<ClientRequest, 'invokeId'>,
    now: number,
  ): ClientEntry | undefined {
    const peerKey = addressKey(to);
    const ids = this.#idsOf(peerKey, now);
    const invokeId = ids.take(now);
    if (invokeId === undefined) return undefined;
    const transaction = new ClientTransaction({ ...request, invokeId }, this.#own);
    const restMs = Math.min(request.timers.apduTimeoutMs * INVOKE_ID_REST_FACTOR, INVOKE_ID_REST_MS_MAX);
    const entry: ClientEntry = { handle, to, priority, invokeId, peerKey, restMs, transaction };
    this.#byHandle.set(handle, entry);
    this.#byPeer.set(transactionKey(peerKey, invokeId), entry);
    return entry;
  }

  /** Whose answer this APDU could be. */
  find(from: Address, apdu: Apdu): ClientEntry | undefined {
    if (!('invokeId' in apdu)) return undefined;
    return this.#byPeer.get(transactionKey(addressKey(from), apdu.invokeId));
  }

  /** Every request that travels to these networks through this router; no networks means all. */
  through(router: LinkAddress, networks: readonly number[]): ClientEntry[] {
    return this.entries().filter(({ to }) => to.link === router && isAmong(to.network, networks));
  }

  /** Forgets an entry whose transaction is done; a lone invoke id rests when the peer may still answer. */
  settle(entry: ClientEntry, outcome: Outcome, now: number): void {
    this.#byHandle.delete(entry.handle);
    this.#byPeer.delete(transactionKey(entry.peerKey, entry.invokeId));
    const rests = outcome.kind === 'timeout' || outcome.kind === 'cancelled' || outcome.kind === 'network-reject';
    this.#ids.get(entry.peerKey)?.release(entry.invokeId, rests ? now + entry.restMs : undefined);
  }

  nextDeadline(): number | undefined {
    let next: number | undefined;
    for (const { transaction } of this.#byHandle.values()) {
      const deadline = transaction.nextDeadline();
      if (deadline !== undefined && (next === undefined || deadline < next)) next = deadline;
    }
    return next;
  }

  tick(now: number): { readonly entry: ClientEntry; readonly steps: readonly Step[] }[] {
    return this.entries().map((entry) => ({ entry, steps: entry.transaction.tick(now) }));
  }

  /** The ids of a peer; peers with nothing out and nothing resting are forgotten on the way. */
  #idsOf(peerKey: string, now: number): InvokeIds {
    const known = this.#ids.get(peerKey);
    if (known !== undefined) return known;
    for (const [key, ids] of this.#ids) {
      ids.tidy(now);
      if (ids.idle && this.#ids.size > PEERS_REMEMBERED) this.#ids.delete(key);
    }
    const ids = new InvokeIds(this.#firstInvokeId);
    this.#ids.set(peerKey, ids);
    return ids;
  }
}

/** Idle peers above this many start again with the first invoke id. */
const PEERS_REMEMBERED = 4096;

function transactionKey(peerKey: string, invokeId: number): string {
  return `${peerKey}#${invokeId}`;
}

function isAmong(network: number | undefined, networks: readonly number[]): boolean {
  if (network === undefined) return false;
  return networks.length === 0 || networks.includes(network) || networks.includes(GLOBAL_NETWORK);
}
