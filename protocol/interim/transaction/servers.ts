// All requests of peers that we are working on, by our handle and by peer and invoke id. Their number is
// bounded: a flood of requests costs the flooder an Abort, and nobody else anything.

import { type Address, addressKey } from '../../address.js';
import type { Apdu, ConfirmedRequest } from '../../apdu.js';
import { SERVER_TRANSACTIONS_MAX } from '../limits2.js';
import { ServerTransaction } from './server.js';
import type { OwnSide, Step } from './steps.js';

export interface ServerEntry {
  readonly handle: number;
  readonly from: Address;
  readonly priority: number;
  readonly transaction: ServerTransaction;
}

export class ServerTransactions {
  readonly #own: OwnSide;
  readonly #answerMemoryMs: number;
  readonly #byHandle = new Map<number, ServerEntry>();
  readonly #byPeer = new Map<string, ServerEntry>();
  #lastHandle = 0;

  constructor(own: OwnSide, answerMemoryMs: number) {
    this.#own = own;
    this.#answerMemoryMs = answerMemoryMs;
  }

  get(handle: number): ServerEntry | undefined {
    return this.#byHandle.get(handle);
  }

  find(from: Address, apdu: Apdu): ServerEntry | undefined {
    return 'invokeId' in apdu ? this.#byPeer.get(keyOf(from, apdu.invokeId)) : undefined;
  }

  /** Undefined when too many are under way. */
  begin(from: Address, priority: number, apdu: ConfirmedRequest): ServerEntry | undefined {
    const known = this.find(from, apdu);
    if (known !== undefined) this.forget(known);
    if (this.#byHandle.size >= SERVER_TRANSACTIONS_MAX) return undefined;
    const transaction = new ServerTransaction(apdu, this.#own, this.#answerMemoryMs);
    const entry: ServerEntry = { handle: ++this.#lastHandle, from, priority, transaction };
    this.#byHandle.set(entry.handle, entry);
    this.#byPeer.set(keyOf(from, apdu.invokeId), entry);
    return entry;
  }

  forget(entry: ServerEntry): void {
    this.#byHandle.delete(entry.handle);
    this.#byPeer.delete(keyOf(entry.from, entry.transaction.invokeId));
  }

  nextDeadline(): number | undefined {
    let next: number | undefined;
    for (const { transaction } of this.#byHandle.values()) {
      const deadline = transaction.nextDeadline();
      if (deadline !== undefined && (next === undefined || deadline < next)) next = deadline;
    }
    return next;
  }

  tick(now: number): { readonly entry: ServerEntry; readonly steps: readonly Step[] }[] {
    return [...this.#byHandle.values()].map((entry) => ({ entry, steps: entry.transaction.tick(now) }));
  }
}

function keyOf(from: Address, invokeId: number): string {
  return `${addressKey(from)}#${invokeId}`;
}
