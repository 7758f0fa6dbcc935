// All confirmed requests of clients that we have in hand (clause 5.4.5). Bounded: requests beyond the caps
// are aborted, and none of those in hand is touched. A broadcast request must not get here: it is ignored
// before (ConfirmedBroadcastReceived).

import { addressKey } from '../address.js';
import type { Address } from '../address.js';
import type { ConfirmedRequest } from '../apdu.js';
import { AbortReason } from '../enums.js';
import type { Machine } from '../exchange.js';
import {
  SERVER_REASSEMBLIES_MAX,
  SERVER_TRANSACTIONS_MAX,
  SERVER_TRANSACTIONS_OF_PEER_MAX,
} from '../limits.js';
import type { Answer } from '../outcome.js';
import { AnswerMemory } from './answer-memory.js';
import { discarded, earliest } from './outputs.js';
import type { OwnSide, TransactionOutput } from './outputs.js';
import { ServerTransaction } from './server-transaction.js';
import type { RequestApdu } from './server-transaction.js';

export type ServerInput =
  | {
      readonly kind: 'request-apdu';
      readonly from: Address;
      readonly apdu: RequestApdu;
      /** NPCI network priority; the answer travels with the same. */
      readonly priority: number;
    }
  | { readonly kind: 'answer'; readonly handle: number; readonly answer: Answer }
  | { readonly kind: 'tick' };

export class ServerTransactions implements Machine<ServerInput, TransactionOutput> {
  readonly #own: OwnSide;
  readonly #memory: AnswerMemory;
  readonly #byHandle = new Map<number, ServerTransaction>();
  readonly #byPeer = new Map<string, ServerTransaction>();
  /** How many each client has. */
  readonly #ofPeer = new Map<string, number>();
  #lastHandle = 0;

  /** `answerMemoryMs`: how long the answer to a request is given again to the same request. */
  constructor(own: OwnSide, answerMemoryMs = 0) {
    this.#own = own;
    this.#memory = new AnswerMemory(answerMemoryMs);
  }

  /** Requests in hand. */
  get inHand(): number {
    return this.#byHandle.size;
  }

  nextDeadline(): number | undefined {
    return earliest(this.#byHandle.values());
  }

  handle(input: ServerInput, now: number): TransactionOutput[] {
    switch (input.kind) {
      case 'request-apdu':
        return this.#apdu(input.from, input.apdu, input.priority, now);
      case 'answer':
        return this.#answer(input.handle, input.answer, now);
      case 'tick':
        return [...this.#byHandle.values()].flatMap((transaction) =>
          this.#settled(transaction, transaction.tick(now)),
        );
    }
  }

  #apdu(from: Address, apdu: RequestApdu, priority: number, now: number): TransactionOutput[] {
    const known = this.#byPeer.get(transactionKey(from, apdu.invokeId));
    if (known === undefined) return this.#first(from, apdu, priority, now);
    const received = known.receive(apdu, now);
    switch (received.kind) {
      case 'taken':
        return this.#settled(known, received.outputs);
      case 'ignored':
        return [discarded(from, `${apdu.type} with invoke id ${apdu.invokeId}: ${received.reason}`)];
      case 'replaced':
        this.#forget(known);
        return this.#first(from, apdu, priority, now);
    }
  }

  /** IDLE (clause 5.4.5.1). */
  #first(from: Address, apdu: RequestApdu, priority: number, now: number): TransactionOutput[] {
    const reason = `${apdu.type} with invoke id ${apdu.invokeId}: no such request is in hand`;
    if (apdu.type === 'abort') return [discarded(from, reason)];
    if (apdu.type === 'segment-ack') {
      // UnexpectedPDU_Received: the client waits for segments that will not come.
      return [
        abortTo(from, apdu.invokeId, AbortReason.invalidApduInThisState, priority),
        discarded(from, reason),
      ];
    }
    if (this.#full(from, apdu)) return [abortTo(from, apdu.invokeId, AbortReason.outOfResources, priority)];
    const key = transactionKey(from, apdu.invokeId);
    const transaction = new ServerTransaction({
      handle: ++this.#lastHandle,
      from,
      priority,
      first: apdu,
      own: this.#own,
      recall: (service, payload, at) => this.#memory.recall(key, service, payload, at),
    });
    this.#keep(transaction);
    return this.#settled(transaction, transaction.start(now));
  }

  #full(from: Address, apdu: ConfirmedRequest): boolean {
    if (this.#byHandle.size >= SERVER_TRANSACTIONS_MAX) return true;
    if ((this.#ofPeer.get(addressKey(from)) ?? 0) >= SERVER_TRANSACTIONS_OF_PEER_MAX) return true;
    if (apdu.segment === undefined) return false;
    const assembling = [...this.#byHandle.values()].filter(({ stateName }) => stateName === 'assembling');
    return assembling.length >= SERVER_REASSEMBLIES_MAX;
  }

  #answer(handle: number, answer: Answer, now: number): TransactionOutput[] {
    const transaction = this.#byHandle.get(handle);
    if (transaction?.stateName !== 'thinking') return [];
    const outputs = transaction.answer(answer, now);
    const { from, invokeId, service, payload } = transaction;
    if (payload !== undefined) {
      this.#memory.remember(transactionKey(from, invokeId), service, payload, answer, now);
    }
    return this.#settled(transaction, outputs);
  }

  #settled(transaction: ServerTransaction, outputs: TransactionOutput[]): TransactionOutput[] {
    if (transaction.stateName === 'ended') this.#forget(transaction);
    return outputs;
  }

  #keep(transaction: ServerTransaction): void {
    const { handle, from, invokeId } = transaction;
    this.#byHandle.set(handle, transaction);
    this.#byPeer.set(transactionKey(from, invokeId), transaction);
    const peer = addressKey(from);
    this.#ofPeer.set(peer, (this.#ofPeer.get(peer) ?? 0) + 1);
  }

  #forget({ handle, from, invokeId }: ServerTransaction): void {
    if (!this.#byHandle.delete(handle)) return;
    this.#byPeer.delete(transactionKey(from, invokeId));
    const peer = addressKey(from);
    const left = (this.#ofPeer.get(peer) ?? 1) - 1;
    if (left > 0) this.#ofPeer.set(peer, left);
    else this.#ofPeer.delete(peer);
  }
}

function abortTo(to: Address, invokeId: number, reason: number, priority: number): TransactionOutput {
  return { kind: 'apdu', to, apdu: { type: 'abort', server: true, invokeId, reason }, priority };
}

function transactionKey(from: Address, invokeId: number): string {
  return `${addressKey(from)}#${invokeId}`;
}
